"""How does a value develop with age, batch by batch? The stair-step table, its cells the darker the more there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from core.sheet import Column, Kind, Linked, Sheet, plain
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
    """`axis` names the rows, `steps` the columns of the stair, `before` the columns that stand before it.

    A row may end before the last step; `total` is what all rows come to, and has no color.
    """

    heading: str
    finding: str
    axis: str
    steps: Sequence[str]
    rows: Sequence[HeatRow]
    before: Sequence[Column] = ()
    kind: Kind = Kind.PERCENT
    total: HeatRow | None = None

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

    def told(self, row: HeatRow) -> list[tuple[str, str]]:
        """(in words, where it leads) of what stands before the stairs."""
        return [(self._said(cell, column), linked(cell)) for cell, column in zip(row.before, self.before, strict=True)]

    def _said(self, cell: object, column: Column) -> str:
        value: Any = plain(cell)
        return str(value or "") if column.kind == Kind.TEXT else words.full(value, column.kind)

    @property
    def sheet(self) -> Sheet:
        """The same as a plain table."""
        stair = [Column(f"step{n}", step, self.kind) for n, step in enumerate(self.steps)]
        total = self._plain(self.total) if self.total else None
        return Sheet(
            self.heading,
            [Column("row", self.axis), *self.before, *stair],
            [self._plain(row) for row in self.rows],
            total,
        )

    def _plain(self, row: HeatRow) -> Sequence[object]:
        missing = [None] * (len(self.steps) - len(row.cells))
        return (
            Linked(row.label, row.url),
            *row.before,
            *(Linked(cell.value, cell.url) for cell in row.cells),
            *missing,
        )


def linked(cell: object) -> str:
    """Where a cell leads; nothing for one that leads nowhere."""
    return cell.url if isinstance(cell, Linked) and cell.value is not None else ""
