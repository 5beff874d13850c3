"""What does a row of the worklist say? Every cell as text, so that the template only places it.

The rows are rendered with Django's Jinja2 backend (autoescape on): the row loop is the cost of this page, and Django's
own template language takes several times as long for it.
"""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from uuid import UUID

from django.template import engines
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from core.account_states import Status
from core.models.accounts import Priority
from core.words import ago, clock, day, money
from worklist.local_time import LocalTime, local_time
from worklist.people import Names
from worklist.queue import Found

STATUS_LABELS: dict[str, str] = dict(Status.choices)
PRIORITY_LABELS: dict[int, str] = dict(Priority.choices)

# What to do when nobody has planned anything: it follows from the status.
NEXT_BY_STATUS = {
    "new": "Assign a collector",
    "assigned": "First call",
    "in_contact": "Set follow-up",
    "negotiating": "Agree terms",
    "payment_plan": "Watch the plan",
    "disputed": "Answer the dispute",
    "settled": "Close",
}


@dataclass(frozen=True, slots=True)
class NextAction:
    """What to do next, in words: `neg` is late, `warn` is today, `dim` is later or not dated."""

    text: str
    tone: str
    icon: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One account, ready to be placed."""

    id: UUID
    ref: str
    url: str
    name: str
    creditor: str
    collector: str
    status: str
    status_label: str
    priority: int
    priority_label: str
    next: NextAction
    balance: str
    past_due: str
    last: str
    last_at: str
    local: LocalTime


@dataclass(frozen=True)
class Moment:
    """Now, here."""

    now: datetime
    zone: tzinfo
    today: date

    @classmethod
    def at(cls, now: datetime, zone: tzinfo) -> "Moment":
        return cls(now, zone, now.astimezone(zone).date())


def next_action(what: str, at: datetime | None, status: str, moment: Moment) -> NextAction:
    """`Callback 1 day late`, `Callback 2:30 PM`, `Callback Mar 4`; without a date what the status calls for."""
    if at is None:
        fallback = NEXT_BY_STATUS.get(status, "")
        return NextAction(what or fallback, "" if what else "dim", "clock" if what else "plus" if fallback else "")
    what = what or "Follow up"
    local = at.astimezone(moment.zone)
    days = (local.date() - moment.today).days
    iso = at.isoformat()
    if days < 0:
        return NextAction(f"{what}, {-days} day{'' if days == -1 else 's'} late", "neg", "alert", iso)
    if at <= moment.now:
        return NextAction(f"{what}, was {clock(local)}", "neg", "alert", iso)
    if days == 0:
        return NextAction(f"{what} {clock(local)}", "warn", "clock", iso)
    return NextAction(f"{what} {'tomorrow' if days == 1 else day(local.date(), moment.today)}", "dim", "clock", iso)


def rows(found: list[Found], names: Names, moment: Moment) -> list[Row]:
    """The cells of each account."""
    url = reverse("worklist:account", args=[UUID(int=0)])
    head, tail = url.split(str(UUID(int=0)))
    clocks: dict[tuple[str, ...], LocalTime] = {}
    made = []
    for a in found:
        zones = tuple(a.time_zones)
        if zones not in clocks:
            clocks[zones] = local_time(zones, moment.now)
        overdue = (moment.today - a.due_date).days if a.due_date else 0
        last = a.last_contact_at
        made.append(
            Row(
                id=a.id,
                ref=a.external_ref,
                url=f"{head}{a.id}{tail}",
                name=a.debtor,
                creditor=names.creditors.get(a.creditor_id, ""),
                collector=names.collectors.get(a.assigned_to_id, "") if a.assigned_to_id else "",
                status=a.status,
                status_label=STATUS_LABELS[a.status],
                priority=a.priority,
                priority_label=PRIORITY_LABELS[a.priority],
                next=next_action(a.next_action, a.next_action_at, a.status, moment),
                balance=money(a.current_balance),
                past_due=f"{overdue:,} d" if overdue > 0 else "",
                last=ago(last.astimezone(moment.zone).date(), moment.today) if last else "",
                last_at=last.isoformat() if last else "",
                local=clocks[zones],
            )
        )
    return made


def render(made: list[Row], *, select: bool, show_collector: bool, back: str) -> SafeString:
    """The table's rows as HTML; `select` adds the boxes of the bulk bar, `back` is the list's query string."""
    template = engines["jinja2"].get_template("worklist/rows.html")
    suffix = f"?list={back}" if back else ""
    context = {
        "rows": made,
        "select": select,
        "show_collector": show_collector,
        "suffix": suffix,
        "sprite": static("icons.svg"),
    }
    return mark_safe(template.render(context))  # noqa: S308  (Jinja2 has escaped it)
