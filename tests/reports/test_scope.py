"""Which days and whose figures a URL asks for: by the agency's calendar, and in words when it was not understood."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from core import tenancy
from core.models import Agency, User
from reports import scope
from reports.scope import Named, Scope
from tests.cast import make_creditor

CHICAGO = ZoneInfo("America/Chicago")
# Eleven at night in Chicago: the next day has begun in UTC.
NOW = datetime(2026, 5, 14, 23, 0, tzinfo=CHICAGO)

Read = Callable[..., Scope]


@pytest.fixture
def read(inside: Agency) -> Read:
    """What a query string asks of Harborline, late on May 14."""

    def asked(**params: str) -> Scope:
        with time_machine.travel(NOW, tick=False):
            return scope.read(params, inside)

    return asked


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("", (2026, 4, 15), (2026, 5, 14)),
        ("7d", (2026, 5, 8), (2026, 5, 14)),
        ("90d", (2026, 2, 14), (2026, 5, 14)),
        ("month", (2026, 5, 1), (2026, 5, 14)),
        ("last_month", (2026, 4, 1), (2026, 4, 30)),
        ("quarter", (2026, 4, 1), (2026, 5, 14)),
        ("year", (2026, 1, 1), (2026, 5, 14)),
    ],
)
def test_a_period_ends_today_where_the_agency_works(
    period: str, first: tuple[int, int, int], last: tuple[int, int, int], read: Read
) -> None:
    found = read(period=period)
    assert (found.first, found.last) == (date(*first), date(*last))
    assert found.problems == ()
    assert found.previous_last == found.first - timedelta(days=1)
    assert (found.previous_last - found.previous_first).days == (found.last - found.first).days
    assert found.starts == datetime(*first, tzinfo=CHICAGO)
    assert found.ends == datetime(*last, tzinfo=CHICAGO) + timedelta(days=1)


def test_days_of_ones_own_are_both_included(read: Read) -> None:
    found = read(period="custom", since="2026-03-07", until="2026-03-08")
    assert (found.first, found.last, found.days) == (date(2026, 3, 7), date(2026, 3, 8), 2)
    assert found.label == "Mar 7 – Mar 8"
    assert found.ends.timestamp() - found.starts.timestamp() == 47 * 3600, "the clocks went forward"
    assert found.query == "period=custom&since=2026-03-07&until=2026-03-08"
    assert read(period="custom", since="2026-03-07", until="2026-03-07").label == "Mar 7"


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"period": "fortnight"}, "There is no such period."),
        ({"period": "custom"}, "Say on which day the period begins."),
        ({"period": "custom", "since": "2026-02-30", "until": "2026-03-01"}, "Say on which day the period begins."),
        ({"period": "custom", "since": "2026-03-01", "until": "x\x00"}, "Say on which day the period ends."),
        ({"period": "custom", "since": "2026-03-02", "until": "2026-03-01"}, "The period ends before it begins."),
        ({"period": "custom", "since": "2026-05-01", "until": "2026-05-15"}, "The period ends after today."),
        ({"period": "custom", "since": "1999-12-31", "until": "2000-01-01"}, "The period begins before 2000."),
        ({"period": "custom", "since": "2020-01-01", "until": "2022-01-01"}, "The period is longer than two years."),
    ],
)
def test_what_is_no_period_is_said_and_the_last_30_days_are_shown(
    params: dict[str, str], sentence: str, read: Read
) -> None:
    found = read(**params)
    assert found.problems == (f"{sentence} These are the last 30 days.",)
    assert (found.period, found.first, found.query) == ("30d", date(2026, 4, 15), "")


def test_two_years_are_not_too_long(read: Read) -> None:
    assert read(period="custom", since="2024-01-01", until="2025-12-31").problems == ()


def test_creditor_and_collector_are_those_of_the_agency(
    inside: Agency, northwind: Agency, sarah: User, read: Read
) -> None:
    ours = make_creditor("Lakeside Dental")
    with tenancy.acting_for(northwind):
        theirs = make_creditor("Puget Clinic")
    found = read(creditor=str(ours.pk), collector=str(sarah.collector.pk))
    assert (found.creditor, found.collector) == (
        Named(ours.pk, "Lakeside Dental"),
        Named(sarah.collector.pk, str(sarah)),
    )
    assert found.problems == ()
    assert found.query == f"creditor={ours.pk}&collector={sarah.collector.pk}"
    assert found.with_(period="7d", creditor="") == f"period=7d&collector={sarah.collector.pk}"
    for text in (str(theirs.pk), "x", "\x00", "nobody"):
        wrong = read(creditor=text, collector=text)
        assert (wrong.creditor, wrong.collector) == (None, None)
        assert wrong.problems == (
            "There is no such creditor. These are the figures of all.",
            "There is no such collector. These are the figures of all.",
        )
