"""The rows of a plan sum exactly to its total, and fall on the days that people mean."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments import schedule
from payments.schedule import NoSchedule

D = date.fromisoformat
TOTALS = st.decimals("0.01", "99999.99", places=2)
DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))
FREQUENCIES = st.sampled_from(schedule.FREQUENCIES)


def due(frequency: str, first: str, count: int) -> list[str]:
    return [day.isoformat() for day in islice(schedule.dates(frequency, D(first)), count)]


@pytest.mark.parametrize(
    ("frequency", "first", "then"),
    [
        ("weekly", "2026-12-28", ["2027-01-04", "2027-01-11"]),
        ("weekly", "2028-02-25", ["2028-03-03", "2028-03-10"]),
        ("biweekly", "2026-02-20", ["2026-03-06", "2026-03-20"]),
        ("monthly", "2026-01-31", ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]),
        ("monthly", "2028-01-31", ["2028-02-29", "2028-03-31"]),
        ("monthly", "2026-01-30", ["2026-02-28", "2026-03-30"]),
        ("monthly", "2028-02-29", ["2028-03-29", "2028-04-29"]),
        ("monthly", "2026-11-15", ["2026-12-15", "2027-01-15"]),
        ("semimonthly", "2026-01-01", ["2026-01-15", "2026-02-01", "2026-02-15"]),
        ("semimonthly", "2026-01-15", ["2026-01-31", "2026-02-15", "2026-02-28", "2026-03-15"]),
        ("semimonthly", "2026-01-31", ["2026-02-15", "2026-02-28", "2026-03-15", "2026-03-31"]),
        ("semimonthly", "2026-04-30", ["2026-05-15", "2026-05-31"]),
        ("semimonthly", "2028-02-29", ["2028-03-15", "2028-03-31"]),
        ("semimonthly", "2026-03-05", ["2026-03-19", "2026-04-05"]),
        ("semimonthly", "2026-03-20", ["2026-04-06", "2026-04-20"]),
        ("semimonthly", "2026-01-30", ["2026-02-16", "2026-02-28", "2026-03-16", "2026-03-30"]),
    ],
)
def test_due_dates(frequency: str, first: str, then: list[str]) -> None:
    assert due(frequency, first, len(then) + 1) == [first, *then]


@pytest.mark.parametrize(
    ("total", "terms", "amounts"),
    [
        ("500.00", {"number": 1}, ["500.00"]),
        ("500.00", {"amount": "500.00"}, ["500.00"]),
        ("500.00", {"number": 3}, ["166.66", "166.66", "166.68"]),
        ("1.00", {"number": 3}, ["0.33", "0.33", "0.34"]),
        ("0.06", {"number": 4}, ["0.01", "0.01", "0.01", "0.03"]),
        ("500.00", {"amount": "150.00"}, ["150.00", "150.00", "150.00", "50.00"]),
        ("455.00", {"amount": "150.00"}, ["150.00", "150.00", "150.00", "5.00"]),
        ("454.99", {"amount": "150.00"}, ["150.00", "150.00", "154.99"]),
        ("450.01", {"amount": "150.00"}, ["150.00", "150.00", "150.01"]),
        ("100.00", {"amount": "33.33"}, ["33.33", "33.33", "33.34"]),
    ],
)
def test_amounts(total: str, terms: dict[str, str], amounts: list[str]) -> None:
    typed = {key: Decimal(value) if key == "amount" else int(value) for key, value in terms.items()}
    found = schedule.rows(Decimal(total), "monthly", D("2026-01-31"), **typed)  # type: ignore[arg-type]
    assert [str(row.amount) for row in found] == amounts


@pytest.mark.parametrize(
    ("field", "total", "frequency", "terms"),
    [
        ("total", "0", "monthly", {"number": 2}),
        ("total", "10.001", "monthly", {"number": 2}),
        ("amount", "10", "monthly", {}),
        ("amount", "10", "monthly", {"number": 2, "amount": Decimal(5)}),
        ("amount", "10", "monthly", {"amount": Decimal(0)}),
        ("amount", "10", "monthly", {"amount": Decimal("10.01")}),
        ("amount", "10", "monthly", {"amount": Decimal("3.333")}),
        ("amount", "10000", "monthly", {"amount": Decimal("0.01")}),
        ("number", "10", "monthly", {"number": 0}),
        ("number", "10", "monthly", {"number": 261}),
        ("number", "0.02", "monthly", {"number": 3}),
        ("frequency", "10", "hourly", {"number": 2}),
    ],
)
def test_what_makes_no_schedule_is_refused_by_its_field(
    field: str, total: str, frequency: str, terms: dict[str, object]
) -> None:
    with pytest.raises(NoSchedule) as refusal:
        schedule.rows(Decimal(total), frequency, D("2026-01-31"), **terms)  # type: ignore[arg-type]
    assert refusal.value.field == field


@given(TOTALS, FREQUENCIES, DAYS, st.integers(1, 60))
def test_equal_rows_sum_exactly_and_differ_by_the_rounding_alone(
    total: Decimal, frequency: str, first: date, number: int
) -> None:
    if total < Decimal(number) / 100:
        return
    found = schedule.rows(total, frequency, first, number=number)
    assert sum(row.amount for row in found) == total
    assert len(found) == number
    assert all(row.amount > 0 for row in found)
    assert 0 <= found[-1].amount - found[0].amount < Decimal(number) / 100 or number == 1


@given(TOTALS, FREQUENCIES, DAYS, st.decimals("0.01", "5000.00", places=2))
def test_rows_of_an_amount_sum_exactly(total: Decimal, frequency: str, first: date, amount: Decimal) -> None:
    try:
        found = schedule.rows(total, frequency, first, amount=amount)
    except NoSchedule:
        assert amount > total or total / amount > schedule.MOST_ROWS
        return
    assert sum(row.amount for row in found) == total
    assert all(row.amount == amount for row in found[:-1])
    assert 0 < found[-1].amount < amount + schedule.TINY


@given(FREQUENCIES, DAYS)
def test_dates_begin_with_the_first_and_always_go_on(frequency: str, first: date) -> None:
    found = list(islice(schedule.dates(frequency, first), 60))
    assert found[0] == first
    assert all(timedelta(days=7) <= later - sooner <= timedelta(days=31) for sooner, later in pairwise(found))


@given(DAYS)
def test_a_month_is_never_left_out_and_the_day_comes_back(first: date) -> None:
    found = list(islice(schedule.dates("monthly", first), 36))
    months = [day.year * 12 + day.month for day in found]
    assert months == list(range(months[0], months[0] + 36))
    assert all(day.day == first.day or (day + timedelta(days=1)).day == 1 for day in found)


@given(DAYS)
def test_twice_a_month_is_twice_in_every_month(first: date) -> None:
    found = [
        day
        for day in islice(schedule.dates("semimonthly", first), 60)
        if (day.year, day.month) != (first.year, first.month)
    ]
    counts: dict[tuple[int, int], int] = {}
    for day in found[:-1]:
        counts[day.year, day.month] = counts.get((day.year, day.month), 0) + 1
    assert set(list(counts.values())[:-1]) == {2}
