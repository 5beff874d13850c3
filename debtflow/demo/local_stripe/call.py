"""What does a function that answers a request know?"""

import secrets
import string
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from debtflow.demo.local_stripe import errors
from debtflow.demo.local_stripe.accounts import Account
from debtflow.demo.local_stripe.errors import JSON
from debtflow.demo.local_stripe.form import Params
from debtflow.demo.local_stripe.store import Store

VERSION = "2026-10-28.endive"
_LETTERS = string.ascii_letters + string.digits


@dataclass
class Call:
    """One request to one account. What it emits is sent once it is committed."""

    store: Store
    account: Account
    method: str = ""
    path: str = ""
    params: Params = field(default_factory=lambda: Params({}))
    key: str | None = None
    request_id: str | None = None
    version: str = VERSION
    base_url: str = ""
    is_publishable: bool = False

    @property
    def now(self) -> int:
        """The account's clock, in whole seconds: tests may have advanced it."""
        return int(clock(self.store, self.account.id))

    def get(self, kind: str, wanted: str, param: str = "id") -> JSON:
        """The account's object; 404 when there is none."""
        found = self.store.find(self.account.id, wanted)
        if found is None or found["object"] != kind:
            raise errors.missing(kind, wanted, param)
        return found

    def save(self, thing: JSON) -> JSON:
        self.store.save(self.account.id, thing)
        return thing

    def new(self, kind: str, prefix: str, **fields: object) -> JSON:
        """A new object, not yet saved."""
        return {
            "id": new_id(prefix),
            "object": kind,
            "created": self.now,
            "livemode": False,
            "metadata": {},
            **fields,
        }


type Handler = Callable[..., JSON]
type Routes = dict[tuple[str, str], Handler]


def new_id(prefix: str) -> str:
    return f"{prefix}_3{''.join(secrets.choice(_LETTERS) for _ in range(23))}"


def clock(store: Store, account_id: str) -> float:
    """Seconds since 1970, and what the tests added."""
    return time.time() + float(store.setting(account_id, "ahead") or 0)
