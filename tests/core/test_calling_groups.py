"""An account carries the group of debtors who may be called at the same hours, 0 when nobody may be called at all."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from core import calling_groups, tenancy
from core.models import Account, Agency, CallingGroup, Hold
from tests.at_once import at_once
from tests.cast import make_account, make_debtor

CHICAGO, NEW_YORK, HONOLULU = "America/Chicago", "America/New_York", "Pacific/Honolulu"


def zones_of(account: Account) -> list[str]:
    """Those of its group; none when it has none."""
    account.refresh_from_db()
    group = CallingGroup.objects.filter(number=account.calling_group).first()
    return group.time_zones if group else []


def test_it_is_born_into_the_group_of_its_debtor(inside: Agency) -> None:
    both = [CHICAGO, NEW_YORK]
    assert zones_of(make_account(external_ref="1", debtor=make_debtor(time_zones=both))) == both
    assert zones_of(make_account(external_ref="2", debtor=make_debtor(time_zones=[HONOLULU]))) == [HONOLULU]
    unknown = make_account(external_ref="3", debtor=make_debtor(time_zones=[]))
    unknown.refresh_from_db()
    assert unknown.calling_group == 0
    assert CallingGroup.objects.count() == 2


def test_it_follows_its_debtor(inside: Agency) -> None:
    debtor = make_debtor(time_zones=[CHICAGO])
    one, other = (make_account(external_ref=ref, debtor=debtor) for ref in "ab")
    stranger = make_account(external_ref="c", debtor=make_debtor(time_zones=[CHICAGO]))
    debtor.time_zones = [HONOLULU]
    debtor.save()
    assert (zones_of(one), zones_of(other), zones_of(stranger)) == ([HONOLULU], [HONOLULU], [CHICAGO])


def test_while_a_hold_stands_it_has_none(inside: Agency) -> None:
    debtor = make_debtor(time_zones=[CHICAGO])
    held, other = (make_account(external_ref=ref, debtor=debtor) for ref in "ab")
    hold = Hold.objects.create(account=held, kind="attorney")
    assert (zones_of(held), zones_of(other)) == ([], [CHICAGO])
    cease = Hold.objects.create(debtor=debtor, kind="cease")
    assert (zones_of(held), zones_of(other)) == ([], [])
    assert zones_of(make_account(external_ref="c", debtor=debtor)) == [], "born while the hold stands"
    Hold.objects.filter(pk=cease.pk).update(lifted_at=timezone.now())
    assert (zones_of(held), zones_of(other)) == ([], [CHICAGO])
    Hold.objects.filter(pk=hold.pk).update(lifted_at=timezone.now())
    assert zones_of(held) == [CHICAGO]


def test_an_account_that_is_saved_as_a_whole_stays_where_it_is(inside: Agency) -> None:
    account = make_account(debtor=make_debtor(time_zones=[CHICAGO]))
    read_before = Account.objects.get(pk=account.pk)
    Hold.objects.create(account=account, kind="attorney")
    read_before.particulars = {"seen": "before the hold"}
    read_before.save()
    account.refresh_from_db()
    assert (account.calling_group, account.particulars) == (0, {"seen": "before the hold"})


@pytest.mark.django_db(transaction=True)
def test_two_holds_lifted_at_once_free_the_account(harborline: Agency) -> None:
    with tenancy.acting_for(harborline):
        account = make_account(debtor=make_debtor(time_zones=[CHICAGO]))
        holds = [
            Hold.objects.create(account=account, kind="attorney"),
            Hold.objects.create(debtor=account.debtor, kind="cease"),
        ]

    def lift(hold: Hold) -> int:
        with tenancy.acting_for(harborline):
            return Hold.objects.filter(pk=hold.pk).update(lifted_at=timezone.now())

    assert at_once(*[lambda hold=hold: lift(hold) for hold in holds]) == [1, 1]
    with tenancy.acting_for(harborline):
        assert zones_of(account) == [CHICAGO]


@pytest.mark.parametrize(
    ("hour", "zones"),
    [
        (3, []),
        (8, [[NEW_YORK]]),
        (9, [[NEW_YORK], [CHICAGO], [CHICAGO, NEW_YORK]]),
        (14, [[NEW_YORK], [CHICAGO], [CHICAGO, NEW_YORK], [HONOLULU]]),
        (23, [[HONOLULU]]),
    ],
)
def test_groups_open_and_close_with_the_hours_of_all_their_zones(
    inside: Agency, hour: int, zones: list[list[str]]
) -> None:
    for n, one in enumerate([[NEW_YORK], [CHICAGO], [CHICAGO, NEW_YORK], [HONOLULU], ["Mars/Olympus"], []]):
        make_account(external_ref=str(n), debtor=make_debtor(time_zones=one))
    now = datetime(2026, 11, 24, hour, 0, tzinfo=ZoneInfo(NEW_YORK)) + timedelta(minutes=1)
    named = calling_groups.zones_by_number()
    assert sorted(list(named[number]) for number in calling_groups.open_now(now)) == sorted(zones)


def test_another_agencys_groups_are_not_seen(inside: Agency, northwind: Agency) -> None:
    make_debtor(time_zones=[CHICAGO])
    with tenancy.acting_for(northwind):
        assert calling_groups.zones_by_number() == {}
