"""Which accounts are open, stagnant, returned or resolved, and how far past due? One meaning for figures and lists."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from core import calendar
from core.account_states import OPEN, Status
from core.models.accounts import ClosedReason

STAGNANT_DAYS = 30

IS_OPEN = Q(status__in=sorted(OPEN))
# Taken from the agency rather than collected: what adjusted liquidation subtracts from the placements.
RETURNED = Q(
    status=Status.CLOSED,
    closed_reason__in=[ClosedReason.RECALLED, ClosedReason.BANKRUPT, ClosedReason.DECEASED, ClosedReason.ERROR],
)
# Paid in full, or settled for less.
RESOLVED = Q(status=Status.SETTLED) | Q(status=Status.CLOSED, closed_reason=ClosedReason.PAID)


def stagnant(today: date, zone: ZoneInfo, days: int = STAGNANT_DAYS) -> Q:
    """Open, and neither placed nor worked in so many days."""
    since = calendar.start_of(today - timedelta(days=days), zone)
    unworked = Q(last_contact_at=None) | Q(last_contact_at__lt=since)
    return IS_OPEN & Q(created_at__lt=since) & unworked


@dataclass(frozen=True)
class Age:
    """A range of days past due, both included; None has no end."""

    key: str
    label: str
    least: int | None = None
    most: int | None = None

    def holds(self, today: date) -> Q:
        """Open accounts of this age, by their due date."""
        if self.least is None and self.most is None:
            return IS_OPEN & Q(due_date=None)
        due = IS_OPEN
        if self.least is not None:
            due &= Q(due_date__lte=today - timedelta(days=self.least))
        if self.most is not None:
            due &= Q(due_date__gte=today - timedelta(days=self.most))
        return due


AGES = {
    age.key: age
    for age in (
        Age("not_due", "Not due yet", most=-1),
        Age("0-30", "0–30 days past due", 0, 30),
        Age("31-60", "31–60 days past due", 31, 60),
        Age("61-90", "61–90 days past due", 61, 90),
        Age("90+", "More than 90 days past due", 91),
        Age("none", "No due date"),
    )
}
