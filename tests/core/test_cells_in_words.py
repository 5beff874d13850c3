"""How a cell of a sheet is said: each kind in the house's formats, in the agency's zone."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from core.cell_words import Voice
from core.sheet import Column, Kind, Linked
from core.words import MINUS

VOICE = Voice(ZoneInfo("America/Chicago"), date(2026, 3, 10))


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (Kind.TEXT, "Northgate Hospital", "Northgate Hospital"),
        (Kind.MONEY, Decimal("-1234.5"), f"{MINUS}$1,234.50"),
        (Kind.NUMBER, 1234567, "1,234,567"),
        (Kind.NUMBER, -12, f"{MINUS}12"),
        (Kind.PERCENT, Decimal("0.1235"), "12.4%"),
        (Kind.PERCENT, Decimal("0.00049"), "0.0%"),
        (Kind.PERCENT, Decimal("-0.00049"), "0.0%"),
        (Kind.PERCENT, Decimal("-0.125"), f"{MINUS}12.5%"),
        (Kind.PERCENT, Decimal(12), "1,200.0%"),
        (Kind.DATE, date(2026, 3, 2), "Mar 2"),
        (Kind.DATE, date(2025, 12, 31), "Dec 31, 2025"),
        (Kind.MOMENT, datetime(2026, 3, 2, 5, 30, tzinfo=UTC), "Mar 1, 11:30 PM"),
        (Kind.MONEY, None, ""),
    ],
)
def test_each_kind_is_said_as_the_house_says_it(kind: Kind, value: object, said: str) -> None:
    column = Column("x", "X", kind)
    assert VOICE.say(value, column) == said
    assert VOICE.say(Linked(value, "/somewhere/"), column) == said
