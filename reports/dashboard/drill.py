"""How is a figure shown that can be followed? In words, beside its exact value, leading to the list behind it."""

from dataclasses import dataclass
from decimal import Decimal

from core import words
from core.sheet import Kind

SAID = {Kind.MONEY: words.money, Kind.NUMBER: words.number, Kind.PERCENT: words.percent}
UNKNOWN = "–"


@dataclass(frozen=True)
class Drill:
    """`value` is exactly the total named `total` of the list at `url`; without such a total the list explains it."""

    words: str
    value: Decimal | int | None
    url: str = ""
    total: str = ""

    @classmethod
    def of(cls, value: Decimal | int | None, kind: Kind, url: str = "", total: str = "") -> "Drill":
        """The value in the words of its kind."""
        said = SAID[kind](Decimal(value)) if value is not None else UNKNOWN
        return cls(said, value, url, total)

    @classmethod
    def money(cls, value: Decimal, url: str = "", total: str = "") -> "Drill":
        """`$1,234.50`."""
        return cls.of(value, Kind.MONEY, url, total)

    @classmethod
    def count(cls, value: int, url: str = "", total: str = "number") -> "Drill":
        """`1,234`."""
        return cls.of(value, Kind.NUMBER, url, total)


def whole_money(value: Decimal) -> str:
    """`$3,412,908`: where the cents would not be read."""
    return words.money(round(value)).removesuffix(".00")
