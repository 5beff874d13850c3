"""When is each instalment due, and of how much? Pure: terms in, rows out that sum exactly to the total.

Twice a month means the days on which wages come in the US: the 1st and the 15th, or the 15th and the last day. Other
first days get a second one two weeks on (5th and 19th), never the same day of both halves in months of 28 to 31 days.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from itertools import islice

CENT = Decimal("0.01")
# A rest of less is not worth a charge of its own: the row before it takes it.
TINY = Decimal("5.00")
MOST_ROWS = 260
LAST_DAY = 31
STEPS = {"weekly": timedelta(days=7), "biweekly": timedelta(days=14)}
FREQUENCIES = (*STEPS, "semimonthly", "monthly")


class NoSchedule(ValueError):
    """No rows can be made of this; `field` is what is wrong, `str()` the sentence for the user."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class Row:
    """One instalment, in US dollars."""

    number: int
    due: date
    amount: Decimal


def rows(
    total: Decimal, frequency: str, first: date, *, amount: Decimal | None = None, number: int | None = None
) -> list[Row]:
    """The rows of a plan: of `amount` each, or `number` equal ones; the last takes the rounding.

    Raises NoSchedule: neither or both are told, nothing to pay, more than the total, too many rows.
    """
    amounts = _amounts(total, amount, number)
    due = islice(dates(frequency, first), len(amounts))
    return [Row(n, day, each) for n, (day, each) in enumerate(zip(due, amounts, strict=True), start=1)]


def dates(frequency: str, first: date) -> Iterator[date]:
    """Every due date from the first on. A day that a month has not is its last one; the next month has it again."""
    if step := STEPS.get(frequency):
        day = first
        while True:
            yield day
            day += step
    elif frequency == "monthly":
        yield from _on_days((first.day,), first)
    elif frequency == "semimonthly":
        yield from _on_days(twice_a_month(first), first)
    else:
        raise NoSchedule("frequency", "Choose how often an instalment is due.")


def twice_a_month(first: date) -> tuple[int, int]:
    """The two days of the month that belong to a first date; 31 is the last day of any month."""
    if first.day == 15 or first.day == monthrange(first.year, first.month)[1]:
        return 15, LAST_DAY
    return (first.day, first.day + 14) if first.day < 15 else (first.day - 14, first.day)


def _on_days(days: tuple[int, ...], first: date) -> Iterator[date]:
    year, month = first.year, first.month
    while True:
        last = monthrange(year, month)[1]
        for day in days:
            due = date(year, month, min(day, last))
            if due >= first:
                yield due
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def _amounts(total: Decimal, amount: Decimal | None, number: int | None) -> list[Decimal]:
    if total <= 0 or total != total.quantize(CENT):
        raise NoSchedule("total", "Enter a total of more than zero with at most two decimals.")
    if (amount is None) == (number is None):
        raise NoSchedule("amount", "Enter either the amount of an instalment or their number.")
    return _of_amount(total, amount) if amount is not None else _of_number(total, number or 0)


def _of_amount(total: Decimal, amount: Decimal) -> list[Decimal]:
    if not Decimal(0) < amount <= total or amount != amount.quantize(CENT):
        raise NoSchedule("amount", "Enter an instalment of more than zero and at most the total.")
    whole, rest = divmod(total, amount)
    if whole > MOST_ROWS:
        raise NoSchedule("amount", f"Enter a larger instalment: these would be more than {MOST_ROWS} rows.")
    found = [amount] * int(whole)
    if rest >= TINY:
        return [*found, rest]
    found[-1] += rest
    return found


def _of_number(total: Decimal, number: int) -> list[Decimal]:
    if not 1 <= number <= MOST_ROWS:
        raise NoSchedule("number", f"Enter a number of instalments between 1 and {MOST_ROWS}.")
    each = (total / number).quantize(CENT, ROUND_DOWN)
    if not each:
        raise NoSchedule("number", "Enter fewer instalments: each would be less than a cent.")
    return [*([each] * (number - 1)), total - each * (number - 1)]
