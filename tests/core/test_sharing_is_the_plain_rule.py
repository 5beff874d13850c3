"""The plan is found with heaps; it is the one that looking at every desk for every account gives."""

from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from core.sharing import Desk, Share, Waiting, plan

keys = st.integers(1, 2**64).map(lambda n: UUID(int=n))
people = st.integers(1, 12).map(lambda n: UUID(int=n))
waiting_accounts = st.lists(
    st.builds(Waiting, id=keys, debtor_id=people, priority=st.integers(0, 3), balance=st.decimals(1, 9_000, places=2)),
    max_size=60,
    unique_by=lambda account: account.id,
)
some_desks = st.lists(
    st.builds(
        Desk,
        id=keys,
        name=st.just("Somebody"),
        capacity=st.integers(0, 30),
        accounts=st.integers(0, 20),
        balance=st.decimals(0, 9_000, places=2),
        debtors=st.frozensets(people, max_size=3),
    ),
    max_size=8,
    unique_by=lambda desk: desk.id,
)


def plainly(waiting: list[Waiting], desks: list[Desk]) -> dict[UUID, list[UUID]]:
    """The rule as it is said, without any cleverness."""
    shares = [Share(desk) for desk in sorted(desks, key=lambda d: d.id) if desk.capacity]
    home = {debtor: share for share in shares for debtor in share.desk.debtors}
    by_debtor: dict[UUID, list[Waiting]] = {}
    for account in sorted(waiting, key=lambda a: (-a.priority, -a.balance, a.id)):
        by_debtor.setdefault(account.debtor_id, []).append(account)
    groups = sorted(by_debtor.values(), key=lambda g: (-g[0].priority, -sum(a.balance for a in g), g[0].id))
    largest = max((share.desk.capacity for share in shares), default=0)
    for group in groups:
        for part in [group] if len(group) <= largest else [[account] for account in group]:
            fits = [share for share in shares if share.count + len(part) <= share.desk.capacity]
            if not fits:
                continue
            known = home.get(part[0].debtor_id)
            lowest = min(fits, key=lambda s: (Fraction(s.count, s.desk.capacity), s.total, s.desk.id))
            share = known if known is not None and known in fits else lowest
            share.accounts += [account.id for account in part]
            share.balance += sum((account.balance for account in part), Decimal(0))
            home[part[0].debtor_id] = share
    return {share.desk.id: share.accounts for share in shares}


@given(waiting_accounts, some_desks)
def test_the_plan_is_the_plain_rule_s(waiting: list[Waiting], desks: list[Desk]) -> None:
    made = plan(waiting, desks)
    assert {share.desk.id: share.accounts for share in made.shares} == plainly(waiting, desks)
