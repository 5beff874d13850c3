"""What can go wrong at a processor? Every error of his is one of these, and nothing else leaves the gateway."""

from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What an error means for the money."""

    DECLINED = "declined"  # final: the bank said no
    ACTION = "action"  # the debtor must confirm with his bank
    TRANSIENT = "transient"  # not decided: the same request, with the same key, may be made again
    REFUSED = "refused"  # the request itself is wrong; nothing was done
    MISCONFIGURED = "misconfigured"  # keys or account; nothing was done


class Trouble(Exception):
    """The processor did not do what was asked; `str()` is a sentence for the agency's people."""

    def __init__(self, kind: Kind, sentence: str, *, code: str = "", silent: bool = False) -> None:
        super().__init__(sentence)
        self.kind, self.code = kind, code
        # No answer, or one that says he is ill: what the circuit breaker counts.
        self.silent = silent


class NotAnswering(Exception):
    """The circuit is open: nothing was sent, and nothing will be before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__("The processor is not answering.")
        self.until = until
