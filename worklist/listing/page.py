"""What does the worklist page show? The URL's parameters, made into rows, tabs, chips, pager and an empty state."""

from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import QueryDict
from django.utils import timezone
from django.utils.safestring import SafeString

from core import calendar, people, tallies
from core.models import User
from core.models.accounts import Priority
from core.words import count, money
from worklist.listing import cursors, headings, queue, rows, saved_views
from worklist.listing.controls import Controls
from worklist.listing.filters import ANY, NOBODY, AccountFilter, chips, query_string
from worklist.working import day

STALE_PAGE = "That page of the list is no longer valid. This is the first page."


class Listing:
    """One user's view of one URL of the worklist. Asks three statements: names and counts, keys, rows."""

    def __init__(self, user: User, data: QueryDict, picked: Iterable[str] = ()) -> None:
        """`picked` are the ids of rows whose boxes stay checked."""
        self.user, self.data, self.picked = user, data, frozenset(picked)
        only = user.desk.pk if user.desk and not self.sees_all else None
        self._counted = only or _id(data.get("collector", ""))
        columns = [saved_views.COLUMN, tallies.column(self._counted)]
        facts: dict[str, Any] = {"user": user.pk, "is_admin": user.is_admin, "counted": self._counted}
        if user.desk:
            columns, facts = [*columns, day.column(user)], day.facts(user, calendar.zone_of(user)) | facts
        self.names, also = people.names_and(*columns, only=only, **facts)
        self._saved_views, self._counts, *self._worked_and_due = also
        self.filters = AccountFilter(data, user, self.names)
        self.now = timezone.now()
        self.notice = ""
        self.order = self.filters.order
        self.page = self._fetch()

    @property
    def sees_all(self) -> bool:
        return self.user.is_admin or self.user.is_readonly

    @property
    def assigns(self) -> bool:
        return self.user.is_admin

    @property
    def sortable(self) -> bool:
        return self.filters.sortable

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
        accounts = self.filters.accounts()
        return queue.fetch(accounts, self.order, self.now, cursor, search or "", of_desk=not self.sees_all)

    @cached_property
    def counts(self) -> dict[str, tuple[int, Decimal]]:
        """Accounts and balance per status on the desk in question, before any other filter."""
        if not self.sees_all:
            return tallies.read(self._counts) if self.user.desk else {}
        chosen = self.filters.value("collector")
        if self._counted == _id(chosen or ""):
            return tallies.read(self._counts)
        return tallies.by_status()  # the URL names a collector whom the agency does not know

    @cached_property
    def tabs(self) -> list[headings.Tab]:
        """One for each status, the chosen one marked."""
        return headings.tabs(self.data, self.counts, self.filters.value("status") or [])

    @cached_property
    def columns(self) -> dict[str, headings.Heading]:
        """The headings that sort, by name."""
        return headings.columns(self.data, self.order.name)

    @cached_property
    def controls(self) -> Controls:
        """The fields of the filters."""
        return Controls(self.filters, self.names)

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
        return query_string(self.data, status=ANY)

    @cached_property
    def moment(self) -> rows.Moment:
        return rows.Moment.at(self.now, calendar.zone_of(self.user))

    @property
    def date_line(self) -> str:
        today = self.moment.today
        return f"{today:%A, %B} {today.day}"

    @property
    def priorities(self) -> list[tuple[int, str]]:
        """What a bulk act can set, the most urgent first."""
        return sorted(Priority.choices, reverse=True)

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
    def open_words(self) -> str:
        return count(self.tabs[0].accounts, "open account")


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
