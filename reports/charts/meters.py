"""How do the values of a column compare? A bar in each row, all on one scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.charts.scale import Number


@dataclass(frozen=True)
class Meter:
    """The bar of one row, in percent of its width, from where zero is; what is below zero goes to the left of it."""

    x: float
    width: float
    zero: float
    is_negative: bool


def meters(values: Sequence[Number]) -> list[Meter]:
    """One for each value; the longest ends at the edge."""
    reach = [Decimal(0), *map(Decimal, values)]
    least, greatest = min(reach), max(reach)
    span = greatest - least
    if not span:
        return [Meter(0.0, 0.0, 0.0, False) for _ in values]
    zero = float((0 - least) * 100 / span)
    return [_meter(value, zero, float(abs(Decimal(value)) * 100 / span)) for value in values]


def _meter(value: Number, zero: float, length: float) -> Meter:
    return Meter(zero if value >= 0 else zero - length, length, zero, value < 0)
