"""What does a processor tell about a payment? Always the whole, cumulative truth, so that order does not matter."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID


class State(StrEnum):
    """Where the charge stands."""

    TAKEN = "taken"
    AT_BANK = "at_bank"
    DETAILS = "details"
    ACTION = "action"
    DECLINED = "declined"
    CANCELED = "canceled"


@dataclass(frozen=True)
class SeenRefund:
    """One refund. `own` is the id of ours that it answers, None when it was made at the processor."""

    ref: str
    amount: Decimal
    status: str  # completed, pending or failed
    own: UUID | None = None
    failure: str = ""


@dataclass(frozen=True)
class SeenChargeback:
    """One dispute or return of a bank debit."""

    ref: str
    amount: Decimal
    status: str  # inquiry, open, won or lost
    reason: str = ""


@dataclass(frozen=True)
class SeenMethod:
    """A way to pay that the processor keeps for the debtor."""

    ref: str
    kind: str  # card or bank_transfer
    brand: str = ""
    last4: str = ""
    expires: date | None = None


@dataclass(frozen=True)
class Seen:
    """One charge, with everything that happened to it. Amounts in the agency's currency."""

    ref: str
    state: State
    amount: Decimal
    code: str = ""
    message: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    method: SeenMethod | None = None
    # None: was not asked for.
    refunds: tuple[SeenRefund, ...] | None = None
    chargebacks: tuple[SeenChargeback, ...] | None = None
