"""History is entered at the time it happened, through the same functions as today's work."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core import assignment, balances, clock, moves, timeline
from core.models import Activity, Agency, BalanceEntry, User
from tests.cast import make_account

LONG_AGO = timezone.now() - timedelta(days=100)


def is_then(moment: datetime | None) -> bool:
    return moment is not None and timedelta(0) <= moment - LONG_AGO < timedelta(minutes=1)


def test_every_verb_stamps_the_moment_of_loaded_history(inside: Agency, dana: User, sarah: User) -> None:
    account = make_account()
    with clock.at(LONG_AGO):
        assignment.assign([account.pk], to=sarah.collector, by=dana)
        timeline.add_note(account, "Called", by=sarah)
        moves.move(account.pk, "dispute", by=sarah, reason="Not mine")
        balances.post_entry(account.pk, "payment", Decimal(-500), by=sarah)
        moves.move(account.pk, "pay_off", by=None)
    account.refresh_from_db()
    assert is_then(account.assigned_at)
    assert is_then(account.settled_at)
    assert is_then(account.holds.get().placed_at)
    assert all(is_then(event.created_at) for event in Activity.objects.all())
    assert Activity.objects.count() == 4
    assert is_then(BalanceEntry.objects.get(kind="payment").created_at)


def test_time_goes_on_within_history_so_that_order_is_kept(inside: Agency, sarah: User) -> None:
    account = make_account()
    with clock.at(LONG_AGO):
        first, second = (timeline.add_note(account, text, by=sarah) for text in ("first", "second"))
    assert first.created_at < second.created_at


def test_afterwards_it_is_now_again(inside: Agency, sarah: User) -> None:
    with clock.at(LONG_AGO):
        pass
    before = timezone.now()
    note = timeline.add_note(make_account(), "Today", by=sarah)
    note.refresh_from_db()
    assert clock.now() >= before
    assert not is_then(note.created_at)


@pytest.mark.parametrize(
    "moment",
    [timezone.now() + timedelta(days=1), datetime(2026, 1, 1)],  # noqa: DTZ001
    ids=["future", "naive"],
)
def test_history_is_past_and_aware(moment: datetime) -> None:
    with pytest.raises(ValueError, match="History"), clock.at(moment):
        pytest.fail("it was accepted")
