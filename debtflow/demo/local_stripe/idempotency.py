"""Was this request made before?

Stripe keeps the first answer to a key, whatever it was, once the endpoint has begun its work; for 24 hours whoever
comes with the key and the same parameters gets that answer again.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from debtflow.demo.local_stripe.call import Call
from debtflow.demo.local_stripe.errors import JSON, Refused

SECONDS = 24 * 3600
LONGEST = 255


class Keys:
    """The keys of one running server: what is under way is in memory, what is done is in the store."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: set[tuple[str, str]] = set()

    def is_taken(self, account: str, key: str) -> bool:
        """Somebody works under it at this moment."""
        with self._lock:
            return (account, key) in self._under_way

    @contextmanager
    def taken(self, call: Call) -> Iterator[None]:
        """Nobody else works under this key meanwhile: 409 for who tries."""
        if not call.key:
            yield
            return
        if len(call.key) > LONGEST:
            raise Refused(f"Idempotency keys can only be up to {LONGEST} characters long.")
        mark = (call.account.id, call.key)
        with self._lock:
            if mark in self._under_way:
                raise Refused(
                    "There is currently another in-progress request using this Idempotent Key (that probably means "
                    "you submitted twice, and the other request is still going through): "
                    f"{call.key}. Please try again later.",
                    status=409,
                    code="idempotency_key_in_use",
                )
            self._under_way.add(mark)
        try:
            yield
        finally:
            with self._lock:
                self._under_way.discard(mark)


def remembered(call: Call) -> tuple[int, JSON] | None:
    """The first answer to this key, if there is one. 400 when the key was used for something else."""
    if not call.key:
        return None
    row = call.store.row(
        "SELECT endpoint, params, status, body, created FROM idempotency WHERE account = ? AND key = ?",
        *(call.account.id, call.key),
    )
    if row is None:
        return None
    endpoint, params, status, body, created = row
    if created + SECONDS <= call.now:
        forget(call)
        return None
    if endpoint != _endpoint(call):
        raise _misused(call, f"for the same endpoint they were first used for ('{call.path}' vs '{endpoint[5:]}')")
    if params != _params(call):
        raise _misused(call, "with the same parameters they were first used with")
    return status, json.loads(body)


def remember(call: Call, status: int, body: JSON) -> None:
    if call.key:
        call.store.run(
            "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(call.account.id, call.key, _endpoint(call), _params(call), status, json.dumps(body), call.now),
        )


def forget(call: Call) -> None:
    call.store.run("DELETE FROM idempotency WHERE account = ? AND key = ?", call.account.id, call.key)


def _misused(call: Call, how: str) -> Refused:
    return Refused(
        f"Keys for idempotent requests can only be used {how}. Try using a key other than '{call.key}' if you meant "
        "to execute a different request.",
        kind="idempotency_error",
    )


def _endpoint(call: Call) -> str:
    return f"{call.method} {call.path}"


def _params(call: Call) -> str:
    return json.dumps(call.params.values, sort_keys=True)
