"""Admins give accounts to collectors, one on its page or many from the list, and are told what did not fit."""

import pytest
from django.test import Client

from core.models import Account, Agency, Collector, User
from tests.cast import bring_to, make_account
from tests.worklist.pages import HTMX, text


@pytest.fixture
def two(inside: Agency) -> list[Account]:
    return [make_account(external_ref="A"), make_account(external_ref="B")]


def desks(*accounts: Account) -> set[str]:
    return {str(a.assigned_to or "nobody") for a in Account.objects.filter(pk__in=[a.pk for a in accounts])}


def bulk(browser: Client, accounts: list[Account], to: str, headers: dict[str, str] | None = None):  # type: ignore[no-untyped-def]
    facts = {"ids": [str(a.pk) for a in accounts], "collector": to, "list": "status=new&sort=balance"}
    return browser.post("/worklist/assignments/", facts, headers=headers)


def test_many_are_assigned_without_script_and_the_list_comes_back(
    danas_browser: Client, two: list[Account], sarah: User
) -> None:
    sent = bulk(danas_browser, two, str(sarah.collector.pk))
    assert (sent.status_code, sent.headers["Location"]) == (303, "/worklist/?status=new&sort=balance")
    assert "2 assigned to Sarah Mitchell." in text(danas_browser.get(sent.headers["Location"]))
    assert desks(*two) == {"Sarah Mitchell"}


def test_with_htmx_the_list_and_a_toast_come_at_once(danas_browser: Client, two: list[Account], sarah: User) -> None:
    page = bulk(danas_browser, two, str(sarah.collector.pk), HTMX)
    assert page.status_code == 200
    assert "2 assigned to Sarah Mitchell." in text(page)
    assert 'id="results"' in page.content.decode()


def test_beyond_the_capacity_nothing_is_assigned(danas_browser: Client, two: list[Account], sarah: User) -> None:
    Collector.objects.update(max_accounts=1)
    page = bulk(danas_browser, two, str(sarah.collector.pk), HTMX)
    assert page.status_code == 422
    assert "2 more do not fit. Nothing was assigned." in text(page)
    assert desks(*two) == {"nobody"}


@pytest.mark.parametrize("to", ["", "x", "01980000-0000-7000-8000-000000000000"])
def test_somebody_must_be_chosen(to: str, danas_browser: Client, two: list[Account]) -> None:
    assert "Choose a collector of this agency." in text(bulk(danas_browser, two, to, HTMX))


def test_accounts_must_be_chosen(danas_browser: Client, inside: Agency, sarah: User) -> None:
    assert "Choose at least one account." in text(bulk(danas_browser, [], str(sarah.collector.pk), HTMX))
    facts = {"ids": "drop table", "collector": str(sarah.collector.pk)}
    assert "Choose accounts from the list." in text(danas_browser.post("/worklist/assignments/", facts, headers=HTMX))


def test_a_strangers_admin_assigns_nothing_here(strangers_browser: Client, two: list[Account], sarah: User) -> None:
    page = bulk(strangers_browser, two, str(sarah.collector.pk), HTMX)
    assert "Choose a collector of this agency." in text(page)
    assert desks(*two) == {"nobody"}


def test_one_is_assigned_reassigned_and_taken_back_on_its_page(
    danas_browser: Client, two: list[Account], sarah: User, james: User
) -> None:
    path, before = f"/accounts/{two[0].pk}/assignment/", ""
    for to, whose in ((str(sarah.collector.pk), "Sarah Mitchell"), (str(james.collector.pk), "James Carter")):
        assert danas_browser.post(path, {"collector": to, "expected": before}).status_code == 303
        assert desks(two[0]) == {whose}
        before = to
    page = danas_browser.post(path, {"collector": "nobody", "expected": before}, headers=HTMX)
    assert "took this back from James Carter" in text(page)
    assert desks(two[0]) == {"nobody"}


def test_the_second_of_two_admins_is_told(danas_browser: Client, two: list[Account], dana: User, sarah: User,
                                          james: User) -> None:  # fmt: skip
    bring_to(two[0], "assigned", admin=dana, to=sarah)
    page = danas_browser.post(
        f"/accounts/{two[0].pk}/assignment/", {"collector": str(james.collector.pk), "expected": ""}, headers=HTMX
    )
    assert page.status_code == 409
    assert "You assigned the account to Sarah Mitchell a moment ago, in another window." in text(page)
    assert desks(two[0]) == {"Sarah Mitchell"}


def test_what_is_being_worked_is_not_taken_back(
    danas_browser: Client, two: list[Account], dana: User, sarah: User
) -> None:
    bring_to(two[0], "in_contact", admin=dana, to=sarah)
    page = danas_browser.post(f"/accounts/{two[0].pk}/assignment/", {"collector": "nobody"}, headers=HTMX)
    assert page.status_code == 422
    assert "already being worked" in text(page)
