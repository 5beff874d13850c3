"""What did each collector earn in a month, and what was taken back of it? Always the sum of the journal's rows."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from core import calendar
from core.models import Collector
from payments import seen_by
from payments.models import Commission
from payments.pages.commission_span import Span

if TYPE_CHECKING:
    from core.models import User

NOTHING = Decimal(0)
SUMS = {
    "payments": Count("payment", distinct=True),
    "base": Sum("base", default=NOTHING),
    "earned": Sum("amount", filter=Q(amount__gt=0), default=NOTHING),
    "clawed_back": Sum("amount", filter=Q(amount__lt=0), default=NOTHING),
    "net": Sum("amount", default=NOTHING),
}


@dataclass(frozen=True)
class Sums:
    """What some rows come to: `base` is what the payments took off balances, `clawed_back` is negative."""

    payments: int
    base: Decimal
    earned: Decimal
    clawed_back: Decimal
    net: Decimal


@dataclass(frozen=True)
class Line:
    """The sums of one collector, or of one month."""

    key: str
    label: str
    sums: Sums


def visible_to(user: "User") -> "QuerySet[Commission]":
    """The rows that a user may see; a collector her own."""
    if seen_by.sees_everything(user):
        return Commission.objects.all()
    return Commission.objects.filter(collector=user.desk) if user.desk else Commission.objects.none()


def collectors_of(user: "User") -> "QuerySet[Collector]":
    """Whose commission a user may see."""
    if seen_by.sees_everything(user):
        return Collector.objects.select_related("user")
    return Collector.objects.select_related("user").filter(user=user)


def within(rows: "QuerySet[Commission]", span: Span, zone: ZoneInfo) -> "QuerySet[Commission]":
    """The rows of these days there, and of the creditor if the span names one."""
    starts, ends = span.moments(zone)
    rows = rows.filter(created_at__gte=starts, created_at__lt=ends)
    return rows.filter(payment__account__creditor=span.creditor) if span.creditor else rows


def sums(rows: "QuerySet[Commission]") -> Sums:
    """What they come to."""
    return Sums(**rows.order_by().aggregate(**SUMS))


def by_collector(rows: "QuerySet[Commission]") -> list[Line]:
    """A line for each collector, the one who earned most first."""
    of_collectors: Any = rows.order_by().values("collector")
    lines = list(of_collectors.annotate(**SUMS).order_by("-net", "collector"))
    named = Collector.objects.select_related("user").in_bulk([line["collector"] for line in lines])
    return [_line(str(line["collector"]), str(named[line["collector"]]), line) for line in lines]


def by_month(rows: "QuerySet[Commission]", zone: ZoneInfo) -> list[Line]:
    """A line for each month there, the newest first."""
    months: Any = rows.order_by().annotate(month=TruncMonth("created_at", tzinfo=zone)).values("month")
    return [
        _line(f"{line['month']:%Y-%m}", calendar.month_words(line["month"].date()), line)
        for line in months.annotate(**SUMS).order_by("-month")
    ]


def with_payments(rows: "QuerySet[Commission]") -> "QuerySet[Commission]":
    """With what a line says of the payment and its account."""
    return rows.select_related("payment__account__debtor")


def open_to(rows: list[Commission], user: "User") -> set[UUID]:
    """The payments among these that the user may open: an account may have left her desk since."""
    if seen_by.sees_everything(user):
        return {row.payment_id for row in rows}
    desk = user.desk.pk if user.desk else None
    return {row.payment_id for row in rows if row.payment.account.assigned_to_id == desk}


def _line(key: str, label: str, found: dict[str, Any]) -> Line:
    return Line(key, label, Sums(**{name: found[name] for name in SUMS}))
