"""What is a report? A question of the trade, the sheets that answer it, and the filters that it understands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.sheet import Sheet
from reports.catalogue.sorting import Order
from reports.scope import Scope

PERIOD, CREDITOR, COLLECTOR = "period", "creditor", "collector"
DAYS = ("since", "until")
EVERY_FILTER = frozenset({PERIOD, CREDITOR, COLLECTOR})


@dataclass(frozen=True)
class Choice:
    """A filter of one report's own, with (value, label) of its options; the first is the default."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]

    @property
    def default(self) -> str:
        """What is chosen when the URL says nothing."""
        return self.options[0][0]

    def chosen(self, text: str) -> str:
        """The option that the URL names; the default for anything else."""
        return text if text in dict(self.options) else self.default


@dataclass(frozen=True)
class Section:
    """A sheet, and its chart (one of `reports.charts`); `key` tells it from its report's other sheets in URLs.

    `chart_alone`: the chart is the table, as a stair-step matrix is; the sheet itself goes into files only.
    """

    sheet: Sheet
    key: str = ""
    chart: Any = None
    chart_alone: bool = False

    def ordered(self, order: Order) -> "Section":
        """The same with its rows in that order."""
        return replace(self, sheet=order.sort(self.key, self.sheet))


@dataclass(frozen=True)
class Report:
    """One report of the catalogue.

    `make` gets the scope and what was chosen of `choices`; `nothing` says when there will be something.
    """

    slug: str
    title: str
    question: str
    make: Callable[[Scope, Mapping[str, str]], Sequence[Section]]
    nothing: str
    filters: frozenset[str] = EVERY_FILTER
    choices: Sequence[Choice] = field(default_factory=tuple)

    def understood(self, params: Mapping[str, str]) -> dict[str, str]:
        """Of a URL's parameters those that are filters here: what a report does not look at cannot narrow it."""
        names = {*self.filters, *(DAYS if PERIOD in self.filters else ())}
        return {name: params[name] for name in sorted(names) if name in params}
