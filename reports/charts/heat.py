"""How does a value develop with age, batch by batch? The stair-step table, its cells the darker the more there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import ClassVar

from core.sheet import Column, Kind, Linked, Sheet
from reports.charts import words
from reports.charts.scale import Number

DARKEST = 7


@dataclass(frozen=True)
class HeatCell:
    """A value, where its list is, and what it is made of; None is not there yet: the stair."""

    value: Number | None
    url: str = ""
    hint: str = ""


@dataclass(frozen=True)
class HeatRow:
    """A row, its values before the stairs (one for each of `before`), and its cells."""

    label: str
    cells: Sequence[HeatCell]
    before: Sequence[object] = ()
    url: str = ""


@dataclass(frozen=True)
class Heat:
    """`axis` names the rows, `steps` the columns of the stair, `before` the columns that stand before it."""

    heading: str
    finding: str
    axis: str
    steps: Sequence[str]
    rows: Sequence[HeatRow]
    before: Sequence[Column] = ()
    kind: Kind = Kind.PERCENT

    template: ClassVar[str] = "reports/charts/heat.html"

    @cached_property
    def greatest(self) -> Decimal:
        """The largest value: it is the darkest."""
        return max((Decimal(c.value) for row in self.rows for c in row.cells if c.value), default=Decimal(0))

    def level(self, cell: HeatCell) -> int:
        """0 for nothing and below, 1 to 7 for the sevenths of the greatest."""
        if cell.value is None or cell.value <= 0:
            return 0
        return min(DARKEST, int(Decimal(cell.value) * DARKEST / self.greatest) + 1)

    def say(self, cell: HeatCell) -> str:
        """The value in words."""
        return words.full(cell.value, self.kind)

    def told(self, row: HeatRow) -> list[str]:
        """What stands before the stairs, in words."""
        pairs = zip(row.before, self.before, strict=True)
        return [str(v or "") if c.kind == Kind.TEXT else words.full(v, c.kind) for v, c in pairs]  # type: ignore[arg-type]

    @property
    def sheet(self) -> Sheet:
        """The same as a plain table."""
        stair = [Column(f"step{n}", step, self.kind) for n, step in enumerate(self.steps)]
        rows = [
            (Linked(row.label, row.url), *row.before, *(Linked(cell.value, cell.url) for cell in row.cells))
            for row in self.rows
        ]
        return Sheet(self.heading, [Column("row", self.axis), *self.before, *stair], rows)
