"""An admin sees who would get what, and assigns exactly that, once."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from core import automatic_distribution, tenancy
from core.models import Account, Activity, Agency, Collector, Hold, User
from tests.at_once import at_once
from tests.cast import bring_to, make_account
from tests.worklist.pages import text

PAGE, ASSIGN = "/team/distribution/", "/team/distribution/assignments/"


def plan_of(page: Any) -> str:
    found = re.search(r'name="plan" value="([^"]+)"', page.content.decode())
    return unescape(found.group(1)) if found else ""


def desks() -> dict[str, int]:
    return {str(one): Account.objects.filter(assigned_to=one).count() for one in Collector.objects.all()}


def test_the_preview_names_the_number_and_carrying_out_does_that(
    danas_browser: Client, inside: Agency, sarah: User, james: User
) -> None:
    for _ in range(4):
        make_account()
    page = danas_browser.get(PAGE)
    assert "Assign 4 accounts" in text(page)
    assert text(page).count("0 → 2 of 200") == 2
    assert text(page).count("$0.00 → $1,000.00") == 2
    assert desks() == {"Sarah Mitchell": 0, "James Carter": 0}
    sent = danas_browser.post(ASSIGN, {"plan": plan_of(page)})
    assert (sent.status_code, sent.headers["Location"]) == (303, PAGE)
    after = text(danas_browser.get(PAGE))
    assert "4 accounts assigned." in after
    assert "Nothing waits for a desk" in after
    assert desks() == {"Sarah Mitchell": 2, "James Carter": 2}


def test_a_double_click_assigns_once_and_is_no_error(danas_browser: Client, inside: Agency, sarah: User) -> None:
    make_account()
    seen = plan_of(danas_browser.get(PAGE))
    for _ in range(2):
        assert danas_browser.post(ASSIGN, {"plan": seen}).status_code == 303
    assert "These accounts were assigned a moment ago." in text(danas_browser.get(PAGE))
    assert Activity.objects.filter(kind="assignment").count() == 1


@pytest.mark.parametrize("plan", [None, "", "x", "\x00"])
def test_what_changed_since_is_shown_anew_and_nothing_is_assigned(
    plan: str | None, danas_browser: Client, inside: Agency, sarah: User
) -> None:
    make_account()
    seen = plan_of(danas_browser.get(PAGE)) if plan is None else plan
    make_account()
    page = danas_browser.post(ASSIGN, {"plan": seen})
    assert page.status_code == 409
    assert "changed since this preview" in text(page)
    assert "Assign 2 accounts" in text(page)
    assert desks() == {"Sarah Mitchell": 0}
    assert danas_browser.post(ASSIGN, {"plan": plan_of(page)}).status_code == 303


def test_what_is_left_and_what_is_held_is_told_with_its_reason(
    danas_browser: Client, inside: Agency, dana: User, sarah: User
) -> None:
    Collector.objects.update(max_accounts=2)
    debtor = make_account(priority=1).debtor
    make_account(debtor=debtor)
    for _ in range(3):
        make_account()
    Hold.objects.create(account=make_account(), kind="attorney")
    page = text(danas_browser.get(PAGE))
    assert "Assign 2 accounts" in page
    assert "3 accounts stay waiting. Every desk is then full." in page
    assert "1 account is held back" in page


def test_a_family_of_accounts_that_fits_nowhere_is_explained(
    danas_browser: Client, inside: Agency, dana: User, sarah: User
) -> None:
    Collector.objects.update(max_accounts=2)
    bring_to(make_account(), "assigned", admin=dana, to=sarah)
    make_account(debtor=make_account().debtor)
    assert "which stay together and fit on no desk as a whole" in text(danas_browser.get(PAGE))


def test_nobody_with_room_and_nobody_active_are_told_apart(danas_browser: Client, inside: Agency, sarah: User) -> None:
    make_account()
    Collector.objects.update(max_accounts=0)
    full = text(danas_browser.get(PAGE))
    assert "Nobody has room." in full
    assert "Assign " not in full
    Collector.objects.update(is_active=False)
    assert "No collector is active" in text(danas_browser.get(PAGE))


def test_readers_see_the_plan_and_cannot_act(auditors_browser: Client, inside: Agency, sarah: User) -> None:
    make_account()
    page = auditors_browser.get(PAGE)
    assert "0 → 1 of 200" in text(page)
    assert plan_of(page) == ""
    for path in (ASSIGN, "/team/distribution/rule/"):
        assert auditors_browser.post(path).status_code == 403


def test_for_collectors_there_is_no_such_page(sarahs_browser: Client, inside: Agency) -> None:
    assert sarahs_browser.get(PAGE).status_code == 404
    assert sarahs_browser.post(ASSIGN).status_code == 404


def test_a_stranger_distributes_only_his_own(strangers_browser: Client, inside: Agency, sarah: User) -> None:
    make_account()
    page = strangers_browser.get(PAGE)
    assert "Nothing waits for a desk" in text(page)
    assert "Sarah Mitchell" not in text(page)
    strangers_browser.post(ASSIGN, {"plan": plan_of(page)})
    assert desks() == {"Sarah Mitchell": 0}


def test_automatic_distribution_is_switched_on_and_off(danas_browser: Client, inside: Agency) -> None:
    for value, on in (("on", True), ("off", False)):
        assert danas_browser.post("/team/distribution/rule/", {"automatic": value}).status_code == 303
        assert automatic_distribution.is_on() is on
    assert "Distribute automatically" in text(danas_browser.get(PAGE))


@pytest.mark.django_db(transaction=True)
def test_two_admins_at_once_overfill_no_desk(harborline: Agency, dana: User, sarah: User, james: User) -> None:
    with tenancy.acting_for(harborline):
        Collector.objects.update(max_accounts=3)
        for _ in range(10):
            make_account()
    browser = Client()
    browser.force_login(dana)
    seen = plan_of(browser.get(PAGE))

    def click() -> int:
        mine = Client()
        mine.force_login(dana)
        return mine.post(ASSIGN, {"plan": seen}).status_code

    assert set(at_once(click, click, click)) == {303}
    with tenancy.acting_for(harborline):
        assert desks() == {"Sarah Mitchell": 3, "James Carter": 3}
        assert Activity.objects.filter(kind="assignment").count() == 6
