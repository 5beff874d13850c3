"""One scripted past for the tests of every report, and its figures by plain arithmetic from the raw rows.

Everything happens through the verbs that people use, so that lists, reports and balances have one past.
"""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from tests.reports import plain
from tests.reports.history import ACTS, Act, World
from tests.reports.plain import Fact

# What makes a figure of every kind: money by each means, given back and taken back, promises of each end, all desks.
SCRIPT = (
    *("place", "assign", "talk", "pay", "promise", "judge", "place", "assign", "attempt", "talk", "pay", "refund"),
    *("promise", "pay", "judge", "place", "bare_entry", "charge_back", "negotiate", "withdraw", "pay_off", "close"),
)


def tell(world: World, *, acts: int = 60, seed: int = 7) -> World:
    """What happened: the script, then whatever comes, always the same."""
    chance = Random(seed)
    world.begin()
    for n in range(acts):
        what = SCRIPT[n % len(SCRIPT)] if n < 2 * len(SCRIPT) else chance.choice(ACTS)
        hours, cents = chance.randrange(1, 40), chance.randrange(100, 30_000)
        world.happen(Act(what, chance.randrange(6), chance.random() < 0.6, hours, cents))
    return world


class Facts:
    """The raw facts, to be chosen from and summed up."""

    def __init__(self, rows: Iterable[Fact]) -> None:
        self.rows = list(rows)

    @classmethod
    def of(cls, world: World) -> "Facts":
        """All of them, as they are now."""
        return cls(plain.facts(world.zone))

    def __call__(self, subject: str, **wanted: Any) -> "Facts":
        """Those of a subject; `who`, `creditor` and `detail` as said, `first` and `last` are days."""
        days = wanted.pop("first", None), wanted.pop("last", None)
        return Facts(
            row
            for row in self.rows
            if row.subject == subject
            and all(getattr(row, name) == value for name, value in wanted.items())
            and _within(row.day, *days)
        )

    def where(self, holds: Callable[[Fact], bool]) -> "Facts":
        """Those of which it is true."""
        return Facts(row for row in self.rows if holds(row))

    @property
    def number(self) -> int:
        """How many."""
        return sum(row.number for row in self.rows)

    @property
    def amount(self) -> Decimal:
        """How much."""
        return sum((row.amount for row in self.rows), Decimal(0))


def _within(day: date | None, first: date | None, last: date | None) -> bool:
    if first is None and last is None:
        return True
    return day is not None and (first is None or day >= first) and (last is None or day <= last)
