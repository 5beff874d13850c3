"""The desk of somebody who is away is cleared: over the others, to one colleague, or back to nobody."""

from collections import Counter, defaultdict
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import absence, books, tenancy
from core.absence import NOBODY, OTHERS
from core.distribution import DistributionRefused, DoneAlready
from core.models import Account, Activity, Agency, AuditLog, Collector, Hold, Promise, User
from core.sharing import Desk, Waiting, plan
from tests.at_once import at_once, refusals
from tests.cast import bring_to, make_account, make_debtor, make_user


def desk_of(user: User) -> Collector:
    assert user.desk
    return user.desk


def on_desk(user: User) -> set[UUID]:
    return set(Account.objects.filter(assigned_to=desk_of(user)).values_list("pk", flat=True))


@pytest.fixture
def hers(inside: Agency, dana: User, sarah: User, james: User) -> dict[str, Account]:
    """Sarah's desk: one account in every status that is open, one that is closed."""
    statuses = ("assigned", "in_contact", "negotiating", "disputed", "closed")
    return {status: bring_to(make_account(), status, admin=dana, to=sarah) for status in statuses}


def test_everything_open_goes_to_one_colleague_as_it_is(
    hers: dict[str, Account], dana: User, sarah: User, james: User
) -> None:
    promise = Promise.objects.create(
        account=hers["negotiating"], amount=50, due_date=timezone.now() + timedelta(days=3), method="card"
    )
    Hold.objects.create(account=hers["assigned"], kind="attorney")
    before = dict(Account.objects.values_list("pk", "status"))
    moved = absence.carry_out(desk_of(sarah), str(desk_of(james).pk), by=dana)
    assert (moved.moved, moved.stays) == (4, 0)
    assert on_desk(james) == {account.pk for status, account in hers.items() if status != "closed"}
    assert on_desk(sarah) == {hers["closed"].pk}
    assert dict(Account.objects.values_list("pk", "status")) == before
    promise.refresh_from_db()
    assert promise.status == "open"
    told = Activity.objects.filter(kind="assignment", data__how="absence")
    assert {entry.account_id for entry in told} == on_desk(james)
    assert told.count() == 4
    assert {(entry.actor, entry.body, entry.data["to"]) for entry in told} == {
        (dana, "From the desk of Sarah Mitchell.", "James Carter")
    }
    assert broken() == []


def broken() -> list[str]:
    return [sentence for rule in books.check_books().broken for sentence in rule.sentences]


def test_nobody_gets_back_only_what_was_not_worked_yet(hers: dict[str, Account], dana: User, sarah: User) -> None:
    taken = absence.carry_out(desk_of(sarah), NOBODY, by=dana)
    assert (taken.moved, taken.stays) == (1, 3)
    hers["assigned"].refresh_from_db()
    assert (hers["assigned"].status, hers["assigned"].assigned_to) == ("new", None)
    assert hers["in_contact"].pk in on_desk(sarah)
    assert Activity.objects.filter(kind="assignment", data__move="unassign", account=hers["assigned"]).count() == 1
    assert broken() == []


def test_what_does_not_fit_stays_and_is_counted(hers: dict[str, Account], dana: User, sarah: User, james: User) -> None:
    Collector.objects.filter(pk=desk_of(james).pk).update(max_accounts=3)
    made = absence.carry_out(desk_of(sarah), OTHERS, by=dana)
    assert (made.moved, made.stays) == (3, 1)
    assert len(on_desk(james)) == 3


def test_a_debtor_goes_where_a_colleague_knows_him(inside: Agency, dana: User, sarah: User, james: User) -> None:
    make_user(inside, "ursula.unused", "collector")
    debtor = make_debtor()
    bring_to(make_account(debtor=debtor), "in_contact", admin=dana, to=james)
    both = [bring_to(make_account(debtor=debtor), "assigned", admin=dana, to=sarah) for _ in range(2)]
    absence.carry_out(desk_of(sarah), OTHERS, by=dana)
    assert {account.pk for account in both} <= on_desk(james)


def test_an_absent_desk_may_be_inactive_but_nobody_s_goal_may(
    hers: dict[str, Account], dana: User, sarah: User, james: User
) -> None:
    Collector.objects.filter(pk=desk_of(james).pk).update(is_active=False)
    for goal in (str(desk_of(james).pk), str(desk_of(sarah).pk), "", "x", "01980000-0000-7000-8000-000000000000"):
        with pytest.raises(DistributionRefused, match="Choose an active colleague"):
            absence.preview(desk_of(sarah), goal)
    made = absence.carry_out(desk_of(james), NOBODY, by=dana)
    assert made.moved == 0
    assert absence.preview(desk_of(sarah), OTHERS).moved == 0


def test_only_an_admin_clears_a_desk(hers: dict[str, Account], sarah: User, auditor: User) -> None:
    for user in (sarah, auditor):
        with pytest.raises(DistributionRefused, match="Only an agency admin"):
            absence.carry_out(desk_of(sarah), NOBODY, by=user)


def test_what_is_outdated_is_not_done_and_a_double_click_is_known(
    hers: dict[str, Account], dana: User, sarah: User, james: User
) -> None:
    seen = absence.preview(desk_of(sarah), OTHERS)
    bring_to(make_account(), "assigned", admin=dana, to=sarah)
    with pytest.raises(DistributionRefused, match="changed since this preview") as refused:
        absence.carry_out(desk_of(sarah), OTHERS, by=dana, expected=seen.digest)
    assert not isinstance(refused.value, DoneAlready)
    assert on_desk(james) == set()
    again = absence.preview(desk_of(sarah), OTHERS).digest
    absence.carry_out(desk_of(sarah), OTHERS, by=dana, expected=again)
    with pytest.raises(DoneAlready):
        absence.carry_out(desk_of(sarah), OTHERS, by=dana, expected=again)


def test_the_audit_log_has_the_batch_and_both_desks(
    hers: dict[str, Account], dana: User, sarah: User, james: User
) -> None:
    absence.carry_out(desk_of(sarah), OTHERS, by=dana)
    changes = {
        entry.object_repr: entry.changes for entry in AuditLog.objects.filter(changes__isnull=False).order_by("id")
    }
    assert changes["Sarah Mitchell"] == {"open accounts": [4, 0]}
    assert changes["James Carter"] == {"open accounts": [0, 4]}
    assert changes["Harborline Recovery"]["accounts moved"] == [0, 4]


@given(
    st.lists(st.tuples(st.integers(1, 8), st.integers(0, 3), st.integers(1, 900)), max_size=40),
    st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), min_size=1, max_size=6),
)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_nothing_is_lost_doubled_or_overfilled(hers: list[tuple[int, int, int]], rest: list[tuple[int, int]]) -> None:
    accounts = [Waiting(UUID(int=n + 1), UUID(int=who), level, owed) for n, (who, level, owed) in enumerate(hers)]  # type: ignore[arg-type]
    desks = [Desk(UUID(int=n + 1), "Somebody", most, now) for n, (most, now) in enumerate(rest)]
    made = plan(accounts, desks)
    moved = [pk for share in made.shares for pk in share.accounts]
    assert Counter(moved + made.left) == Counter(account.id for account in accounts)
    assert all(share.count <= share.desk.capacity for share in made.shares if share.accounts)
    homes = defaultdict(set)
    sizes = Counter(account.debtor_id for account in accounts)
    for share in made.shares:
        for account in accounts:
            if account.id in share.accounts:
                homes[account.debtor_id].add(share.desk.id)
    largest = max(desk.capacity for desk in desks)
    assert all(len(where) == 1 for debtor, where in homes.items() if sizes[debtor] <= largest)


@pytest.mark.django_db(transaction=True)
def test_two_admins_at_once_move_each_account_once_and_fill_no_desk_too_far(
    harborline: Agency, dana: User, sarah: User, james: User
) -> None:
    maria = make_user(harborline, "maria.gonzalez", "collector")
    with tenancy.acting_for(harborline):
        for user in (sarah, maria):
            for _ in range(6):
                bring_to(make_account(), "assigned", admin=dana, to=user)
        Collector.objects.filter(pk=desk_of(james).pk).update(max_accounts=8)

    def clear(user: User):  # type: ignore[no-untyped-def]
        def act() -> int:
            with tenancy.acting_for(harborline):
                return absence.carry_out(desk_of(user), str(desk_of(james).pk), by=dana).moved

        return act

    done = at_once(clear(sarah), clear(maria), clear(sarah), clear(maria))
    assert refusals(done) == []
    assert sum(done) == 8
    with tenancy.acting_for(harborline):
        assert len(on_desk(james)) == 8
        assert Activity.objects.filter(data__how="absence").count() == 8
