"""What needs a manager? Each meaning once: for the dashboard's number, and for the list to which it leads."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from core import calendar, tenancy
from core.models import AccountTally, Agency, Collector
from core.tenancy import TenantModel
from imports import health
from imports.models import SFTPImportJob
from payments import attention as payments
from reports.inventory import IS_OPEN
from reports.models import Level, ReportDelivery, ReportSchedule, Tally

LONG_DISPUTE_DAYS = 30
# For so many days, today among them, a file with errors is news.
RECENT_FILES_DAYS = 7


@dataclass(frozen=True)
class Attention:
    """How many open accounts, payments, files, desks and mails wait for a manager, by reason."""

    broken: int
    disputed: int
    unassigned: int
    failed_payments: int
    unknown_payments: int
    credits_due: int
    awaiting_settlements: int
    files_with_errors: int
    over_limit: int
    unsent_reports: int


def broken_promise() -> Q:
    """Open, the newest promise broken or kept in part, and no contact logged since that was found."""
    return IS_OPEN & Q(broken_promise_at__isnull=False)


def disputed_over(days: int, today: date, zone: ZoneInfo) -> Q:
    """Open, and in dispute (itself, or all that its debtor owes) since more than so many days."""
    return IS_OPEN & Q(disputed_since__lt=calendar.start_of(today - timedelta(days=days), zone))


def recent_since(today: date) -> date:
    """From which day on files with errors are told of."""
    return today - timedelta(days=RECENT_FILES_DAYS - 1)


def files_with_errors(today: date, zone: ZoneInfo) -> "QuerySet[SFTPImportJob]":
    """Files of late that were refused, not finished, or of which rows were rejected."""
    since = calendar.start_of(recent_since(today), zone)
    return SFTPImportJob.objects.filter(health.with_errors(), created_at__gte=since)


def over_limit() -> "QuerySet[Collector]":
    """Desks with more open accounts than places."""
    on_it = AccountTally.objects.filter(IS_OPEN, collector_id=OuterRef("pk")).values("collector_id")
    taken = Subquery(on_it.annotate(n=Sum("accounts")).values("n"))
    return Collector.objects.annotate(taken=taken).filter(taken__gt=F("max_accounts"))


def unsent_reports() -> "QuerySet[ReportSchedule]":
    """Scheduled reports whose last mail could not be sent to somebody."""
    deliveries = ReportDelivery.objects.order_by()
    later = deliveries.filter(schedule=OuterRef("schedule"), due_at__gt=OuterRef("due_at"))
    failed = deliveries.filter(~Exists(later), schedule=OuterRef("pk"), status=ReportDelivery.Status.FAILED)
    return ReportSchedule.objects.filter(Exists(failed))


def counts(today: date, zone: ZoneInfo) -> Attention:
    """All of them by one statement."""
    desks = AccountTally.objects.filter(IS_OPEN, collector_id=None).values("agency").annotate(n=Sum("accounts"))
    asked = {
        "broken": _summed(subject="broken"),
        "disputed": _summed(subject="disputed", day__lt=today - timedelta(days=LONG_DISPUTE_DAYS)),
        "unassigned": Coalesce(Subquery(desks.values("n")), 0),
        "failed_payments": _number(payments.failed()),
        "unknown_payments": _number(payments.unknown()),
        "credits_due": _number(payments.credits_due()),
        "awaiting_settlements": _number(payments.awaiting()),
        "files_with_errors": _number(files_with_errors(today, zone)),
        "over_limit": _number(over_limit()),
        "unsent_reports": _number(unsent_reports()),
    }
    found = Agency.objects.annotate(**asked).values(*asked)
    return Attention(**found.get(pk=tenancy.current_agency_id()))


def _summed(**which: Any) -> Combinable:
    """Accounts by the tally of that subject: what is folded, and the changes that are not."""
    rows = Tally.objects.filter(**which).order_by().values("agency").annotate(n=Sum("number")).values("n")
    folded, changes = rows.filter(level=Level.ALL, creditor_id=None), rows.filter(level=Level.CHANGE)
    return Coalesce(Subquery(folded), 0) + Coalesce(Subquery(changes), 0)


def _number[M: TenantModel](rows: "QuerySet[M]") -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values("agency").annotate(n=Count("*")).values("n")), 0)
