"""How does a chart say its values: in full in its table and under the pointer, short beside its axis?"""

from collections.abc import Callable
from decimal import Decimal

from core import words
from core.sheet import Kind
from reports.charts.scale import Number

IN_FULL: dict[Kind, Callable[[Decimal], str]] = {
    Kind.MONEY: words.money,
    Kind.NUMBER: words.number,
    Kind.PERCENT: words.percent,
}
# What there is no part of.
FINEST = {Kind.MONEY: Decimal("0.01"), Kind.NUMBER: Decimal(1)}
UNITS = (("T", 10**12), ("B", 10**9), ("M", 10**6), ("k", 10**3))


def full(value: Number | None, kind: Kind) -> str:
    """`$1,234.50`, `1,234` or `12.5%`; nothing for None."""
    return "" if value is None else IN_FULL[kind](Decimal(value))


def short(value: Decimal, kind: Kind) -> str:
    """`$7.5k`, `1.25M`, `12.5%`: exactly the round number that stands beside an axis."""
    if kind == Kind.PERCENT:
        return f"{_sign(value)}{_digits(abs(value) * 100)}%"
    unit, size = next(((unit, size) for unit, size in UNITS if abs(value) >= size), ("", 1))
    number = _digits(abs(value) / size)
    if kind == Kind.MONEY and not unit and "." in number:
        number = f"{abs(value):.2f}"
    return f"{_sign(value)}{'$' if kind == Kind.MONEY else ''}{number}{unit}"


def _sign(value: Decimal) -> str:
    return words.MINUS if value < 0 else ""


def _digits(value: Decimal) -> str:
    """Without zeros at the end, and without an exponent."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
