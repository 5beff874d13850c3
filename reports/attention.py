"""Which accounts need a manager? Each meaning once: for the dashboard's number, and for the list to which it leads."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from core import calendar, tenancy
from core.models import Account, AccountTally, Agency, ContactAttempt, Hold, Promise
from reports.inventory import IS_OPEN

LONG_DISPUTE_DAYS = 30
NOT_KEPT = [Promise.Status.BROKEN, Promise.Status.PARTIAL]


@dataclass(frozen=True)
class Attention:
    """How many open accounts wait for a manager, by reason."""

    broken: int
    disputed: int
    unassigned: int


def broken_promise() -> Q:
    """Open, the newest promise broken or kept in part, and no contact logged since that was found."""
    later = Q(created_at__gt=OuterRef("created_at")) | Q(created_at=OuterRef("created_at"), pk__gt=OuterRef("pk"))
    promised_since = Promise.objects.filter(later, account=OuterRef("account"))
    contacted_since = ContactAttempt.objects.filter(account=OuterRef("account"), at__gt=OuterRef("judged_at"))
    left_alone = Promise.objects.filter(~Exists(promised_since), ~Exists(contacted_since), status__in=NOT_KEPT)
    return IS_OPEN & Q(pk__in=left_alone.order_by().values("account"))


def disputed_over(days: int, today: date, zone: ZoneInfo) -> Q:
    """Open, and in dispute (itself, or all that its debtor owes) since more than so many days."""
    before = calendar.start_of(today - timedelta(days=days), zone)
    disputes = Hold.objects.filter(kind=Hold.Kind.DISPUTE, lifted_at=None, placed_at__lt=before).order_by()
    of_account = disputes.filter(account__isnull=False).values("account")
    of_debtor = disputes.filter(debtor__isnull=False).values("debtor")
    return IS_OPEN & (Q(pk__in=of_account) | Q(debtor__in=of_debtor))


def counts(today: date, zone: ZoneInfo) -> Attention:
    """All of them by one statement."""
    desks = AccountTally.objects.filter(IS_OPEN, collector_id=None).values("agency").annotate(n=Sum("accounts"))
    found = Agency.objects.annotate(
        broken=_number(broken_promise()),
        disputed=_number(disputed_over(LONG_DISPUTE_DAYS, today, zone)),
        unassigned=Coalesce(Subquery(desks.values("n")), 0),
    ).values("broken", "disputed", "unassigned")
    return Attention(**found.get(pk=tenancy.current_agency_id()))


def _number(which: Q) -> Coalesce:
    chosen: QuerySet[Account] = Account.objects.filter(which).order_by()
    return Coalesce(Subquery(chosen.values("agency").annotate(n=Count("pk")).values("n")), 0)
