"""The balance is the sum of its entries, whoever posts, in whatever order, at whatever speed."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import balances, tenancy
from core.models import Account, Agency, BalanceEntry
from tests.at_once import at_once, refusals
from tests.cast import make_account

MONEY = st.decimals(min_value="-800.00", max_value="800.00", places=2).filter(bool)
ENTRIES = st.lists(
    st.tuples(st.sampled_from(["payment", "fee", "interest", "adjustment", "refund"]), MONEY), max_size=8
)


def total(account: Account) -> Decimal:
    return BalanceEntry.objects.filter(account=account).aggregate(total=Sum("amount"))["total"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(original=st.decimals(min_value="0.01", max_value="9999999999.99", places=2), entries=ENTRIES)
def test_any_sequence_of_entries_leaves_their_sum_never_below_zero(
    inside: Agency, original: Decimal, entries: list[tuple[str, Decimal]]
) -> None:
    with transaction.atomic():
        account = make_account(original_amount=original)
        balance = original
        for kind, amount in entries:
            fits = 0 <= balance + amount <= Decimal("9999999999.99")
            if balance + amount > Decimal("9999999999.99"):
                continue
            try:
                balances.post_entry(account.pk, kind, amount, by=None)
                balance += amount
                assert fits
            except balances.BelowZero:
                assert not fits
        account.refresh_from_db()
        assert account.current_balance == balance == total(account)
        assert balance >= 0
        assert account.balance_cents == balance * 100
        transaction.set_rollback(True)


def test_an_account_is_born_with_its_placement(inside: Agency) -> None:
    account = make_account(original_amount=Decimal("123.45"))
    entry = BalanceEntry.objects.get(account=account)
    assert (entry.kind, entry.amount, entry.bucket) == ("placement", Decimal("123.45"), "principal")
    assert account.current_balance == Decimal("123.45")


def test_a_second_placement_is_refused(inside: Agency) -> None:
    account = make_account()
    with pytest.raises(IntegrityError), transaction.atomic():
        balances.post_entry(account.pk, "placement", Decimal(1), by=None)


def test_entries_posted_as_one_statement_count_all(inside: Agency) -> None:
    accounts = [make_account() for _ in range(3)]
    BalanceEntry.objects.bulk_create(
        BalanceEntry(account=account, kind="fee", amount=Decimal(n)) for account in accounts for n in (1, 2, 3)
    )
    for account in accounts:
        account.refresh_from_db()
        assert account.current_balance == total(account) == Decimal(506)


def test_more_than_the_balance_is_refused_with_a_sentence(inside: Agency) -> None:
    account = make_account(original_amount=Decimal("1200.00"))
    with pytest.raises(balances.BelowZero) as refusal:
        balances.post_entry(account.pk, "payment", Decimal("-1200.01"), by=None)
    assert str(refusal.value) == "The balance is 1,200.00; it cannot fall by 1,200.01."
    assert total(account) == Decimal(1200)


def test_the_database_refuses_a_balance_below_zero_by_itself(inside: Agency) -> None:
    account = make_account()
    with pytest.raises(IntegrityError, match="account_balance_not_negative"), transaction.atomic():
        BalanceEntry.objects.create(account=account, kind="payment", amount=Decimal("-500.01"))


def test_an_entry_of_nothing_is_refused(inside: Agency) -> None:
    account = make_account()
    with pytest.raises(IntegrityError, match="balance_entry_not_zero"), transaction.atomic():
        balances.post_entry(account.pk, "fee", Decimal(0), by=None)


def test_nobody_writes_the_balance_itself(inside: Agency) -> None:
    account = make_account()
    account.current_balance = Decimal(1)
    with pytest.raises(IntegrityError, match="only by a balance entry"), transaction.atomic():
        account.save()
    with pytest.raises(IntegrityError, match="only by a balance entry"), transaction.atomic():
        Account.objects.filter(pk=account.pk).update(current_balance=0)
    refused = pytest.raises(IntegrityError, match="only by a balance entry")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE core_account SET current_balance = 0 WHERE id = %s", [account.pk])
    account.refresh_from_db()
    assert account.current_balance == Decimal(500)


def test_a_balance_given_at_birth_is_ignored(inside: Agency) -> None:
    account = make_account(original_amount=Decimal(80), current_balance=Decimal(7))
    assert account.current_balance == total(account) == Decimal(80)


def test_an_account_saved_by_somebody_who_read_an_old_balance_keeps_the_new_one(inside: Agency) -> None:
    account = make_account()
    stale = Account.objects.get(pk=account.pk)
    balances.post_entry(account.pk, "payment", Decimal(-100), by=None)
    stale.priority = 2
    with pytest.raises(IntegrityError, match="only by a balance entry"), transaction.atomic():
        stale.save()
    stale.save(update_fields=["priority", "updated_at"])
    account.refresh_from_db()
    assert (account.current_balance, account.priority) == (Decimal(400), 2)


@pytest.mark.django_db(transaction=True)
def test_twenty_payments_at_once_leave_the_exact_balance(harborline: Agency) -> None:
    with tenancy.acting_for(harborline):
        account = make_account(original_amount=Decimal("1000.00"))

    def pay() -> None:
        with tenancy.acting_for(harborline):
            balances.post_entry(account.pk, "payment", Decimal("-33.33"), by=None)

    assert refusals(at_once(*[pay] * 20)) == []
    with tenancy.acting_for(harborline):
        account = Account.objects.get(pk=account.pk)
        assert account.current_balance == total(account) == Decimal("333.40")


@pytest.mark.django_db(transaction=True)
def test_payments_at_once_never_take_more_than_there_is(harborline: Agency) -> None:
    with tenancy.acting_for(harborline):
        account = make_account(original_amount=Decimal("100.00"))

    def pay() -> None:
        with tenancy.acting_for(harborline):
            balances.post_entry(account.pk, "payment", Decimal("-30.00"), by=None)

    refused = refusals(at_once(*[pay] * 8))
    assert refused == ["The balance is 10.00; it cannot fall by 30.00."] * 5
    with tenancy.acting_for(harborline):
        assert Account.objects.get(pk=account.pk).current_balance == total(account) == Decimal("10.00")
