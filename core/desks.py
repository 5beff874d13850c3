"""How large is a collector's desk, what share does he earn, and does he get accounts at all? Admins decide.

A capacity below what is on the desk takes nothing away: it only means that nothing is added. A desk that is not active
keeps its accounts, too; `core.absence` moves them.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Self
from uuid import UUID

from core import meanwhile, tenancy
from core.models import Collector
from core.refusals import ChangedMeanwhile, FieldRefused

if TYPE_CHECKING:
    from core.models import User

MOST_ACCOUNTS = 100_000
HUNDRED = Decimal(100)


class DeskChanged(ChangedMeanwhile):
    """Somebody else changed the desk since the user saw it."""


@dataclass(frozen=True)
class Terms:
    """`rate` is a share of each payment, 0 to 1, with four decimals."""

    capacity: int
    rate: Decimal

    @classmethod
    def of(cls, collector: Collector) -> Self:
        """As they are."""
        return cls(collector.max_accounts, collector.commission_rate)

    @classmethod
    def read(cls, capacity: str, percent: str) -> Self:
        """From what was typed. Raises FieldRefused."""
        return cls(_capacity(capacity), _rate(percent))

    @property
    def percent(self) -> str:
        """`12.5` for a rate of 0.1250."""
        return f"{(self.rate * HUNDRED).normalize():f}"

    @property
    def version(self) -> str:
        """Carried through the form, to tell whether somebody else saved meanwhile."""
        return f"{self.capacity}|{self.rate}"


def _capacity(text: str) -> int:
    digits = text.replace(",", "").strip()
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 9 or int(digits) > MOST_ACCOUNTS:
        raise FieldRefused("capacity", f"Enter a whole number of accounts, 0 to {MOST_ACCOUNTS:,}.")
    return int(digits)


def _rate(text: str) -> Decimal:
    sentence = "Enter a percentage from 0 to 100 with at most two decimals, such as 12.5."
    try:
        percent = Decimal(text.replace("%", "").strip()[:20])
        share = (percent / HUNDRED).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        is_fine = 0 <= percent <= HUNDRED and share * HUNDRED == percent
    except InvalidOperation:
        is_fine = False
    if not is_fine:
        raise FieldRefused("rate", sentence)
    return share


def change_terms(pk: UUID, terms: Terms, *, by: "User", expected: str = "") -> Collector:
    """Save them. Raises FieldRefused when the user may not, DeskChanged when somebody else saved meanwhile."""
    with tenancy.transaction():
        collector = _for_update(pk, by)
        if expected and Terms.of(collector).version != expected:
            who = meanwhile.on_record(collector, by, "saved this desk")
            raise DeskChanged(f"{who} What is saved now is shown beside each field.")
        collector.max_accounts, collector.commission_rate = terms.capacity, terms.rate
        collector.save(update_fields=["max_accounts", "commission_rate"])
    return collector


def set_active(pk: UUID, *, active: bool, by: "User") -> Collector:
    """Give him accounts again, or no more; what is on the desk stays. Raises FieldRefused when the user may not."""
    with tenancy.transaction():
        collector = _for_update(pk, by)
        if collector.is_active != active:
            collector.is_active = active
            collector.save(update_fields=["is_active"])
    return collector


def _for_update(pk: UUID, by: "User") -> Collector:
    if not by.is_admin:
        raise FieldRefused("", "Only an agency admin changes a desk.")
    return Collector.objects.locked().select_related("user").get(pk=pk)
