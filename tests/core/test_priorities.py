"""Priorities are set for many at once, by admins, and put back where nobody set another since."""

from uuid import uuid4

import pytest

from core import tenancy
from core.models import Account, Activity, Agency, User
from core.priorities import PriorityRefused, prioritise, put_back
from tests.cast import bring_to, make_account


def levels(*accounts: Account) -> list[int]:
    return [Account.objects.get(pk=account.pk).priority for account in accounts]


def test_each_open_account_gets_it_and_says_so(inside: Agency, dana: User, sarah: User) -> None:
    low, there = make_account(), make_account(priority=3)
    done = bring_to(make_account(), "closed", admin=dana, to=sarah)
    result = prioritise([low.pk, there.pk, done.pk], 3, by=dana)
    assert result.sentence(3) == "1 set to urgent priority. 1 had it already. 1 settled or closed, left as they are."
    assert levels(low, there, done) == [3, 3, 0]
    told = Activity.objects.get(account=low)
    assert (told.body, told.actor) == ("Priority changed from Low to Urgent.", dana)


def test_it_is_put_back_where_nobody_set_another(inside: Agency, dana: User) -> None:
    first, second = make_account(priority=1), make_account(priority=2)
    result = prioritise([first.pk, second.pk], 3, by=dana)
    prioritise([second.pk], 0, by=dana)
    assert [change.account for change in put_back(result.changes, by=dana)] == [first.pk]
    assert levels(first, second) == [1, 0]
    assert put_back(result.changes, by=dana) == []


@pytest.mark.parametrize("who", ["sarah", "auditor"])
def test_only_an_admin_may(who: str, inside: Agency, sarah: User, auditor: User) -> None:
    account = make_account()
    with pytest.raises(PriorityRefused, match="Only an agency admin sets priorities"):
        prioritise([account.pk], 3, by={"sarah": sarah, "auditor": auditor}[who])
    assert levels(account) == [0]


def test_no_level_none_and_too_many_are_refused(inside: Agency, dana: User) -> None:
    for ids, level, sentence in (
        ([uuid4()], 4, "Choose a priority"),
        ([], 3, "Choose at least one"),
        ([uuid4() for _ in range(10_001)], 3, "Choose at most 10,000"),
    ):
        with pytest.raises(PriorityRefused, match=sentence):
            prioritise(ids, level, by=dana)


def test_accounts_of_another_agency_are_left_alone(inside: Agency, dana: User, northwind: Agency) -> None:
    with tenancy.acting_for(northwind):
        theirs = make_account()
    assert prioritise([theirs.pk], 3, by=dana).changes == []
    with tenancy.acting_for(northwind):
        assert levels(theirs) == [0]
