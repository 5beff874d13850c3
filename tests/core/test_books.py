"""check_books finds each kind of disagreement, names the account, and is silent when the books agree."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core import balances, books, contact_points, moves, tallies, tenancy
from core.models import Account, Activity, Agency, User
from tests.cast import bring_to, make_account
from tests.conftest import as_owner


@contextmanager
def past_all_triggers() -> Iterator[None]:
    """What no code path can do: only an accident in the database itself."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what was right so far is checked now
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


def spoil(sql: str, *params: Any) -> None:
    with past_all_triggers(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def broken_rules() -> dict[str, list[str]]:
    return {broken.rule: broken.sentences for broken in books.check_books().broken}


@pytest.fixture
def account(inside: Agency, dana: User, sarah: User) -> Account:
    """An account that was contacted and has paid once."""
    account = bring_to(make_account(external_ref="NGH-1"), "in_contact", admin=dana, to=sarah)
    return balances.post_entry(account.pk, "payment", Decimal("-120.00"), by=sarah)


def test_books_agree_after_ordinary_work_in_every_status(inside: Agency, dana: User, sarah: User) -> None:
    for status in ("new", "assigned", "in_contact", "negotiating", "disputed", "closed"):
        bring_to(make_account(), status, admin=dana, to=sarah)
    paid = bring_to(make_account(), "negotiating", admin=dana, to=sarah)
    balances.post_entry(paid.pk, "payment", -paid.current_balance, by=sarah)
    moves.move(paid.pk, "pay_off", by=None)
    moves.move(paid.pk, "close", by=sarah)
    tallies.compact()

    audit = books.check_books()

    assert audit.broken == []
    assert audit.accounts == 7
    assert audit.entries == 8


def test_a_balance_that_its_entries_do_not_make(account: Account) -> None:
    spoil("UPDATE core_account SET current_balance = 77 WHERE id = %s", account.pk)
    sentences = broken_rules()["balance is the sum of its entries"]
    assert sentences == ["Account NGH-1: the balance is 77.00, its entries sum to 380.00."]


def test_a_balance_below_zero(account: Account) -> None:
    """The table itself forbids it: what is looked for is what a restore without that constraint let in."""
    with past_all_triggers(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_account DROP CONSTRAINT account_balance_not_negative")
        cursor.execute("UPDATE core_account SET current_balance = -0.01 WHERE id = %s", [account.pk])
    assert broken_rules()["no balance is negative"] == ["Account NGH-1 has the negative balance -0.01."]


def test_a_missing_placement_entry(account: Account) -> None:
    spoil("DELETE FROM core_balanceentry WHERE account_id = %s AND kind = 'placement'", account.pk)
    sentences = broken_rules()["an account has one placement entry"]
    assert sentences == ["Account NGH-1 has 0 placement entries instead of one."]


def test_an_original_amount_that_nothing_explains(account: Account) -> None:
    spoil("UPDATE core_account SET original_amount = 900 WHERE id = %s", account.pk)
    (sentence,) = broken_rules()["placement and corrections of it make the original amount"]
    assert "NGH-1" in sentence
    assert "900.00" in sentence


def test_a_tally_that_is_not_the_count(account: Account) -> None:
    spoil("DELETE FROM core_accounttally WHERE status = 'in_contact'")
    (sentence,) = broken_rules()["tallies are the counts"]
    assert sentence.startswith("The tally of sarah.mitchell, in_contact, says 0 accounts")


def test_a_status_without_its_move(account: Account) -> None:
    spoil("UPDATE core_account SET status = 'negotiating' WHERE id = %s", account.pk)
    (sentence,) = broken_rules()["the status is where the last move led"]
    assert sentence == "Account NGH-1 is negotiating, but its timeline says in_contact."


@pytest.mark.parametrize("status", ["in_contact", "disputed"])
def test_dispute_and_hold_must_stand_together(account: Account, sarah: User, status: str) -> None:
    if status == "in_contact":
        account.holds.create(kind="dispute", placed_by=sarah)
        told = "Account NGH-1 is in_contact with an open dispute hold."
    else:
        moves.move(account.pk, "dispute", by=sarah, reason="Paid last year")
        account.holds.update(lifted_at=account.created_at)
        told = "Account NGH-1 is disputed without an open dispute hold."
    assert broken_rules() == {"disputed means an open dispute hold": [told]}


def test_settled_with_money_owed(account: Account, sarah: User) -> None:
    balances.post_entry(account.pk, "payment", Decimal("-380.00"), by=sarah)
    moves.move(account.pk, "pay_off", by=None)
    balances.post_entry(account.pk, "refund", Decimal("10.00"), by=sarah)
    (sentence,) = broken_rules()["settled means nothing owed"]
    assert sentence == "Account NGH-1 is settled as paid, but 10.00 is still owed."


def test_closed_without_a_reason(account: Account, dana: User) -> None:
    moves.move(account.pk, "withdraw", by=dana, reason="recalled")
    Account.objects.filter(pk=account.pk).update(closed_reason="")
    assert list(broken_rules()) == ["settled and closed say when and why"]


def test_an_assigned_account_on_nobodys_desk(inside: Agency, dana: User, sarah: User) -> None:
    account = bring_to(make_account(external_ref="NGH-2"), "assigned", admin=dana, to=sarah)
    Account.objects.filter(pk=account.pk).update(assigned_to=None)
    sentences = broken_rules()["new means on nobody's desk, assigned on somebody's"]
    assert sentences == ["Account NGH-2 is assigned, but on nobody's desk."]


def test_a_number_whose_zones_do_not_decide_when_its_debtor_is_called(account: Account) -> None:
    number = contact_points.add(account.debtor_id, "phone", "(213) 555-0142", source="debtor", by=None)
    spoil("UPDATE core_debtor SET time_zones = '{America/Chicago}' WHERE id = %s", account.debtor_id)
    sentences = broken_rules()["a debtor may be wherever his numbers are"]
    assert sentences == [
        f"Debtor {account.debtor.external_ref}: the zones of {number.value} are not among those that decide when he may"
        " be called."
    ]


def test_a_debtor_of_another_agency(account: Account, northwind: Agency) -> None:
    spoil("UPDATE core_debtor SET agency_id = %s WHERE id = %s", northwind.pk, account.debtor_id)
    sentences = broken_rules()["an account and its people are of one agency"]
    assert sentences == ["Account NGH-1: its debtor is not of this agency."]


def test_an_activity_of_another_agency(account: Account, northwind: Agency) -> None:
    note = Activity.objects.filter(account=account, kind="status").earliest("created_at")
    spoil("UPDATE core_activity SET agency_id = %s WHERE id = %s", northwind.pk, note.pk)
    sentences = broken_rules()["what belongs to an account is of its agency"]
    assert sentences == [f"The activity {note.pk} belongs to an account of another agency."]


def test_many_broken_records_are_counted_and_some_are_shown(inside: Agency) -> None:
    for _ in range(books.SHOWN + 3):
        make_account()
    spoil("UPDATE core_account SET current_balance = 1")
    broken = {one.rule: one for one in books.check_books().broken}["balance is the sum of its entries"]
    assert broken.times == books.SHOWN + 3
    assert len(broken.sentences) == books.SHOWN


def test_a_switched_off_agency_is_checked_too(account: Account, northwind: Agency) -> None:
    Agency.objects.filter(pk=account.agency_id).update(is_active=False)
    spoil("UPDATE core_account SET current_balance = 77 WHERE id = %s", account.pk)
    with tenancy.working_for(None):
        assert "balance is the sum of its entries" in broken_rules()


def test_the_command_says_that_the_books_agree(account: Account) -> None:
    out = StringIO()
    call_command("check_books", stdout=out)
    assert out.getvalue().startswith("The books agree: 1 account and 2 balance entries in 1 agency, ")


def test_the_command_fails_with_the_broken_rules(account: Account) -> None:
    spoil("UPDATE core_account SET current_balance = 77 WHERE id = %s", account.pk)
    with pytest.raises(CommandError, match=r"Account NGH-1: the balance is 77\.00, its entries sum to 380\.00"):
        call_command("check_books", stdout=StringIO())


def test_the_command_gives_one_json_object_when_they_do_not_agree(account: Account) -> None:
    spoil("UPDATE core_account SET current_balance = 77 WHERE id = %s", account.pk)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("check_books", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told["ok"] is False
    assert [broken["rule"] for broken in told["broken"]] == [
        "balance is the sum of its entries",
        "tallies are the counts",
        "reports' tallies are the facts",
        "the inventory is all that came less all that went",
    ]


def test_only_one_agency_can_be_asked_for(account: Account, northwind: Agency) -> None:
    spoil("UPDATE core_account SET current_balance = 77 WHERE id = %s", account.pk)
    out = StringIO()
    call_command("check_books", "--agency", "northwind collections", stdout=out)
    assert "0 accounts" in out.getvalue()
    with pytest.raises(CommandError, match=r"There is no agency “Nowhere”\. There are: Harborline Recovery"):
        call_command("check_books", "--agency", "Nowhere", stdout=StringIO())
