"""How far has the user come today, and when does more work open?"""

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from core import calling_groups, contact_rules, prepared, tenancy
from core.models import Account, CallingGroup, ContactAttempt, Promise, User
from core.words import clock, count, day, money
from worklist.listing import queue
from worklist.working.leases import WORKABLE

# The moments stand in subqueries: known or not, they cost the planner the same, and the plan is kept.
# More than this is "more than": counting on would cost more than it tells.
MOST_COUNTED = 1000
_WORKED = """(SELECT count(DISTINCT account_id) FROM core_contactattempt
    WHERE agency_id = %(agency)s AND actor_id = %(user)s
        AND at BETWEEN (SELECT %(midnight)s::timestamptz) AND (SELECT %(now)s::timestamptz))"""
_DUE = f"""(SELECT count(*) FROM (SELECT FROM core_account
    WHERE agency_id = %(agency)s {{desk}} AND status IN ({", ".join(f"'{status}'" for status in WORKABLE)})
        AND next_action_at <= (SELECT %(now)s::timestamptz)
    LIMIT {MOST_COUNTED}) due)"""  # noqa: S608  (our own words)


def midnight(zone: ZoneInfo, now: datetime) -> datetime:
    """When today began in the agency."""
    return datetime.combine(now.astimezone(zone).date(), time(), zone)


def column(user: User) -> str:
    """What the user worked today and what is due, as one expression of SQL with the values of `facts`."""
    return f"ARRAY[{_WORKED}, {_DUE.format(desk='AND assigned_to_id = %(desk)s' if user.desk else '')}]"


def facts(user: User, zone: ZoneInfo) -> dict[str, Any]:
    """The values of `column`."""
    now, desk = timezone.now(), user.desk
    return {
        "agency": tenancy.current_agency_id(),
        "user": user.pk,
        "desk": desk.pk if desk else None,
        "midnight": midnight(zone, now),
        "now": now,
    }


def progress(user: User, zone: ZoneInfo) -> str:
    """`12 worked today, 28 due`, in one statement."""
    worked, due = prepared.rows_of(f"SELECT {column(user)}", facts(user, zone))[0][0]
    return f"{worked:,} worked today, {due:,}{'+' if due == MOST_COUNTED else ''} due"


def share(worked: int, due: int) -> str:
    """`12 of 40 worked today`: of those worked and those still due. Empty when there are none."""
    return f"{worked:,} of {worked + due:,} worked today" if worked + due else ""


@dataclass(frozen=True)
class Achieved:
    """What the user did today."""

    worked: int
    contacts: int
    conversations: int
    promises: int
    promised: Decimal

    @property
    def sentence(self) -> str:
        """In one line; empty on a day without work."""
        if not self.contacts:
            return ""
        spoken = count(self.conversations, "conversation")
        told = f"{count(self.worked, 'account')} worked today, {count(self.contacts, 'contact')}, {spoken}"
        if self.promises:
            told += f", {count(self.promises, 'promise')} of {money(self.promised)}"
        return f"{told}."


def achieved(user: User, zone: ZoneInfo) -> Achieved:
    """The user's day so far."""
    since = midnight(zone, timezone.now())
    contacts = ContactAttempt.objects.filter(actor=user, at__gte=since).aggregate(
        worked=Count("account", distinct=True), contacts=Count("pk"), spoken=Count("pk", filter=Q(conversation=True))
    )
    taken = Promise.objects.filter(made_by=user, created_at__gte=since)
    promises = taken.aggregate(number=Count("pk"), sum=Sum("amount"))
    return Achieved(
        contacts["worked"], contacts["contacts"], contacts["spoken"], promises["number"], promises["sum"] or Decimal(0)
    )


def opens_next(user: User, zone: ZoneInfo) -> str:
    """When the next account may be worked: its day comes, or its debtor's morning. Empty when nothing is planned."""
    now = timezone.now()
    mine = queue.visible_to(user).filter(status__in=WORKABLE)
    planned = mine.filter(next_action_at__gt=now).aggregate(first=Min("next_action_at"))["first"]
    waiting = mine.filter(Q(next_action_at__lte=now) | Q(next_action_at=None))
    closed = set(zones := calling_groups.zones_by_number()) - set(calling_groups.open_now(now))
    mornings = (contact_rules.next_opening(zones[number], now) for number in _with_work(user, waiting, closed))
    moments = [moment for moment in (planned, *mornings) if moment]
    return _words(min(moments), now, zone) if moments else ""


def _with_work(user: User, waiting: "QuerySet[Account]", groups: set[int]) -> set[int]:
    """Of these groups, those with an account among the waiting: a desk is read, an agency is probed."""
    if user.desk:
        return groups & set(waiting.order_by().values_list("calling_group", flat=True).distinct())
    there = waiting.filter(calling_group=OuterRef("number"))
    return set(CallingGroup.objects.filter(Exists(there), number__in=groups).values_list("number", flat=True))


def _words(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    days = (local.date() - today).days
    when = ("today", "tomorrow")[days] if days in (0, 1) else f"on {day(local.date(), today)}"
    return f"{when} at {clock(local)}"
