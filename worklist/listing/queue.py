"""Which accounts, in which order? One page of the worklist, at any depth: its keys, then its rows.

Keyset pages: a page begins beside a row, never at an offset, and one row more than shown tells whether there is
another page; nothing is counted. Values are read, not instances, and only the columns that the list shows; names of
creditors and collectors are joined in Python, from the few that the filters show anyway.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import TrigramWordSimilarity
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    Exists,
    F,
    FilteredRelation,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.db.models.functions import StrIndex

from core.models import Account, ContactPoint, Hold, Promise, User
from core.prepared import OneOf, Prepared, Slot, rows_of
from worklist.listing.cursors import Cursor
from worklist.listing.ordering import Moment, Order, Segment

PAGE = 50
MOST_FOUND = 500
BROKEN = (Promise.Status.BROKEN, Promise.Status.PARTIAL)
BROKEN_WORDS = "Broken promise"  # as core.promises says what comes next
FEWEST_DIGITS = 6
LIKE_ENOUGH = 0.45  # as in the function core_search_debtors

COLUMNS = (
    "id", "external_ref", "debtor__full_name", "debtor__time_zones", "creditor_id", "assigned_to_id", "status",
    "priority", "current_balance", "balance_cents", "due_date", "last_contact_at", "next_action_at", "next_action",
    "created_at", "open_promise__amount", "open_promise__due_date", "broken_since", "holds_in_force",
)  # fmt: skip


class Found(NamedTuple):
    """One account as the statement gives it, in the order of COLUMNS."""

    id: UUID
    external_ref: str
    debtor: str
    time_zones: list[str]
    creditor_id: UUID
    assigned_to_id: UUID | None
    status: str
    priority: int
    current_balance: Any
    balance_cents: int
    due_date: Any
    last_contact_at: datetime | None
    next_action_at: datetime | None
    next_action: str
    created_at: datetime
    promise_amount: Decimal | None
    promise_due: date | None
    broken_since: date | None
    holds: list[str]
    segment: int


@dataclass(frozen=True)
class Page:
    """The rows of one page and the places of its neighbours."""

    rows: list[Found]
    start: int
    before: Cursor | None
    after: Cursor | None

    @property
    def size(self) -> int:
        """How many rows a full page has."""
        return PAGE

    @property
    def end(self) -> int:
        return self.start + len(self.rows) - 1


def sees_everything(user: User) -> bool:
    """Does he see the whole agency? A collector sees what is on her desk."""
    return user.is_admin or user.is_readonly


def visible_to(user: User) -> "QuerySet[Account]":
    """The accounts a user may see."""
    if sees_everything(user):
        return Account.objects.all()
    return Account.objects.filter(assigned_to=user.desk) if user.desk else Account.objects.none()


def fetch(
    accounts: "QuerySet[Account]", order: Order, now: datetime, cursor: Cursor | None, search: str = "",
    *, of_desk: bool = False,
) -> Page:  # fmt: skip
    """One page of these accounts. With `search`, only those that the agency-wide search finds.

    Those of one desk (`of_desk`) are few whatever is asked: a plan that is kept finds them, made for no value in
    particular. Of an agency a rare creditor and a common one need a plan each.
    """
    now = cursor.now if cursor else now
    backward = bool(cursor and cursor.backward)
    # In a subquery, known or not, the moment costs the planner the same.
    moment = RawSQL("SELECT %s::timestamptz", [now], DateTimeField()) if of_desk else now
    chosen = _run(_keys(accounts, order, moment, cursor), search, kept=of_desk)
    more = len(chosen) > PAGE
    rows = _rows(chosen[:PAGE])
    if backward:
        rows.reverse()
    start = (max(cursor.start - len(rows), 1) if backward else cursor.start) if cursor else 1
    has_before = more if backward else cursor is not None
    has_after = backward or more
    return Page(
        rows,
        start,
        before=_place(order, rows[0], start, now, backward=True) if rows and has_before else None,
        after=_place(order, rows[-1], start + len(rows), now) if rows and has_after else None,
    )


def _place(order: Order, row: Found, start: int, now: datetime, *, backward: bool = False) -> Cursor:
    keys = tuple(getattr(row, key) for key in order.segments[row.segment].keys)
    return Cursor(order.name, row.segment, keys, start, now, backward)


def _keys(accounts: "QuerySet[Account]", order: Order, now: Moment, cursor: Cursor | None) -> "QuerySet[Account, Any]":
    """The segments from the cursor on, one after the other (UNION ALL of limited parts keeps their order)."""
    segments = list(enumerate(order.segments))
    backward = bool(cursor and cursor.backward)
    if cursor and backward:
        segments = [(n, s.flipped()) for n, s in reversed(segments[: cursor.segment + 1])]
    elif cursor:
        segments = segments[cursor.segment :]
    parts = [
        _part(accounts, number, segment, now, cursor if cursor and number == cursor.segment else None)
        for number, segment in segments
    ]
    return parts[0].union(*parts[1:], all=True)[: PAGE + 1] if parts[1:] else parts[0]


def _part(
    accounts: "QuerySet[Account]", number: int, segment: Segment, now: Moment, cursor: Cursor | None
) -> "QuerySet[Account, Any]":
    accounts = accounts.filter(segment.holds(now))
    if cursor:
        beyond = TupleLessThan if segment.descending else TupleGreaterThan
        accounts = accounts.filter(beyond(Tuple(*map(F, segment.keys)), list(cursor.keys)))
    keys = [F(key).desc() if segment.descending else F(key).asc() for key in (*segment.constant, *segment.keys)]
    return accounts.order_by(*keys).annotate(segment=Value(number)).values_list("pk", "segment")[: PAGE + 1]


def _rows(chosen: list[tuple[UUID, int]]) -> list[Found]:
    """What is shown of these accounts, each with its segment, in their order; one that is gone by now is not."""
    found = {row[0]: row for row in _ROWS.values(ids=[pk for pk, _ in chosen])} if chosen else {}
    return [Found._make((*found[pk], segment)) for pk, segment in chosen if pk in found]


def _rows_of_page() -> "QuerySet[Account, Any]":
    on_page = Account.objects.filter(OneOf("pk", Slot("ids", ArrayField(UUIDField()))))
    return _with_promise_and_holds(on_page).order_by().values_list(*COLUMNS)


# Large, and the same for every page of every list; only the choice of the accounts is another each time.
_ROWS = Prepared(_rows_of_page)


def _with_promise_and_holds(accounts: "QuerySet[Account]") -> "QuerySet[Account]":
    """With the one open promise joined, the day of a broken one where that comes next, and kinds of holds in force."""
    of_account = Hold.objects.filter(account=OuterRef("pk"), lifted_at=None).order_by().values("kind")
    of_debtor = Hold.objects.filter(debtor=OuterRef("debtor_id"), lifted_at=None).order_by().values("kind")
    return accounts.annotate(
        open_promise=FilteredRelation("promises", condition=Q(promises__status=Promise.Status.OPEN)),
        broken_since=broken_since(),
        holds_in_force=Func(ArraySubquery(of_account), ArraySubquery(of_debtor), function="array_cat"),
    )


def broken_since() -> Case:
    """The day of an account's broken promise, where that is what comes next."""
    broken = Promise.objects.filter(account=OuterRef("pk"), status__in=BROKEN).order_by("-due_date").values("due_date")
    return Case(When(next_action__startswith=BROKEN_WORDS, then=Subquery(broken[:1])))


FOUND = "found AS MATERIALIZED (SELECT account_id FROM core_search_accounts(%s, %s))"


def found_by_search(accounts: "QuerySet[Account]") -> "QuerySet[Account]":
    """Only accounts that `fetch(search=...)` finds: the search is read first and once, the accounts by their keys."""
    return accounts.filter(pk__in=RawSQL("SELECT account_id FROM found", []))


def found_on_desk(accounts: "QuerySet[Account]", words: str) -> "QuerySet[Account]":
    """The same search within a collector's own accounts: few enough to look at each."""
    folded: Any = RawSQL("SELECT core_fold(%s)", [words], CharField())  # once, not for every account
    accounts = accounts.alias(place=StrIndex("debtor__search_name", folded))
    name = Q(place__gt=0)
    if len(words) >= 3:
        accounts = accounts.alias(likeness=TrigramWordSimilarity(folded, "debtor__search_name"))
        name |= Q(likeness__gte=LIKE_ENOUGH)
    found = name | Q(external_ref__istartswith=words)
    if value := _contact_value(words):  # of names nobody looks up the numbers
        found |= Q(Exists(ContactPoint.objects.filter(debtor=OuterRef("debtor_id"), value__startswith=value)))
    return accounts.filter(found)


def _contact_value(words: str) -> str:
    """How the beginning of a phone number or e-mail address is stored, "" when it can be neither; as in the function
    core_search_accounts."""
    dialled = re.sub(r"\s*(x|ext\.?)\s*[0-9]{1,6}$", "", words.strip().lower())
    digits = re.sub(r"[^0-9]", "", dialled)
    if not re.fullmatch(r"[0-9+(). /-]+", dialled) or len(digits) < FEWEST_DIGITS:
        return words.strip().lower() if "@" in words and len(words) > 3 else ""
    return f"+{digits}" if dialled.startswith("+") or len(digits) > 10 else f"+1{digits}"


def keys(accounts: "QuerySet[Account]", most: int, search: str = "") -> list[UUID]:
    """The ids of these accounts, at most so many, in no order; with `search` as in `fetch`."""
    statement = accounts.order_by().values_list("pk")[:most]
    return [key for (key,) in _run(statement, search)]


def statement(chosen: "QuerySet[Account, Any]", search: str = "") -> tuple[str, tuple[Any, ...]] | None:
    """All that a queryset of values chooses, as SQL with its parameters; None when nothing can be chosen."""
    try:
        sql, params = chosen.query.sql_with_params()
    except EmptyResultSet:
        return None
    return (f"WITH {FOUND} {sql}", (search, MOST_FOUND, *params)) if search else (sql, params)


def _run(chosen: "QuerySet[Account, Any]", search: str, *, kept: bool = False) -> list[Any]:
    asked = statement(chosen, search)
    if asked is None:  # somebody without a desk
        return []
    if kept:
        return rows_of(*asked)
    with connection.cursor() as cursor:
        cursor.execute(*asked)
        return cursor.fetchall()
