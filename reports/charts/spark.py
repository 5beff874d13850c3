"""How did a figure come about? A small line without an axis, beside the figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from core.sheet import Kind
from reports.charts import words
from reports.charts.plot import path_through
from reports.charts.scale import Number

# The line keeps away from the edges, which would cut its stroke.
TOP, BOTTOM = 8.0, 92.0


@dataclass(frozen=True)
class Spark:
    """The values from the first to the last; `label` is what they are of."""

    label: str
    values: Sequence[Number]
    kind: Kind = Kind.MONEY

    template: ClassVar[str] = "reports/charts/spark.html"

    @property
    def path(self) -> str:
        """From the least at the bottom to the greatest at the top; level when all are the same, nothing for one."""
        if len(self.values) < 2:
            return ""
        least, greatest = min(self.values), max(self.values)
        span = greatest - least
        step = 100 / (len(self.values) - 1)
        return path_through(
            [
                (n * step, float((greatest - value) / span) * (BOTTOM - TOP) + TOP if span else (TOP + BOTTOM) / 2)
                for n, value in enumerate(self.values)
            ]
        )

    @property
    def finding(self) -> str:
        """`Collected: from $0.00 to $1,200.00, lowest $0.00, highest $1,350.00`."""
        first, last, least, greatest = (
            words.full(value, self.kind)
            for value in (self.values[0], self.values[-1], min(self.values), max(self.values))
        )
        return f"{self.label}: from {first} to {last}, lowest {least}, highest {greatest}"
