"""What a move does besides changing the status."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core import balances, moves
from core.account_states import WITHDRAWALS, MoveRefused
from core.models import Account, Activity, Agency, Hold, User
from tests.cast import bring_to, make_account

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def disputed(inside: Agency, dana: User, sarah: User) -> Account:
    return bring_to(make_account(), "disputed", admin=dana, to=sarah)


def test_a_dispute_places_a_hold_with_the_reason_and_its_author(disputed: Account, sarah: User) -> None:
    hold = Hold.objects.get(account=disputed)
    assert (hold.kind, hold.reason, hold.placed_by, hold.lifted_at) == ("dispute", "Not my debt", sarah, None)


def test_a_dispute_needs_a_reason(dana: User, sarah: User) -> None:
    account = bring_to(make_account(), "in_contact", admin=dana, to=sarah)
    with pytest.raises(MoveRefused, match="Enter what the debtor disputes"):
        moves.move(account.pk, "dispute", by=sarah, reason="   ")
    assert not Hold.objects.exists()


def test_a_dispute_on_a_held_account_keeps_the_one_hold(dana: User, sarah: User) -> None:
    account = bring_to(make_account(), "in_contact", admin=dana, to=sarah)
    account.holds.create(kind="dispute", reason="By letter")
    moves.move(account.pk, "dispute", by=sarah, reason="By phone")
    assert [hold.reason for hold in account.holds.all()] == ["By letter"]


@pytest.mark.parametrize(
    ("move", "status", "closed_reason"),
    [("resolve_dispute", "in_contact", ""), ("uphold_dispute", "closed", "dispute_upheld")],
)
def test_ending_a_dispute_lifts_its_hold(
    move: str, status: str, closed_reason: str, disputed: Account, dana: User
) -> None:
    other = disputed.holds.create(kind="attorney")
    account = moves.move(disputed.pk, move, by=dana)
    lifted = Hold.objects.get(account=disputed, kind="dispute")
    assert (account.status, account.closed_reason) == (status, closed_reason)
    assert (lifted.lifted_by, lifted.lifted_at is not None) == (dana, True)
    other.refresh_from_db()
    assert other.lifted_at is None, "another hold stays"


@pytest.mark.parametrize("reason", sorted(WITHDRAWALS))
def test_a_withdrawn_account_says_why(reason: str, dana: User) -> None:
    account = make_account(next_action="Call back", next_action_at=timezone.now())
    moved = moves.move(account.pk, "withdraw", by=dana, reason=reason)
    moved.refresh_from_db()
    assert (moved.status, moved.closed_reason, moved.next_action, moved.next_action_at) == ("closed", reason, "", None)


@pytest.mark.parametrize("reason", ["", "paid", "because"])
def test_a_withdrawal_without_a_known_reason_is_refused(reason: str, dana: User) -> None:
    account = make_account()
    with pytest.raises(MoveRefused, match="Choose why the account is withdrawn"):
        moves.move(account.pk, "withdraw", by=dana, reason=reason)
    account.refresh_from_db()
    assert account.status == "new"


def test_paying_off_settles_from_the_desk_and_money_taken_back_reopens(dana: User, sarah: User) -> None:
    account = bring_to(make_account(), "negotiating", admin=dana, to=sarah)
    balances.post_entry(account.pk, "payment", Decimal(-500), by=None)
    paid = moves.move(account.pk, "pay_off", by=None)
    assert paid.settled_at is not None
    closed = moves.move(account.pk, "close", by=sarah)
    assert (closed.status, closed.closed_reason) == ("closed", "paid")

    balances.post_entry(account.pk, "chargeback", Decimal(500), by=None)
    reopened = moves.move(account.pk, "reopen", by=None)
    assert (reopened.status, reopened.settled_at, reopened.closed_reason) == ("in_contact", None, "")


def test_settling_clears_what_was_next(dana: User, sarah: User) -> None:
    account = bring_to(make_account(), "negotiating", admin=dana, to=sarah)
    Account.objects.filter(pk=account.pk).update(next_action="Call", next_action_at=timezone.now() + timedelta(1))
    balances.post_entry(account.pk, "waiver", Decimal(-500), by=dana)
    settled = moves.move(account.pk, "settle", by=sarah)
    assert (settled.next_action, settled.next_action_at) == ("", None)


def test_taking_an_account_back_empties_the_desk(dana: User, sarah: User) -> None:
    account = bring_to(make_account(), "assigned", admin=dana, to=sarah)
    taken = moves.move(account.pk, "unassign", by=dana)
    assert (taken.assigned_to, taken.assigned_at) == (None, None)


def test_a_note_given_with_the_move_stands_in_its_entry(dana: User, sarah: User) -> None:
    account = bring_to(make_account(), "assigned", admin=dana, to=sarah)
    moves.move(account.pk, "start_contact", by=sarah, note="She answered at once.")
    assert Activity.objects.filter(kind="status", body="She answered at once.").count() == 1


def test_withdrawing_a_disputed_account_ends_the_dispute(disputed: Account, dana: User) -> None:
    moves.move(disputed.pk, "withdraw", by=dana, reason="recalled")
    hold = Hold.objects.get(account=disputed)
    assert hold.lifted_at is not None
    assert hold.lifted_by == dana
