"""Two people change one account in the same moment: one wins, the other is told."""

import threading
from collections.abc import Callable

import pytest

from core import assignment, moves, tenancy
from core.account_states import MoveRefused
from core.models import Account, Activity, Agency, User
from tests.at_once import PATIENCE_SECONDS, at_once, refusals, somebody_waits, until
from tests.cast import bring_to, make_account

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def assigned(harborline: Agency, dana: User, sarah: User) -> Account:
    with tenancy.acting_for(harborline):
        return bring_to(make_account(), "assigned", admin=dana, to=sarah)


def click(agency: Agency, account: Account, move: str, by: User, **facts: str) -> Callable[[], str]:
    def act() -> str:
        with tenancy.acting_for(agency):
            return moves.move(account.pk, move, by=by, **facts).status

    return act


def test_the_same_move_twice_happens_once(harborline: Agency, assigned: Account, sarah: User) -> None:
    outcomes = at_once(*[click(harborline, assigned, "start_contact", sarah) for _ in range(4)])
    assert outcomes.count("in_contact") == 1
    assert all(isinstance(outcome, MoveRefused) for outcome in outcomes if outcome != "in_contact")
    assert all("the account is In contact. Possible from here:" in sentence for sentence in refusals(outcomes))
    with tenancy.acting_for(harborline):
        assert Activity.objects.filter(account=assigned, data__move="start_contact").count() == 1


def test_a_click_on_what_is_no_longer_shown_is_refused(
    harborline: Agency, assigned: Account, dana: User, sarah: User
) -> None:
    outcomes = at_once(
        click(harborline, assigned, "start_contact", sarah, expected="assigned"),
        click(harborline, assigned, "withdraw", dana, expected="assigned", reason="recalled"),
    )
    winners = [outcome for outcome in outcomes if isinstance(outcome, str)]
    assert len(winners) == 1
    assert all("changed the status to" in sentence for sentence in refusals(outcomes))
    with tenancy.acting_for(harborline):
        account = Account.objects.get(pk=assigned.pk)
        history = Activity.objects.filter(account=account, kind="status", data__to=account.status)
        assert (account.status, history.count()) == (winners[0], 1)


def test_an_assignment_comes_after_what_it_waited_for(
    harborline: Agency, assigned: Account, dana: User, sarah: User, james: User
) -> None:
    held = threading.Event()

    def work() -> None:
        with tenancy.acting_for(harborline):
            Account.objects.locked().get(pk=assigned.pk)
            held.set()
            until(somebody_waits)
            moves.move(assigned.pk, "start_contact", by=sarah)

    def take_away() -> None:
        assert held.wait(PATIENCE_SECONDS)
        with tenancy.acting_for(harborline):
            assignment.assign([assigned.pk], to=james.collector, by=dana)

    assert at_once(work, take_away) == [None, None]
    with tenancy.acting_for(harborline):
        told = list(Activity.objects.filter(account=assigned).order_by("created_at").values_list("kind", flat=True))
    assert told[-2:] == ["status", "assignment"]
