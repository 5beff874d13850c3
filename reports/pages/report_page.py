"""What does the page of a report show? Its sheets in words, its filters, and how its numbers are worked out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from core import calendar, words
from core.addresses import address
from core.cell_words import Voice
from core.models import Agency
from core.sheet import Sheet
from reports import kpis, scope
from reports.catalogue.report import COLLECTOR, CREDITOR, PERIOD, Report, Section
from reports.catalogue.sorting import Order
from reports.pages.filter_form import FilterForm
from reports.pages.tables import Table, table


@dataclass(frozen=True)
class Shown:
    """A section in words: its chart, its table, or both."""

    title: str
    chart: Any
    table: Table | None
    notes: Sequence[str]


@dataclass(frozen=True)
class Formula:
    """How a number is worked out; `key` is its name in the dictionary, if it stands there."""

    title: str
    words: str
    key: str


class ReportPage:
    """One report as a URL asks for it; what is wrong in the URL is said, and counts for nothing."""

    def __init__(self, report: Report, params: Mapping[str, str], agency: Agency) -> None:
        self.report, self.agency = report, agency
        self.scope = scope.read(report.understood(params), agency)
        self.chosen = {choice.name: choice.chosen(params.get(choice.name, "")) for choice in report.choices}
        self.order = Order.read(params.get("sort", ""))

    @property
    def source(self) -> str:
        """The name by which the report is exported."""
        return f"reports.{self.report.slug}"

    @property
    def url(self) -> str:
        """Where the report is, without filters."""
        return address("reports:index") + f"{self.report.slug}/"

    @cached_property
    def form(self) -> FilterForm:
        """The filters as they stand."""
        return FilterForm(self.report, self.scope, self.chosen)

    # --- what was found ------------------------------------------------------------------------------------------
    @cached_property
    def sections(self) -> Sequence[Section]:
        """What the report found, in the order that the URL names."""
        return [part.ordered(self.order) for part in self.report.make(self.scope, self.chosen)]

    @property
    def sheets(self) -> list[Sheet]:
        """The same without charts, for files."""
        return [part.sheet for part in self.sections]

    @cached_property
    def shown(self) -> list[Shown]:
        """The same in words."""
        voice = Voice(self.scope.zone, self.scope.today)
        return [
            Shown(
                part.sheet.title,
                part.chart,
                None if part.chart_alone else table(part.sheet, voice, key=part.key, order=self.order),
                part.sheet.notes,
            )
            for part in self.sections
        ]

    @property
    def is_empty(self) -> bool:
        """Is there nothing to show?"""
        return not self.sections

    # --- what was asked for --------------------------------------------------------------------------------------
    @property
    def narrows(self) -> bool:
        """Does the URL leave anything out, or look elsewhere than a report does by itself?"""
        return bool(self.scope.query)

    @property
    def sorts(self) -> str:
        """The query string without an order, to go on from."""
        query = "&".join(part for part in (self.scope.query, self._own_choices) if part)
        return f"{query}&" if query else ""

    @property
    def query(self) -> str:
        """The query string with what is not as it is by itself."""
        ordered = any(self.order.position_in(part.key, part.sheet) is not None for part in self.sections)
        return f"{self.sorts}sort={self.order}" if ordered else self.sorts.removesuffix("&")

    @property
    def address(self) -> str:
        """Where the page is as it stands."""
        return f"{self.url}?{self.query}" if self.query else self.url

    @property
    def _own_choices(self) -> str:
        return urlencode({c.name: self.chosen[c.name] for c in self.report.choices if self.chosen[c.name] != c.default})

    @property
    def period(self) -> str:
        """`Last 30 days, Oct 31 to Nov 29`; for a report of what is now the moment."""
        if PERIOD not in self.report.filters:
            return f"As it is now, {calendar.moment_words(timezone.now(), self.scope.zone, self.scope.today)}"
        first, last = (words.day(day, self.scope.today) for day in (self.scope.first, self.scope.last))
        days = first if first == last else f"{first} to {last}"
        return days if self.scope.period == "custom" else f"{self.scope.label}, {days}"

    @property
    def said(self) -> list[str]:
        """What the figures are of: of what time, which creditor, which collector."""
        whose = [(CREDITOR, self.scope.creditor), (COLLECTOR, self.scope.collector)]
        return [self.period, *(str(one) for name, one in whose if one and name in self.report.filters)]

    # --- how it is worked out ------------------------------------------------------------------------------------
    @cached_property
    def formulas(self) -> list[Formula]:
        """What the columns mean, each once."""
        columns = [column for part in self.sections for column in part.sheet.columns if column.about]
        keys = {column.key: column.key if column.key in kpis.KPIS else "" for column in columns}
        return list(dict.fromkeys(Formula(column.title, column.about, keys[column.key]) for column in columns))
