"""What does the worklist page show? The URL's parameters, made into rows, tabs, chips, pager and an empty state."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import QueryDict
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from core import tallies
from core.account_states import OPEN, Status
from core.models import User
from core.models.accounts import Priority
from core.words import count, money
from worklist import people
from worklist.listing import cursors, ordering, queue, rows, saved_views
from worklist.listing.filters import ANY, NOBODY, AccountFilter, chips, query_string
from worklist.listing.ordering import Order
from worklist.working import day
from worklist.zones import zone_of

TAB_ORDER = [
    Status.NEW, Status.ASSIGNED, Status.IN_CONTACT, Status.NEGOTIATING, Status.PAYMENT_PLAN, Status.DISPUTED,
    Status.SETTLED, Status.CLOSED,
]  # fmt: skip
NOBODY_YET = mark_safe(f'<option value="{NOBODY}">Nobody yet</option>')  # noqa: S308  (nothing of a user)
STALE_PAGE = "That page of the list is no longer valid. This is the first page."


@dataclass(frozen=True)
class Tab:
    """One status with its count, and the query string that shows it."""

    label: str
    accounts: int
    query: str
    current: bool


@dataclass(frozen=True)
class Heading:
    """A column that can be sorted: the query string of a click on it, and how it is sorted now."""

    name: str
    label: str
    query: str
    sorted: str


class Listing:
    """One user's view of one URL of the worklist. Asks three statements: names, counts and rows."""

    def __init__(self, user: User, data: QueryDict, picked: Iterable[str] = ()) -> None:
        """`picked` are the ids of rows whose boxes stay checked."""
        self.user, self.data, self.picked = user, data, frozenset(picked)
        columns, facts = [saved_views.COLUMN], {"user": user.pk, "is_admin": user.is_admin}
        if user.desk:
            columns, facts = [*columns, day.column(user)], day.facts(user, zone_of(user)) | facts
        self.names, (self._saved_views, *self._worked_and_due) = people.names_and(*columns, **facts)
        self.filters = AccountFilter(data, user, self.names)
        self.now = timezone.now()
        self.notice = ""
        self.order = self._order()
        self.page = self._fetch()

    @property
    def sees_all(self) -> bool:
        return self.user.is_admin or self.user.is_readonly

    @property
    def assigns(self) -> bool:
        return self.user.is_admin

    @property
    def sortable(self) -> bool:
        """Work is sorted as one likes; a record of finished accounts only by date, unless few were searched for."""
        return self.filters.only_open or bool(self.filters.value("q"))

    def _order(self) -> Order:
        asked = ordering.ORDERS.get(self.data.get("sort", ""), ordering.QUEUE)
        if not self.sortable and asked not in ordering.RECORD_ORDERS:
            return ordering.RECORD
        if self.filters.value("due") and asked is ordering.QUEUE:
            asked = ordering.DUE_FIRST
        return ordering.on_no_desk(asked) if self.filters.value("collector") == NOBODY else asked

    def _fetch(self) -> queue.Page:
        cursor = None
        if place := self.data.get("page", ""):
            try:
                cursor = cursors.read(place, self.order.name)
                if not 0 <= cursor.segment < len(self.order.segments):
                    raise cursors.BadCursor
            except cursors.BadCursor:
                cursor, self.notice = None, STALE_PAGE
        search = self.filters.value("q") if self.filters.searches_agency else ""
        return queue.fetch(self.filters.accounts(), self.order, self.now, cursor, search or "")

    @cached_property
    def counts(self) -> dict[str, tuple[int, Decimal]]:
        """Accounts and balance per status on the desk in question, before any other filter."""
        if not self.sees_all:
            return tallies.by_status(self.user.desk.pk) if self.user.desk else {}
        chosen = self.filters.value("collector")
        return tallies.by_status(UUID(chosen) if chosen and chosen != NOBODY else None)

    @cached_property
    def tabs(self) -> list[Tab]:
        chosen = self.filters.value("status") or []
        open_accounts = sum(n for status, (n, _) in self.counts.items() if status in OPEN)
        found = [Tab("All open", open_accounts, self._tab(""), not chosen)]
        for status in TAB_ORDER:
            number = self.counts.get(status, (0, Decimal(0)))[0]
            found.append(Tab(status.label, number, self._tab(status), chosen == [status]))
        return found

    def _tab(self, status: str) -> str:
        data = self.data.copy()
        data.pop("sort", None)
        data.setlist("status", [status] if status else [])
        return query_string(data)

    @cached_property
    def columns(self) -> dict[str, Heading]:
        """The headings that sort, by name."""
        return {
            name: self._heading(name, label, first)
            for name, label, first in [
                ("priority", "Priority", "-"),
                ("next", "Next action", ""),
                ("balance", "Balance", "-"),
                ("contact", "Last contact", ""),
            ]
        }

    def _heading(self, name: str, label: str, first: str) -> Heading:
        now = self.order.name
        other = f"-{name}" if now == name else name if now == f"-{name}" else f"{first}{name}"
        direction = {name: "ascending", f"-{name}": "descending"}.get(now, "")
        return Heading(name, label, query_string(self.data, sort=other), direction)

    @cached_property
    def chips(self) -> list[tuple[str, str]]:
        return chips(self.filters)

    @property
    def is_narrowed(self) -> bool:
        """Does anything but the tab decide what is shown?"""
        return bool(self.chips or self.filters.value("q") or self.filters.form.errors)

    @cached_property
    def views(self) -> saved_views.Views:
        """What the navigation lists, this one marked."""
        return saved_views.read(self._saved_views, saved_views.normalised(self.filters))

    @cached_property
    def query(self) -> str:
        """This very list, as it stands in the URL."""
        place = self.data.get("page", "")
        return query_string(self.data, **({"page": place} if place and not self.notice else {}))

    @cached_property
    def total(self) -> int | None:
        """How many there are in all; only known, without counting, when nothing but tab and collector narrow it."""
        others = set(self.filters.filters) - {"status", "collector"}
        if any(self.filters.value(name) for name in others) or self.filters.value("collector") == NOBODY:
            return None
        return sum(self.counts.get(status, (0, 0))[0] for status in self.filters.statuses)

    @property
    def range(self) -> str:
        """`1–50 of 1,234`, or without the total when it is not known."""
        if not self.page.rows:
            return "0"
        of = f" of {self.total:,}" if self.total and self.total >= self.page.end else ""
        return f"{self.page.start:,}\u2013{self.page.end:,}{of}"

    @property
    def summary(self) -> str:
        """What a screen reader hears after a filter."""
        if not self.page.rows:
            return "No account matches."
        return f"Showing {self.range} account{'' if self.range.endswith(' of 1') else 's'}, {self.order.label}."

    @cached_property
    def page_sum(self) -> str:
        return money(sum((row.current_balance for row in self.page.rows), Decimal(0)))

    @property
    def selects_all(self) -> bool:
        """Is there more to select than this page shows, and is it known what that is?"""
        return bool(self.assigns and (self.page.after or self.page.before) and not self.cut_off)

    @property
    def matching_query(self) -> str:
        """The filters alone: what "all that match" means."""
        return query_string(self.data, sort="")

    @property
    def next_query(self) -> str:
        return query_string(self.data, page=self.page.after.sign()) if self.page.after else ""

    @property
    def previous_query(self) -> str:
        if not self.page.before:
            return ""
        return query_string(self.data, **({"page": self.page.before.sign()} if self.page.start > 1 else {}))

    @property
    def cut_off(self) -> bool:
        """Did the search stop looking because too many match?"""
        full = self.page.end >= queue.MOST_FOUND
        return self.filters.searches_agency and full

    @property
    def clear_query(self) -> str:
        """Everything off but the tab."""
        status = self.data.getlist("status")
        return f"status={quote(status[0])}" if len(status) == 1 else ""

    @property
    def any_status_query(self) -> str:
        data = self.data.copy()
        data.setlist("status", [ANY])
        return query_string(data)

    @cached_property
    def moment(self) -> rows.Moment:
        return rows.Moment.at(self.now, zone_of(self.user))

    @property
    def date_line(self) -> str:
        today = self.moment.today
        return f"{today:%A, %B} {today.day}"

    @property
    def amounts(self) -> list[Any]:
        """The two fields of the balance's range."""
        return [self.filters.form["min"], self.filters.form["max"]]

    @property
    def priorities(self) -> list[tuple[int, str]]:
        """What a bulk act can set, the most urgent first."""
        return sorted(Priority.choices, reverse=True)

    @property
    def status_boxes(self) -> list[tuple[str, str, bool]]:
        return self._boxes("status")

    @property
    def priority_boxes(self) -> list[tuple[str, str, bool]]:
        return self._boxes("priority")

    def _boxes(self, name: str) -> list[tuple[str, str, bool]]:
        """(value, label, is checked) of each choice, as the URL has it, valid or not."""
        chosen = set(self.data.getlist(name))
        return [(str(v), label, str(v) in chosen) for v, label in self.filters.filters[name].extra["choices"]]

    @property
    def selects(self) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
        """(name, label, [(value, words, is chosen)]) of the filters with a few fixed choices."""
        found = []
        for name in ("due", "promise", "contact"):
            filter_, chosen = self.filters.filters[name], self.data.get(name, "")
            words = [("", filter_.extra["empty_label"], not chosen)]
            words += [(v, f"{filter_.label} {label}", v == chosen) for v, label in filter_.extra["choices"]]
            found.append((name, str(filter_.label), words))
        return found

    @property
    def creditor_options(self) -> SafeString:
        return people.selecting(self.names.creditor_options, self.data.get("creditor", ""))

    @property
    def collector_options(self) -> SafeString:
        return people.selecting(NOBODY_YET + self.names.collector_options, self.data.get("collector", ""))

    @property
    def assignable_options(self) -> SafeString:
        return self.names.assignable_options

    @property
    def only_open(self) -> bool:
        return self.filters.only_open

    @property
    def progress(self) -> str:
        """How far her day has come, for a collector."""
        return day.share(*self._worked_and_due[0]) if self._worked_and_due else ""

    @property
    def can_start(self) -> bool:
        """Is there a desk with work on it, to be given one account after the other?"""
        return bool(self.user.desk and self.tabs[0].accounts)

    @property
    def html(self) -> str:
        """The table's rows."""
        made = rows.rows(self.page.rows, self.names, self.moment)
        back = quote(self.query, safe="")
        return rows.render(made, select=self.assigns, picked=self.picked, show_collector=self.sees_all, back=back)

    @property
    def empty(self) -> str:
        """Which of the empty states, if any: nothing yet, nothing for these filters, queue finished, tab empty."""
        if self.page.rows:
            return ""
        if self.filters.value("due") and not self.filters.value("q"):
            return "finished"
        if self.is_narrowed:
            return "filtered"
        return "tab" if sum(n for n, _ in self.counts.values()) else "nothing"

    @property
    def title(self) -> str:
        """`Worklist, All open (1–50 of 96)`."""
        tab = next((tab.label for tab in self.tabs if tab.current), "Chosen statuses")
        return f"Worklist, {tab} ({self.range})"

    @property
    def page_size(self) -> int:
        return queue.PAGE

    def errors(self) -> list[tuple[str, str, str]]:
        """(field, label, sentence) of what the URL says wrongly."""
        form: Any = self.filters.form
        return [(f, str(form.fields[f].label), e) for f, found in form.errors.items() for e in found]

    @property
    def open_words(self) -> str:
        return count(self.tabs[0].accounts, "open account")
