"""What is every list made of? Filters in the URL, one page of rows by key, and what all that match come to."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Model, QuerySet
from django.http import QueryDict

from core import calendar, words
from core.paging import NEWEST_FIRST, Order, Page, page_of
from core.sheet import Kind
from reports.lists.filtering import ListFilter

# In PostgreSQL's units, of which it works off some 200,000 in a second: reading 100,000 accounts costs 8,000.
CHEAP = 20_000


@dataclass(frozen=True)
class Total:
    """One sum over all rows that match; `key` names it for whoever compares it with the figure that led here."""

    key: str
    label: str
    value: Decimal | int
    kind: Kind = Kind.MONEY

    @property
    def words(self) -> str:
        """As the page says it."""
        return words.money(self.value) if self.kind is Kind.MONEY else words.number(self.value)


class Listing[M: Model]:
    """One list as the URL asks for it."""

    url: ClassVar[str]
    source: ClassVar[str]  # what exports know it by
    title: ClassVar[str]
    about: ClassVar[str]
    nothing_yet: ClassVar[str]
    icon: ClassVar[str] = "list"
    rows_template: ClassVar[str]
    filters: ClassVar[type[ListFilter]]
    summed: ClassVar[tuple[str, ...]]  # the columns that `sums` reads

    def __init__(self, query: QueryDict, zone: ZoneInfo) -> None:
        self.query, self.zone, self.today = query, zone, calendar.today_in(zone)
        self.narrowed = self.filters(query, self.everything(), zone)

    def everything(self) -> "QuerySet[M]":
        """The rows of the agency."""
        raise NotImplementedError

    def with_surroundings(self, rows: "QuerySet[M]") -> "QuerySet[M]":
        """The rows with what the page says of them."""
        raise NotImplementedError

    def told(self, rows: Sequence[M]) -> list[Any]:
        """The rows in words."""
        raise NotImplementedError

    def sums(self, rows: "QuerySet[M]") -> list[Total]:
        """What they come to, by one statement; the number of rows first."""
        raise NotImplementedError

    @property
    def order(self) -> Order:
        """How the rows are sorted."""
        return NEWEST_FIRST

    @property
    def sort(self) -> str:
        """The name of the order where the URL has one."""
        return ""

    @property
    def address(self) -> str:
        """The query string that asks for this page and says nothing else."""
        said = [(name, value) for name, value in self.query.items() if value and name != "totals"]
        return urlencode(said)

    @property
    def elsewhere(self) -> tuple[str, str] | None:
        """(address, words) of another page about just these rows, if there is one."""
        return None

    @property
    def found(self) -> "QuerySet[M]":
        """The rows that the filters let through."""
        rows: QuerySet[M] = self.narrowed.qs
        return rows

    @cached_property
    def page(self) -> Page[M]:
        """The page that the URL names."""
        query: Mapping[str, str] = self.query
        return page_of(self.with_surroundings(self.found), query, self.order)

    @cached_property
    def rows(self) -> list[Any]:
        """The rows of the page in words."""
        return self.told(self.page.rows)

    @cached_property
    def totals(self) -> list[Total]:
        """What all rows that match come to."""
        return self.sums(self.found.order_by())

    @cached_property
    def adds_up(self) -> bool:
        """Are the totals part of this answer? Where they would take long, the page comes first and asks for them."""
        is_whole = not (self.page.before or self.page.after)
        return "totals" in self.query or is_whole or self._cost() <= CHEAP

    def _cost(self) -> float:
        """What PostgreSQL expects of reading all that match."""
        plan = self.found.order_by().values(*self.summed).explain(format="json")
        return float(json.loads(plan)[0]["Plan"]["Total Cost"])
