"""What goes wrong on purpose?

- error_before: answers 500 before doing anything; the key stays unused, unless the fault is `stored`
- error_after: does the work and answers 500; the 500 is what the key remembers, unless the fault is not `stored`
- drop_before: closes the connection before doing anything
- drop_after: does the work and closes the connection
- slow_before, slow_after: waits `seconds` before or after the work; the key is in use meanwhile
- rate_limit: answers 429
"""

import threading
from dataclasses import dataclass
from fnmatch import fnmatchcase

from debtflow.demo.local_stripe.errors import Refused

KINDS = (*("error_before", "error_after", "drop_before", "drop_after", "slow_before", "slow_after", "rate_limit"),)
MOST_SECONDS = 120.0


class Dropped(Exception):
    """The connection ends here, without an answer."""


@dataclass
class Fault:
    """Strikes the next `count` requests to `path` (a pattern such as `/v1/payment_intents*`) by `method`."""

    kind: str
    count: int = 1
    method: str = "*"
    path: str = "*"
    seconds: float = 0.0
    status: int = 500
    stored: bool | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise Refused(f"Unknown fault {self.kind}: one of {', '.join(KINDS)}")
        self.seconds = min(float(self.seconds), MOST_SECONDS)

    def meets(self, method: str, path: str) -> bool:
        return self.count > 0 and fnmatchcase(method, self.method) and fnmatchcase(path, self.path)

    @property
    def is_stored(self) -> bool:
        return self.kind == "error_after" if self.stored is None else self.stored


class Faults:
    """By account; the first that meets a request strikes it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_account: dict[str, list[Fault]] = {}

    def add(self, account: str, fault: Fault) -> None:
        with self._lock:
            self._by_account.setdefault(account, []).append(fault)

    def clear(self, account: str) -> None:
        with self._lock:
            self._by_account.pop(account, None)

    def strike(self, account: str, method: str, path: str) -> Fault | None:
        with self._lock:
            for fault in self._by_account.get(account, ()):
                if fault.meets(method, path):
                    fault.count -= 1
                    return fault
        return None


def broken(status: int = 500) -> Refused:
    return Refused(
        "An unknown error occurred. Please contact support@stripe.com with the request ID for help.",
        status=status,
        kind="api_error",
        executed=True,
    )


def too_many() -> Refused:
    return Refused(
        "Too many requests hit the API too quickly. We recommend an exponential backoff of your requests.",
        status=429,
        code="rate_limit",
    )
