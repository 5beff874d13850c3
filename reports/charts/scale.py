"""Which round numbers stand beside an axis, and where on it is a value?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

type Number = Decimal | int

MOST_STEPS = 5
ROUND = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5))


@dataclass(frozen=True)
class Scale:
    """From `low` to `high` in steps; both are multiples of `step`, and zero lies between them."""

    low: Decimal
    high: Decimal
    step: Decimal

    @property
    def ticks(self) -> list[Decimal]:
        """The numbers beside the axis, from the top."""
        return [self.low + self.step * n for n in reversed(range(int((self.high - self.low) / self.step) + 1))]

    def at(self, value: Number) -> float:
        """How far below the top the value is, in percent of the height."""
        return float((self.high - value) * 100 / (self.high - self.low))


def scale_of(values: Iterable[Number | None], *, finest: Decimal | None = None) -> Scale:
    """The scale with the fewest round steps, at most five, that reaches from zero to each value.

    Its steps are multiples of the `finest`: there is no half an account, and no half a cent. Without values, or with
    zeros alone, it ends at one.
    """
    given = [Decimal(value) for value in values if value is not None]
    low, high = min([Decimal(0), *given]), max([Decimal(0), *given])
    if low == high:
        return Scale(Decimal(0), Decimal(1), Decimal(1))
    for step in _steps((high - low) / MOST_STEPS):
        first, last = (low / step).to_integral(ROUND_FLOOR), (high / step).to_integral(ROUND_CEILING)
        if last - first <= MOST_STEPS and (finest is None or not step % finest):
            return Scale(first * step, last * step, step)
    raise AssertionError("there is always a larger step")


def _steps(least: Decimal) -> Iterator[Decimal]:
    """1, 2, 2.5, 5, 10, 20, 25 … from about `least` on, without an end."""
    exponent = least.adjusted()
    while True:
        power = Decimal(1).scaleb(exponent)
        yield from (step for one in ROUND if (step := one * power) >= least)
        exponent += 1
