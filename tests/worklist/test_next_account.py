"""Next gives the best workable account, and nobody gets what another has open."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from core import tenancy
from core.models import Account, Agency, Hold, User
from tests.at_once import at_once
from tests.cast import bring_to, make_account, make_debtor
from worklist.models import Lease
from worklist.working import leases

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("America/Chicago"))


@pytest.fixture(autouse=True)
def _tuesday_morning() -> Iterator[None]:
    with time_machine.travel(TUESDAY, tick=True):
        yield


@pytest.fixture
def desk(inside: Agency, dana: User, sarah: User) -> Any:
    """Puts an account on Sarah's desk, with these facts."""

    def put(ref: str, *, zones: list[str] | None = None, due: timedelta | None = None, **facts: Any) -> Account:
        debtor = make_debtor(time_zones=["America/Chicago"] if zones is None else zones)
        account = make_account(external_ref=ref, debtor=debtor, original_amount=facts.pop("amount", Decimal(500)))
        bring_to(account, "assigned", admin=dana, to=sarah)
        at = None if due is None else timezone.now() + due
        Account.objects.filter(pk=account.pk).update(next_action_at=at, **facts)
        return account

    return put


def order(user: User) -> list[str]:
    """What Next gives, one after the other, each passed over."""
    given, after = [], None
    while (after := leases.next_account(user, after=after)) is not None:
        ref = Account.objects.get(pk=after).external_ref
        if ref in given:
            break
        given.append(ref)
    return given


def test_due_first_then_priority_then_balance(desk: Any, sarah: User) -> None:
    desk("small", amount=Decimal(10))
    desk("large", amount=Decimal(9000))
    desk("urgent", priority=3)
    desk("due", due=timedelta(minutes=-5))
    desk("late", due=timedelta(days=-3))
    desk("later", due=timedelta(days=1), priority=3)
    assert order(sarah) == ["late", "due", "urgent", "large", "small"]


def test_what_may_not_be_worked_is_never_given(desk: Any, sarah: User, dana: User) -> None:
    Hold.objects.create(account=desk("held", priority=3), kind="attorney")
    Hold.objects.create(debtor=desk("held person", priority=3).debtor, kind="cease")
    lifted = Hold.objects.create(account=desk("free again"), kind="attorney")
    Hold.objects.filter(pk=lifted.pk).update(lifted_at=timezone.now())
    desk("unknown place", zones=[], priority=3)
    desk("honolulu", zones=["Pacific/Honolulu"], priority=3)  # 6 in the morning there
    desk("here or honolulu", zones=["America/Chicago", "Pacific/Honolulu"], priority=3)
    desk("nowhere", zones=["Mars/Olympus"], priority=3)
    assert order(sarah) == ["free again"]


def test_after_work_the_search_goes_on_behind_it(desk: Any, sarah: User) -> None:
    for ref, amount in (("a", 900), ("b", 800), ("c", 700)):
        desk(ref, amount=Decimal(amount))
    first = leases.next_account(sarah)
    assert first
    Account.objects.filter(pk=first).update(next_action_at=timezone.now() + timedelta(days=2))  # worked
    second = leases.next_account(sarah, after=first)
    assert second
    assert Account.objects.get(pk=second).external_ref == "b"
    assert not Lease.objects.filter(account=first).exists()
    third = leases.next_account(sarah, after=second)
    assert Account.objects.get(pk=third).external_ref == "c"
    assert Account.objects.get(pk=leases.next_account(sarah, after=third)).external_ref == "b", "it begins anew"


def test_the_one_that_is_left_is_not_given_again_though_its_lease_is_over(desk: Any, sarah: User) -> None:
    only = desk("only")
    assert leases.next_account(sarah) == only.pk
    Lease.objects.update(until=timezone.now() - timedelta(minutes=1))
    assert leases.next_account(sarah, after=only.pk) is None
    assert leases.next_account(sarah) == only.pk


def test_what_another_has_open_is_passed_over_and_told(desk: Any, sarah: User, dana: User) -> None:
    top, other = desk("top", priority=3), desk("other")
    assert leases.take(top.pk, dana) is None
    assert leases.take(top.pk, sarah) == dana
    assert leases.open_elsewhere(top.pk, sarah) == dana
    assert leases.next_account(sarah) == other.pk
    with time_machine.travel(TUESDAY + leases.LASTS + timedelta(seconds=5)):
        assert leases.next_account(sarah) == top.pk, "a closed browser keeps nothing"
        assert leases.take(top.pk, dana) == sarah


def test_a_page_that_stays_open_keeps_its_lease(desk: Any, sarah: User, dana: User) -> None:
    account = desk("a")
    leases.next_account(sarah)
    place = Lease.objects.get().place
    with time_machine.travel(TUESDAY + leases.LASTS * 0.9):
        assert leases.take(account.pk, sarah) is None
    assert Lease.objects.get().place == place
    with time_machine.travel(TUESDAY + leases.LASTS * 1.5):
        assert leases.take(account.pk, dana) == sarah


def test_others_desks_and_agencies_give_nothing(desk: Any, james: User, auditor: User, stranger: User) -> None:
    desk("a")
    assert leases.next_account(james) is None
    assert leases.next_account(auditor) is None
    with tenancy.acting_for(stranger.agency):
        assert leases.next_account(stranger) is None


@pytest.mark.django_db(transaction=True)
def test_two_hundred_at_once_never_get_the_same_one(harborline: Agency) -> None:
    people = User.objects.bulk_create(
        User(username=f"admin.{n}", email=f"admin.{n}@example.com", agency=harborline, role="agency_admin")
        for n in range(200)
    )
    with tenancy.acting_for(harborline):
        debtor = make_debtor()
        for n in range(230):
            make_account(external_ref=f"NGH-{n}", debtor=debtor)

    def ask(user: User) -> Any:
        with tenancy.working_for(harborline):
            return leases.next_account(user)

    given: list[Any] = []
    # Two hundred questions, forty at a time: as many connections as the server has for us.
    for start in range(0, 200, 40):
        given += at_once(*[partial(ask, people[n]) for n in range(start, start + 40)])
    assert [one for one in given if isinstance(one, BaseException) or one is None] == []
    assert Counter(given).most_common(1)[0][1] == 1
