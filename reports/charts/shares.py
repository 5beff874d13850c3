"""Of what does a whole consist? One bar in parts, and the table that is its key."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from core.sheet import Column, Kind, Linked, Sheet
from reports.charts import words

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Share:
    """One part: how many, how much, where its list is; `tone` is its color, a1 to a4 from little to much, a0 aside."""

    label: str
    number: int
    amount: Decimal
    tone: str
    url: str = ""


@dataclass(frozen=True)
class Piece:
    """A part of the bar, in percent of its width."""

    x: float
    width: float
    tone: str
    hint: str


@dataclass(frozen=True)
class Shares:
    """`axis` says by what the parts are told apart, `numbers` and `amounts` what is counted and summed."""

    heading: str
    finding: str
    parts: Sequence[Share]
    axis: str
    numbers: str = "Accounts"
    amounts: str = "Balance"
    url: str = ""

    template: ClassVar[str] = "reports/charts/shares.html"

    @property
    def number(self) -> int:
        """All together."""
        return sum(part.number for part in self.parts)

    @property
    def amount(self) -> Decimal:
        """All together."""
        return sum((part.amount for part in self.parts), NOTHING)

    @property
    def pieces(self) -> Iterator[Piece]:
        """Beside each other, without what is nothing; a part below zero has no place on the bar, but a row."""
        whole = sum((part.amount for part in self.parts if part.amount > 0), NOTHING)
        x = NOTHING
        for part in self.parts:
            if part.amount > 0:
                width = part.amount * 100 / whole
                hint = f"{part.label}: {words.full(part.amount, Kind.MONEY)}, {self.share(part.amount)}"
                yield Piece(float(x), float(width), part.tone, hint)
                x += width

    def share(self, amount: Decimal) -> str:
        """`12%` of the whole; little is not called nothing, nor nearly all of it all."""
        whole = self.amount
        if not whole or not amount:
            return "0%"
        percent = round(amount * 100 / whole)
        if percent == 0:
            return "<1%"
        return ">99%" if percent == 100 and amount != whole else f"{words.full(percent, Kind.NUMBER)}%"

    @property
    def sheet(self) -> Sheet:
        """The parts as a table, with their sum."""
        whole = self.amount
        columns = [
            Column("part", self.axis), Column("number", self.numbers, Kind.NUMBER),
            Column("amount", self.amounts, Kind.MONEY), Column("share", "Share", Kind.PERCENT),
        ]  # fmt: skip
        rows = [
            (Linked(part.label, part.url), part.number, part.amount, part.amount / whole if whole else None)
            for part in self.parts
        ]
        return Sheet(self.heading, columns, rows, ("Total", self.number, whole, Decimal(1) if whole else None))

    @property
    def rows(self) -> Iterator[tuple[Share, str, str, str]]:
        """The rows of that table in words."""
        for part in self.parts:
            said = words.full(part.number, Kind.NUMBER), words.full(part.amount, Kind.MONEY), self.share(part.amount)
            yield (part, *said)

    @property
    def total(self) -> tuple[str, str]:
        """Its last row in words."""
        return words.full(self.number, Kind.NUMBER), words.full(self.amount, Kind.MONEY)
