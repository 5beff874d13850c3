"""A row says what to do next and what time it is for the debtor."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from worklist.listing.rows import Moment, Promised, next_action
from worklist.local_time import UNKNOWN, callable_now, local_time

NOON_IN_CHICAGO = datetime(2026, 3, 3, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zones", "words", "night"),
    [
        (["America/Chicago"], "12:00 PM", False),
        (["America/Chicago", "America/New_York"], "12:00\u20131:00 PM", False),
        (["America/Los_Angeles", "America/Chicago"], "10:00 AM\u201312:00 PM", False),
        (["Pacific/Honolulu"], "8:00 AM", False),
        (["America/New_York", "Asia/Tokyo"], "1:00 PM\u20133:00 AM", True),
        (["Pacific/Pago_Pago", "America/New_York"], "7:00 AM\u20131:00 PM", True),
        (["Not/AZone", "America/Chicago"], "12:00 PM", True),
    ],
)
def test_the_debtors_clock_spans_every_zone_he_may_be_in(zones: list[str], words: str, night: bool) -> None:
    here = local_time(zones, NOON_IN_CHICAGO)
    assert (here.text, here.night) == (words, night)


@pytest.mark.parametrize(("hour", "night"), [(7, True), (8, False), (20, False), (21, True)])
def test_calling_hours_are_eight_to_nine(hour: int, night: bool) -> None:
    at = datetime(2026, 3, 3, hour, 0, tzinfo=ZoneInfo("America/Chicago"))
    assert local_time(["America/Chicago"], at).night is night


def test_an_unknown_zone_is_said_to_be_unknown() -> None:
    assert local_time([], NOON_IN_CHICAGO) == UNKNOWN
    assert local_time(["../../etc/passwd"], NOON_IN_CHICAGO) == UNKNOWN


@pytest.mark.parametrize(
    ("what", "after", "status", "words", "tone"),
    [
        ("Callback", timedelta(days=-1), "in_contact", "Callback, 1 day late", "neg"),
        ("", timedelta(days=-3), "in_contact", "Follow up, 3 days late", "neg"),
        ("Callback", timedelta(hours=-1), "in_contact", "Callback, was 11:00 AM", "neg"),
        ("Callback", timedelta(hours=2), "in_contact", "Callback 2:00 PM", ""),
        ("Callback", timedelta(days=1), "in_contact", "Callback tomorrow", "dim"),
        ("Callback", timedelta(days=4), "in_contact", "Callback Mar 7", "dim"),
        ("Callback", timedelta(days=400), "in_contact", "Callback Apr 7, 2027", "dim"),
        ("Send letter", None, "in_contact", "Send letter", ""),
        ("", None, "new", "Assign a collector", "dim"),
        ("", None, "closed", "", "dim"),
    ],
)
def test_the_next_action_in_words(what: str, after: timedelta | None, status: str, words: str, tone: str) -> None:
    moment = Moment.at(NOON_IN_CHICAGO, ZoneInfo("America/Chicago"))
    said = next_action(what, NOON_IN_CHICAGO + after if after else None, status, moment)
    assert (said.text, said.tone) == (words, tone)


def promised(due: int) -> Promised:
    """250.00, in so many days."""
    return Promised(Decimal(250), date(2026, 3, 3) + timedelta(days=due))


@pytest.mark.parametrize(
    ("promise", "after", "words", "tone"),
    [
        (promised(0), -0.1, "Promise of $250.00 due today", "warn"),
        (promised(1), 1, "Promise of $250.00 due tomorrow", "dim"),
        (promised(6), 6, "Promise of $250.00 due Mar 9", "dim"),
        (promised(-1), -1, "Promise of $250.00, 1 day late", "neg"),
        (promised(6), 1, "Check the promise tomorrow", "dim"),
        (promised(6), None, "Promise of $250.00 due Mar 9", "dim"),
        (Promised(broken_since=date(2026, 3, 1)), -0.1, "Check the promise, 2 days late", "neg"),
    ],
)
def test_a_promise_is_told_with_its_amount_and_day(
    promise: Promised, after: float | None, words: str, tone: str
) -> None:
    moment = Moment.at(NOON_IN_CHICAGO, ZoneInfo("America/Chicago"))
    at = None if after is None else NOON_IN_CHICAGO + timedelta(days=after)
    said = next_action("Check the promise", at, "in_contact", moment, promise)
    assert (said.text, said.tone) == (words, tone)


@pytest.mark.parametrize(
    ("zones", "holds", "icon", "words"),
    [
        (("America/Chicago",), (), "", ""),
        (("Asia/Tokyo",), (), "moon", "before 8 AM or after 9 PM where the debtor is."),
        ((), (), "alert", "is unknown."),
        (("America/Chicago",), ("attorney",), "alert", "The debtor is represented by an attorney."),
        (("Asia/Tokyo",), ("cease",), "alert", "asked us to cease communication. It is before 8 AM"),
    ],
)
def test_a_mark_says_why_no_call_is_possible_now(
    zones: tuple[str, ...], holds: tuple[str, ...], icon: str, words: str
) -> None:
    here = callable_now(zones, holds, NOON_IN_CHICAGO)
    assert here.icon == icon
    assert (words in here.sentence) if words else here.sentence == ""
