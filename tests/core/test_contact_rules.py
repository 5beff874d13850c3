"""The law on one page: who may be contacted now, and where that is written."""

from datetime import UTC, datetime

import pytest

from core import contact_rules
from core.contact_rules import Decision, Facts

NOON_EASTERN = datetime(2026, 7, 15, 16, 0, tzinfo=UTC)  # 12:00 in New York, 9:00 in Los Angeles
EASTERN, CENTRAL, PACIFIC = "America/New_York", "America/Chicago", "America/Los_Angeles"


def at(hour: int, minute: int = 0) -> datetime:
    """That time in New York on a summer's day."""
    return datetime(2026, 7, 15, (hour + 4) % 24, minute, tzinfo=UTC).replace(day=15 if hour < 20 else 16)


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [(at(7, 59), False), (at(8, 0), True), (at(12), True), (at(20, 59), True), (at(21, 0), False), (at(23), False)],
)
def test_a_call_is_convenient_from_eight_to_nine(moment: datetime, allowed: bool) -> None:
    """12 CFR 1006.6(b)(1)(i)."""
    verdict = contact_rules.evaluate(Facts((EASTERN,)), "call", "out", moment)
    assert verdict.allows is allowed
    assert [reason.citation for reason in verdict.reasons] == ([] if allowed else ["12 CFR 1006.6(b)(1)(i)"])


@pytest.mark.parametrize(("hour", "allowed"), [(10, False), (11, True), (20, True), (21, False)])
def test_with_two_possible_places_it_must_be_convenient_in_both(hour: int, allowed: bool) -> None:
    """Comment 6(b)(1)(i)-2: an Eastern number and a Pacific address leave 11:00 to 21:00 Eastern."""
    verdict = contact_rules.evaluate(Facts((EASTERN, PACIFIC)), "call", "out", at(hour))
    assert verdict.allows is allowed
    assert all("comment 6(b)(1)(i)-2" in reason.citation for reason in verdict.reasons)


@pytest.mark.parametrize("channel", ["call", "email", "in_person"])
@pytest.mark.parametrize("zones", [(), ("Mars/Olympus",), (EASTERN, "Mars/Olympus")])
def test_an_unknown_place_is_no_place_to_call(zones: tuple[str, ...], channel: str) -> None:
    assert contact_rules.evaluate(Facts(zones), channel, "out", NOON_EASTERN).decision is Decision.BLOCK


def test_a_letter_has_no_hours() -> None:
    assert contact_rules.evaluate(Facts(()), "letter", "out", at(3)).allows


def test_who_calls_us_is_answered() -> None:
    facts = Facts((), holds=("cease", "attorney"), point_status="opted_out")
    assert contact_rules.evaluate(facts, "call", "in", at(3)).allows


@pytest.mark.parametrize("kind", sorted(contact_rules.HOLDS))
@pytest.mark.parametrize("channel", ["call", "email", "letter", "in_person"])
def test_a_hold_blocks_every_channel(kind: str, channel: str) -> None:
    verdict = contact_rules.evaluate(Facts((EASTERN,), holds=(kind,)), channel, "out", NOON_EASTERN)
    assert verdict.decision is Decision.BLOCK
    assert verdict.reasons[0].text in verdict.sentence


@pytest.mark.parametrize("status", ["opted_out", "invalid"])
def test_a_number_that_is_closed_to_us_is_not_called(status: str) -> None:
    facts = Facts((EASTERN,), point_status=status)
    assert contact_rules.evaluate(facts, "call", "out", NOON_EASTERN).decision is Decision.BLOCK


def test_every_reason_is_told() -> None:
    facts = Facts((EASTERN,), holds=("cease", "attorney"), point_status="invalid")
    assert len(contact_rules.evaluate(facts, "call", "out", at(3)).reasons) == 4


def test_every_hold_has_its_rule() -> None:
    from core.models import Hold

    assert set(contact_rules.HOLDS) == set(Hold.Kind.values)


def test_the_next_opening() -> None:
    opening = contact_rules.next_opening((EASTERN, PACIFIC), at(6, 7))
    assert opening == at(11)
    assert contact_rules.next_opening((), at(6)) is None
    assert contact_rules.next_opening(("Mars/Olympus",), at(6)) is None
