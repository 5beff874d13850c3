"""How is a cell of a sheet said to people? The same on a page and on paper; files get the plain values instead."""

from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from core import calendar, words
from core.sheet import Column, Kind, plain

# Figures stand under each other by their digits.
RIGHT_ALIGNED = frozenset({Kind.MONEY, Kind.NUMBER, Kind.PERCENT})


class Voice:
    """Says cells in an agency's zone, on one day there."""

    def __init__(self, zone: ZoneInfo, today: date) -> None:
        self._said: dict[Kind, Callable[[Any], str]] = {
            Kind.TEXT: str,
            Kind.MONEY: words.money,
            Kind.NUMBER: words.number,
            Kind.PERCENT: words.percent,
            Kind.DATE: lambda when: words.day(when, today),
            Kind.MOMENT: lambda when: calendar.moment_words(when, zone, today),
        }

    def say(self, cell: object, column: Column) -> str:
        """The cell in words; nothing for None."""
        value = plain(cell)
        return "" if value is None else self._said[column.kind](value)
