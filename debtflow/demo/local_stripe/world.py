"""What does one running stand-in hold?"""

import secrets
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from debtflow.demo.local_stripe.accounts import Account
from debtflow.demo.local_stripe.call import Call
from debtflow.demo.local_stripe.errors import JSON
from debtflow.demo.local_stripe.faults import Faults
from debtflow.demo.local_stripe.idempotency import Keys
from debtflow.demo.local_stripe.store import Store

LOGGED = 10_000


@dataclass
class Request:
    """What came in over HTTP."""

    method: str
    path: str
    query: str
    headers: dict[str, str]  # names in lower case
    body: bytes


@dataclass
class Answer:
    """What goes out."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


class World:
    """The store, and what is only in memory: faults, keys in use, the log of requests."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)
        self.faults = Faults()
        self.keys = Keys()
        self.base_url = ""
        self.stirred = threading.Event()  # something may wait to be delivered
        self._log: dict[str, deque[JSON]] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        self.store.close()

    def account(self, name: str) -> Account:
        """Made on first use."""
        return self.store.accounts.named(name, self.base_url)

    def call(self, account: Account) -> Call:
        """An act of the world itself: a bank, a debtor, a test."""
        return Call(self.store, account, base_url=self.base_url)

    def log(self, account: str, request: Request, key: str | None, status: int) -> None:
        """status 0: the connection was dropped."""
        entry = {"method": request.method, "path": request.path, "idempotency_key": key, "status": status}
        with self._lock:
            self._log.setdefault(account, deque(maxlen=LOGGED)).append(entry | {"at": time.time()})

    def logged(self, account: str) -> list[JSON]:
        with self._lock:
            return list(self._log.get(account, ()))

    def forget_log(self, account: str) -> None:
        with self._lock:
            self._log.pop(account, None)


def new_request_id() -> str:
    return f"req_{secrets.token_urlsafe(12).replace('-', 'a').replace('_', 'b')[:14]}"
