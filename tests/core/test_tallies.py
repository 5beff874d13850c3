"""The tallies equal a count of the rows, after anything that happens to accounts."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import assignment, balances, moves, tallies, tenancy
from core.account_states import MoveRefused
from core.models import Account, AccountTally, Agency, User
from tests.at_once import at_once, refusals
from tests.cast import make_account

Counts = dict[tuple[Any, str], tuple[int, Decimal]]


def counted() -> Counts:
    """What the rows add up to, by plain arithmetic."""
    sums: dict[tuple[Any, str], list[Any]] = defaultdict(lambda: [0, Decimal(0)])
    for account in Account.objects.all():
        for collector in {account.assigned_to_id, "everybody"}:
            sums[collector, account.status][0] += 1
            sums[collector, account.status][1] += account.current_balance
    return {key: (n, total) for key, (n, total) in sums.items() if key[0] is not None}


def told() -> Counts:
    """What the tallies say."""
    said = {("everybody", status): sums for status, sums in tallies.by_status().items()}
    for collector in set(AccountTally.objects.values_list("collector_id", flat=True)) - {None}:
        said |= {(collector, status): sums for status, sums in tallies.by_status(collector).items()}
    return said


ACTS = ["create", "assign", "unassign", "start_contact", "dispute", "resolve_dispute", "withdraw", "pay", "compact"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 3), st.booleans()), max_size=12))
def test_the_tallies_follow_any_sequence_of_changes(
    inside: Agency, dana: User, sarah: User, james: User, acts: list[tuple[str, int, bool]]
) -> None:
    with transaction.atomic():
        accounts = [make_account(original_amount=Decimal(n)) for n in (100, 200, 300, 400)]
        for act, which, first in acts:
            do(act, accounts[which], dana, sarah if first else james)
            assert told() == counted(), act
        transaction.set_rollback(True)


def do(act: str, account: Account, admin: User, collector: User) -> None:
    if act == "create":
        Account.objects.bulk_create(
            Account(external_ref=f"B-{account.pk}-{n}-{Account.objects.count()}", debtor=account.debtor,
                    creditor=account.creditor, original_amount=Decimal(n))
            for n in (1, 2)
        )  # fmt: skip
    elif act == "assign":
        assignment.assign([account.pk], to=collector.collector, by=admin)
    elif act == "unassign":
        assignment.assign([account.pk], to=None, by=admin)
    elif act == "pay":
        balances.post_entry(account.pk, "payment", Decimal("-10.50"), by=None)
    elif act == "compact":
        tallies.compact()
    else:
        facts = {"dispute": {"reason": "No"}, "withdraw": {"reason": "recalled"}}.get(act, {})
        try:
            moves.move(account.pk, act, by=admin, **facts)
        except MoveRefused:
            assert act not in [move.name for move in moves.possible(Account.objects.get(pk=account.pk), admin)]


def test_compacting_leaves_one_row_a_collector_and_status(inside: Agency, dana: User, sarah: User) -> None:
    accounts = [make_account() for _ in range(6)]
    for account in accounts[:4]:
        assignment.assign([account.pk], to=sarah.collector, by=dana)
    before = told()
    assert AccountTally.objects.count() > 2
    tallies.compact()
    assert AccountTally.objects.count() == 2
    assert told() == before == counted()


@pytest.mark.django_db(transaction=True)
def test_compacting_while_others_work_loses_nothing(harborline: Agency, dana: User, sarah: User) -> None:
    with tenancy.acting_for(harborline):
        ids = [make_account().pk for _ in range(12)]

    def work(mine: list[Any]) -> None:
        for pk in mine:
            with tenancy.acting_for(harborline):
                assignment.assign([pk], to=sarah.collector, by=dana)
                balances.post_entry(pk, "payment", Decimal("-1.25"), by=None)

    def compact() -> None:
        for _ in range(8):
            tallies.compact()

    outcomes = at_once(lambda: work(ids[:6]), lambda: work(ids[6:]), compact, compact)
    assert refusals(outcomes) == []
    with tenancy.acting_for(harborline):
        assert told() == counted()
        assert tallies.by_status() == {"assigned": (12, Decimal("5985.00"))}
