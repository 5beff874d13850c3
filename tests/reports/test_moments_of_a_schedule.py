"""When a report is due: on the agency's clock, in short months, and when clocks are changed."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.models import ReportSchedule
from reports.scheduled import moments

CHICAGO = ZoneInfo("America/Chicago")


def schedule(frequency: str, hour: int = 7, weekday: int | None = None, day: int | None = None) -> ReportSchedule:
    return ReportSchedule(agency_id=UUID(int=1), frequency=frequency, hour=hour, weekday=weekday, day=day)


def following(one: ReportSchedule, after: datetime, number: int, zone: ZoneInfo = CHICAGO) -> list[str]:
    """The next moments, there."""
    found = []
    for _ in range(number):
        after = moments.next_after(one, after, zone)
        found.append(f"{after.astimezone(zone):%a %Y-%m-%d %H:%M}")
    return found


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO)


def test_every_day_at_the_same_hour_there() -> None:
    assert following(schedule("daily"), at("2026-11-29T07:00"), 2) == ["Mon 2026-11-30 07:00", "Tue 2026-12-01 07:00"]
    assert following(schedule("daily"), at("2026-11-29T06:59"), 1) == ["Sun 2026-11-29 07:00"]


def test_every_week_on_its_day() -> None:
    friday = schedule("weekly", weekday=4)
    assert following(friday, at("2026-11-29T12:00"), 2) == ["Fri 2026-12-04 07:00", "Fri 2026-12-11 07:00"]


def test_a_month_that_has_no_such_day_sends_on_its_last() -> None:
    found = following(schedule("monthly", day=31), at("2027-12-31T07:00"), 4)
    assert found == ["Mon 2028-01-31 07:00", "Tue 2028-02-29 07:00", "Fri 2028-03-31 07:00", "Sun 2028-04-30 07:00"]
    assert following(schedule("monthly", day=30), at("2027-01-31T00:00"), 1) == ["Sun 2027-02-28 07:00"]


def test_an_hour_that_is_left_out_is_an_hour_later_and_one_that_comes_twice_is_once() -> None:
    spring = following(schedule("daily", hour=2), at("2026-03-07T03:00"), 2)  # March 8: from 2 to 3
    assert spring == ["Sun 2026-03-08 03:00", "Mon 2026-03-09 02:00"]
    autumn = moments.next_after(schedule("daily", hour=1), at("2026-10-31T02:00"), CHICAGO)  # November 1: 1 twice
    assert autumn == datetime(2026, 11, 1, 6, tzinfo=UTC)
    assert moments.next_after(schedule("daily", hour=1), autumn, CHICAGO) == datetime(2026, 11, 2, 7, tzinfo=UTC)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1)),  # noqa: DTZ001
    zone=st.sampled_from(["America/Chicago", "America/New_York", "America/Phoenix", "Pacific/Honolulu", "UTC"]),
    hour=st.integers(0, 23),
    how=st.one_of(
        st.just(("daily", None, None)),
        st.tuples(st.just("weekly"), st.integers(0, 6), st.none()),
        st.tuples(st.just("monthly"), st.none(), st.integers(1, 31)),
    ),
)
def test_every_due_day_has_one_moment_and_no_other_day_any(
    start: datetime, zone: str, hour: int, how: tuple[str, int | None, int | None]
) -> None:
    frequency, weekday, day = how
    one, there = schedule(frequency, hour, weekday, day), ZoneInfo(zone)
    moment, found = start.replace(tzinfo=UTC), []
    first = moment.astimezone(there).date() + timedelta(days=1)
    last = first + timedelta(days=70)
    while moment.astimezone(there).date() <= last:
        later = moments.next_after(one, moment, there)
        assert later > moment
        moment = later
        found.append(moment.astimezone(there).date())
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert [day for day in found if first <= day <= last] == [day for day in days if is_due(how, day)]


def is_due(how: tuple[str, int | None, int | None], day: date) -> bool:
    """The same rule, said otherwise."""
    frequency, weekday, number = how
    if frequency == "weekly":
        return day.weekday() == weekday
    if frequency == "monthly":
        is_last = (day + timedelta(days=1)).day == 1
        return day.day == number or (is_last and day.day < (number or 0))
    return True


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (schedule("daily", 0), "Every day at 12:00 AM"),
        (schedule("weekly", 7, weekday=0), "Every Monday at 7:00 AM"),
        (schedule("monthly", 17, day=1), "On the 1st of every month at 5:00 PM"),
        (schedule("monthly", 12, day=12), "On the 12th of every month at 12:00 PM"),
        (schedule("monthly", 7, day=31), "On the 31st of every month (or its last day) at 7:00 AM"),
    ],
)
def test_it_is_said_in_words(one: ReportSchedule, words: str) -> None:
    assert moments.in_words(one) == words
