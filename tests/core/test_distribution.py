"""Distribution is fair, keeps debtors together, never overfills a desk, and is the same for the same accounts."""

from collections import Counter
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import distribution, tenancy
from core.distribution import DistributionRefused
from core.models import Account, Activity, Agency, Collector, Hold, User
from core.sharing import Desk, Waiting, plan
from tests.cast import bring_to, make_account, make_debtor, make_user

# How long a busy machine takes says nothing about the plan.
untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
keys = st.integers(min_value=1, max_value=2**64).map(lambda n: UUID(int=n))
balances = st.decimals(min_value=1, max_value=50_000, places=2)


def accounts(*, debtors: int) -> st.SearchStrategy[list[Waiting]]:
    """Accounts of few debtors (several each), or with `debtors=0` of one debtor each."""
    people = st.integers(1, debtors).map(lambda n: UUID(int=n)) if debtors else st.just(UUID(int=0))
    made = st.builds(Waiting, id=keys, debtor_id=people, priority=st.integers(0, 3), balance=balances)
    several = st.lists(made, max_size=60, unique_by=lambda account: account.id)
    if debtors:
        return several
    return several.map(lambda some: [Waiting(a.id, a.id, a.priority, a.balance) for a in some])


def desks(capacity: st.SearchStrategy[int], *, empty: bool = False) -> st.SearchStrategy[list[Desk]]:
    load = st.just(0) if empty else st.integers(0, 20)
    made = st.builds(Desk, id=keys, name=st.just("Somebody"), capacity=capacity, accounts=load)
    return st.lists(made, min_size=1, max_size=8, unique_by=lambda desk: desk.id)


@untimed
@given(accounts(debtors=9), desks(st.integers(0, 25)))
def test_no_desk_is_overfilled_and_every_account_is_told_once(waiting: list[Waiting], some: list[Desk]) -> None:
    made = plan(waiting, some)
    placed = [account for share in made.shares for account in share.accounts]
    assert Counter(placed + made.left) == Counter(account.id for account in waiting)
    for share in made.shares:
        assert share.count <= max(share.desk.capacity, share.desk.accounts)


@untimed
@given(accounts(debtors=9), desks(st.integers(12, 40)))
def test_a_debtor_stays_with_one_collector(waiting: list[Waiting], some: list[Desk]) -> None:
    debtor_of = {account.id: account.debtor_id for account in waiting}
    whole = {d for d, n in Counter(debtor_of.values()).items() if n <= max(desk.capacity for desk in some)}
    made = plan(waiting, some)
    homes = [(debtor_of[a], share.desk.id) for share in made.shares for a in share.accounts]
    for debtor in whole:
        assert len({desk for d, desk in homes if d == debtor}) <= 1


@untimed
@given(accounts(debtors=0), st.integers(2, 6), st.integers(20, 60))
def test_equal_desks_get_equal_shares(waiting: list[Waiting], number: int, capacity: int) -> None:
    made = plan(waiting, [Desk(UUID(int=n + 1), "Somebody", capacity) for n in range(number)])
    counts = [len(share.accounts) for share in made.shares]
    assert max(counts) - min(counts) <= 1
    # Within a priority the larger go first, each to the poorest desk: the spread stays below the largest account;
    # each of the four priorities may add as much once.
    largest = max((account.balance for account in waiting), default=Decimal(0))
    money = [share.balance for share in made.shares]
    assert max(money) - min(money) <= 4 * largest


@untimed
@given(accounts(debtors=0), st.integers(2, 6))
def test_of_one_priority_the_money_spreads_by_less_than_the_largest_account(
    waiting: list[Waiting], number: int
) -> None:
    alike = [Waiting(a.id, a.debtor_id, 1, a.balance) for a in waiting]
    made = plan(alike, [Desk(UUID(int=n + 1), "Somebody", 60) for n in range(number)])
    money = [share.balance for share in made.shares]
    assert max(money) - min(money) <= max((account.balance for account in waiting), default=Decimal(0))


@untimed
@given(accounts(debtors=9), desks(st.integers(0, 25)), st.randoms())
def test_the_same_accounts_give_the_same_plan_in_any_order(waiting, some, rng) -> None:  # type: ignore[no-untyped-def]
    made = plan(waiting, some)
    rng.shuffle(waiting)
    rng.shuffle(some)
    assert plan(waiting, some).digest == made.digest


@untimed
@given(accounts(debtors=0), desks(st.integers(1, 5), empty=True))
def test_when_places_are_few_the_most_urgent_get_them(waiting: list[Waiting], some: list[Desk]) -> None:
    made = plan(waiting, some)
    rank = {account.id: (-account.priority, -account.balance) for account in waiting}
    placed = [rank[account] for share in made.shares for account in share.accounts]
    assert not made.left or max(placed) <= min(rank[account] for account in made.left)


# --- on the database -------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(inside: Agency, sarah: User) -> Collector:
    collector = sarah.desk
    assert collector
    return collector


def test_accounts_are_assigned_with_one_entry_each(dana: User, desk: Collector, james: User) -> None:
    for n in range(5):
        make_account(external_ref=f"NGH-{n}")
    seen = distribution.preview()
    made = distribution.carry_out(by=dana, expected=seen.digest)
    assert made.placed == 5
    assert {share.desk.name for share in made.shares} == {"Sarah Mitchell", "James Carter"}
    assert Account.objects.filter(status="assigned").exclude(assigned_to=None).count() == 5
    told = Activity.objects.filter(kind="assignment")
    assert told.count() == 5
    assert {entry.actor for entry in told} == {dana}
    assert distribution.preview().placed == 0


def test_a_held_account_waits_and_a_known_debtor_goes_home(dana: User, desk: Collector, james: User) -> None:
    debtor = make_debtor()
    bring_to(make_account(debtor=debtor), "assigned", admin=dana, to=james)
    theirs = make_account(debtor=debtor)
    held = make_account()
    Hold.objects.create(account=held, kind="attorney")
    made = distribution.carry_out(by=dana)
    assert (made.placed, made.held) == (1, 1)
    theirs.refresh_from_db()
    held.refresh_from_db()
    assert theirs.assigned_to == james.desk
    assert held.assigned_to is None


def test_a_preview_that_is_out_of_date_is_not_carried_out(dana: User, desk: Collector) -> None:
    make_account()
    seen = distribution.preview()
    make_account()
    with pytest.raises(DistributionRefused, match="changed since this preview"):
        distribution.carry_out(by=dana, expected=seen.digest)
    assert not Account.objects.exclude(assigned_to=None).exists()


def test_only_an_admin_distributes(desk: Collector, sarah: User, auditor: User) -> None:
    make_account()
    for user in (sarah, auditor):
        with pytest.raises(DistributionRefused, match="Only an agency admin"):
            distribution.carry_out(by=user)


def test_inactive_desks_and_other_agencies_get_nothing(dana: User, desk: Collector, northwind: Agency) -> None:
    desk.is_active = False
    desk.save()
    other = make_user(northwind, f"n{uuid4().hex[:6]}", "collector")
    account = make_account()
    made = distribution.carry_out(by=dana)
    assert (made.placed, made.left) == (0, [account.pk])
    with tenancy.acting_for(northwind):
        assert not Account.objects.filter(assigned_to=other.desk).exists()
