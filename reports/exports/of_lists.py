"""Each list behind the figures as a file: all rows that its URL's filters let through, in its page's order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import QueryDict

from core import calendar
from core.account_states import OPEN, Status
from core.addresses import address
from core.exportable import Exportable, managers
from core.models import Promise, User
from core.models.accounts import ClosedReason
from core.models.contacts import Channel, Direction
from core.sheet import Column, Kind, Sheet
from core.streaming import Streamed
from payments.models import Payment
from reports.lists.accounts import Accounts
from reports.lists.collected import Collected, kind_words
from reports.lists.contacts import Contacts
from reports.lists.filtering import collectors
from reports.lists.listing import Listing
from reports.lists.promises import Promises

type Row = tuple[Any, ...]
DEBTOR = (Column("debtor", "Debtor"), Column("reference", "Account"), Column("creditor", "Creditor"))
METHODS, PROMISED = dict(Payment.Method.choices), dict(Promise.Status.choices)
STATUSES, REASONS = dict(Status.choices), dict(ClosedReason.choices)


@dataclass(frozen=True)
class Layout:
    """What stands in a list's file: columns, what is read for them, and how a row is made of it. `sums` says which
    total stands below which column."""

    listing: type[Listing[Any]]
    columns: tuple[Column, ...]
    read: tuple[str, ...]
    maker: Callable[[Listing[Any]], Callable[[Row], Sequence[object]]]
    sums: dict[str, str]
    with_facts: Callable[["QuerySet[Any]"], "QuerySet[Any]"] = lambda rows: rows


def _of_user(path: str) -> tuple[str, ...]:
    return (f"{path}__first_name", f"{path}__last_name", f"{path}__username")


def _name(first: str | None, last: str | None, login: str | None) -> str | None:
    return f"{first or ''} {last or ''}".strip() or login


def _account(listing: Listing[Any]) -> Callable[[Row], Sequence[object]]:
    def made(row: Row) -> Sequence[object]:
        debtor, ref, creditor, first, last, login, status, placed, due, original, balance, contact, reason = row
        late = (listing.today - due).days if due and status in OPEN else 0
        day = placed.astimezone(listing.zone).date()
        return [
            debtor, ref, creditor, _name(first, last, login), STATUSES[status], day, due, late if late > 0 else None,
            original, balance, contact, REASONS.get(reason),
        ]  # fmt: skip

    return made


ACCOUNTS = Layout(
    Accounts,
    (
        *DEBTOR, Column("collector", "Collector"), Column("status", "Status"), Column("placed", "Placed", Kind.DATE),
        Column("due", "Due", Kind.DATE), Column("late", "Days past due", Kind.NUMBER),
        Column("original", "Original amount", Kind.MONEY), Column("balance", "Balance", Kind.MONEY),
        Column("contact", "Last contact", Kind.MOMENT), Column("reason", "Closed because"),
    ),
    (
        "debtor__full_name", "external_ref", "creditor__name", *_of_user("assigned_to__user"), "status", "created_at",
        "due_date", "original_amount", "current_balance", "last_contact_at", "closed_reason",
    ),
    _account,
    {"original": "original", "balance": "balance"},
)  # fmt: skip


def _entry(_: Listing[Any]) -> Callable[[Row], Sequence[object]]:
    names = dict(collectors())

    def made(row: Row) -> Sequence[object]:
        posted, debtor, ref, creditor, kind, amount, method, collector, reason = row
        credited = names.get(str(collector)) if collector else None
        kind = kind_words(kind, amount)
        return [posted, debtor, ref, creditor, kind, METHODS.get(method), credited, -amount, reason or None]

    return made


def _with_payment(entries: "QuerySet[Any]") -> "QuerySet[Any]":
    paid = Payment.objects.filter(pk=OuterRef("payment"))
    return entries.annotate(means=Subquery(paid.values("method")), credited=Subquery(paid.values("collector")))


COLLECTED = Layout(
    Collected,
    (
        Column("posted", "Posted", Kind.MOMENT), *DEBTOR, Column("kind", "Kind"), Column("means", "Means"),
        Column("collector", "Credited to", about="Whose desk it was on when the payment came"),
        Column("amount", "Amount", Kind.MONEY, "Negative: given back, or taken back by a bank"),
        Column("reason", "Reason"),
    ),
    (
        "created_at", "account__debtor__full_name", "account__external_ref", "account__creditor__name", "kind",
        "amount", "means", "credited", "reason",
    ),
    _entry,
    {"amount": "collected"},
    _with_payment,
)  # fmt: skip


def _attempt(_: Listing[Any]) -> Callable[[Row], Sequence[object]]:
    def made(row: Row) -> Sequence[object]:
        at, debtor, ref, creditor, channel, direction, outcome, right_party, conversation, *name = row
        return [
            at, debtor, ref, creditor, Channel(channel).label, Direction(direction).label, outcome,
            "Yes" if right_party else "No", "Yes" if conversation else "No", _name(*name),
        ]  # fmt: skip

    return made


CONTACTS = Layout(
    Contacts,
    (
        Column("at", "When", Kind.MOMENT), *DEBTOR, Column("channel", "Channel"), Column("direction", "Direction"),
        Column("outcome", "Outcome"), Column("right_party", "Right party"), Column("conversation", "Conversation"),
        Column("by", "Logged by"),
    ),
    (
        "at", "debtor__full_name", "account__external_ref", "account__creditor__name", "channel", "direction",
        "disposition__label", "right_party", "conversation", *_of_user("actor"),
    ),
    _attempt,
    {},
)  # fmt: skip


def _promise(_: Listing[Any]) -> Callable[[Row], Sequence[object]]:
    def made(row: Row) -> Sequence[object]:
        at, due, debtor, ref, creditor, amount, method, received, status, judged, *name = row
        return [
            at, due, debtor, ref, creditor, amount, dict(Promise.Method.choices)[method], received, PROMISED[status],
            judged, _name(*name),
        ]  # fmt: skip

    return made


PROMISES = Layout(
    Promises,
    (
        Column("made", "Made", Kind.MOMENT), Column("due", "Due", Kind.DATE), *DEBTOR,
        Column("amount", "Amount", Kind.MONEY), Column("means", "Means"),
        Column("received", "Received", Kind.MONEY, "What came until it was judged"), Column("status", "Status"),
        Column("judged", "Judged", Kind.MOMENT), Column("by", "Made to"),
    ),
    (
        "created_at", "due_date", "account__debtor__full_name", "account__external_ref", "account__creditor__name",
        "amount", "method", "received", "status", "judged_at", *_of_user("made_by"),
    ),
    _promise,
    {"amount": "promised", "received": "received"},
)  # fmt: skip


def _prepare(layout: Layout, user: User, query: QueryDict) -> list[Sheet]:
    listing = layout.listing(query, calendar.zone_of(user))
    chosen = layout.with_facts(listing.order.sort(listing.found)).values_list(*layout.read)
    sums = {total.key: total for total in listing.totals}
    below = [sums[layout.sums[c.key]].value if c.key in layout.sums else None for c in layout.columns]
    notes = [*(words for words, _ in listing.narrowed.on), *(f"{one.label}: {one.words}" for one in sums.values())]
    rows = Streamed.of(chosen, layout.maker(listing))
    return [Sheet(listing.title, layout.columns, rows, ["Total", *below[1:]] if layout.sums else None, notes)]


def _exportable(layout: Layout) -> Exportable:
    of = layout.listing
    return Exportable(of.source, of.title, managers, partial(_prepare, layout), partial(address, of.url))


EXPORTABLES = [_exportable(layout) for layout in (ACCOUNTS, COLLECTED, CONTACTS, PROMISES)]
