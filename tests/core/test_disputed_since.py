"""An account says since when it, or all that its debtor owes, is in dispute, whatever becomes of the holds."""

from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.utils import timezone

from core import books, tenancy
from core.models import Account, Agency, Hold
from tests.at_once import at_once, refusals
from tests.cast import make_account, make_debtor
from tests.core.test_books import broken_rules, spoil

NOW = timezone.now()
OLD, OLDER = NOW - timedelta(days=40), NOW - timedelta(days=60)


def since(account: Account) -> datetime | None:
    account.refresh_from_db()
    return account.disputed_since


def disputed(**facts: object) -> Hold:
    return Hold.objects.create(kind="dispute", **facts)


def test_since_its_own_dispute_until_it_is_lifted(inside: Agency) -> None:
    account, other = make_account(), make_account()
    hold = disputed(account=account, placed_at=OLD)
    assert (since(account), since(other)) == (OLD, None)
    Hold.objects.filter(pk=hold.pk).update(placed_at=OLDER)
    assert since(account) == OLDER
    Hold.objects.filter(pk=hold.pk).update(lifted_at=NOW)
    assert since(account) is None
    disputed(account=account, placed_at=OLD).delete()
    assert since(account) is None


def test_another_hold_is_no_dispute(inside: Agency) -> None:
    account = make_account()
    Hold.objects.create(account=account, kind="attorney")
    assert since(account) is None


def test_a_debtor_s_dispute_is_one_of_all_that_he_owes(inside: Agency) -> None:
    debtor = make_debtor()
    own, plain, stranger = make_account(debtor=debtor), make_account(debtor=debtor), make_account()
    disputed(account=own, placed_at=OLD)
    whole = disputed(debtor=debtor, placed_at=OLDER)
    born = make_account(debtor=debtor)
    assert [since(one) for one in (own, plain, born, stranger)] == [OLDER, OLDER, OLDER, None]
    Hold.objects.filter(pk=whole.pk).update(lifted_at=NOW)
    assert [since(one) for one in (own, plain, born)] == [OLD, None, None]


def test_an_account_that_is_saved_as_a_whole_keeps_it(inside: Agency) -> None:
    account = make_account()
    disputed(account=account, placed_at=OLD)
    account.priority = 2
    account.save()  # read before the dispute
    assert since(account) == OLD


@pytest.mark.django_db(transaction=True)
def test_accounts_born_while_a_dispute_is_placed_are_in_it(harborline: Agency) -> None:
    with tenancy.acting_for(harborline):
        debtor = make_debtor()
        make_account(debtor=debtor)

    def bears(reference: str) -> Callable[[], None]:
        def bear() -> None:
            with tenancy.acting_for(harborline):
                make_account(debtor=debtor, external_ref=reference)

        return bear

    def dispute() -> None:
        with tenancy.acting_for(harborline):
            disputed(debtor=debtor, placed_at=OLD)

    births = [bears(f"born-{number}") for number in range(8)]
    assert refusals(at_once(*births[:4], dispute, *births[4:])) == []
    with tenancy.acting_for(harborline):
        assert Account.objects.count() == 9
        assert set(Account.objects.values_list("disputed_since", flat=True)) == {OLD}
        assert books.check_books().broken == []


def test_the_books_tell_when_an_account_says_otherwise(inside: Agency) -> None:
    account = make_account(external_ref="NGH-1")
    Hold.objects.create(debtor=account.debtor, kind="dispute", placed_at=OLD)
    assert broken_rules() == {}
    spoil("UPDATE core_account SET disputed_since = NULL WHERE id = %s", account.pk)
    (sentence,) = broken_rules()["an account is in dispute since its hold, or its debtor's"]
    assert "NGH-1" in sentence


def test_disputes_that_stood_before_accounts_said_so_are_found(inside: Agency) -> None:
    own, whole, lifted = make_account(), make_account(), make_account()
    disputed(account=own, placed_at=OLDER)
    disputed(debtor=own.debtor, placed_at=OLD)
    disputed(debtor=whole.debtor, placed_at=OLD)
    disputed(account=lifted, placed_at=OLD, lifted_at=NOW)
    spoil("UPDATE core_account SET disputed_since = NULL")
    spoil(import_module("core.migrations.0026_disputed_since").STANDING)
    assert [since(one) for one in (own, whole, lifted)] == [OLDER, OLD, None]
