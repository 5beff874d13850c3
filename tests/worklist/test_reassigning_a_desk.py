"""The desk of somebody who is away is moved by a preview: to the others, to one colleague, or back to nobody."""

from typing import Any

import pytest
from django.test import Client

from core.models import Account, Agency, Collector, User
from tests.cast import bring_to, make_account, make_user
from tests.worklist.pages import text
from tests.worklist.test_distribution_page import desks, plan_of


@pytest.fixture
def path(inside: Agency, dana: User, sarah: User, james: User) -> str:
    """Where Sarah's desk is moved from: one account not worked yet, two in contact."""
    for status in ("assigned", "in_contact", "in_contact"):
        bring_to(make_account(), status, admin=dana, to=sarah)
    return f"/team/{Collector.objects.get(user=sarah).pk}/reassignment/"


def key(user: User) -> str:
    return str(Collector.objects.get(user=user).pk)


def seen_then_sent(browser: Client, path: str, to: str) -> Any:
    return browser.post(path, {"to": to, "plan": plan_of(browser.get(path, {"to": to}))})


def test_the_page_asks_who_goes_on_and_changes_nothing(danas_browser: Client, path: str, sarah: User) -> None:
    page = danas_browser.get(path)
    assert "James Carter" in text(page)
    assert key(sarah) not in page.content.decode().split("<select")[1].split("</select>")[0]
    assert plan_of(page) == ""
    assert "Move 3 accounts" in text(danas_browser.get(path, {"to": "others"}))
    assert desks() == {"Sarah Mitchell": 3, "James Carter": 0}


def test_all_go_to_one_colleague(danas_browser: Client, path: str, james: User) -> None:
    sent = seen_then_sent(danas_browser, path, key(james))
    assert sent.status_code == 303
    assert "3 accounts moved from Sarah Mitchell." in text(danas_browser.get(sent.headers["Location"]))
    assert desks() == {"Sarah Mitchell": 0, "James Carter": 3}


def test_all_are_shared_out(danas_browser: Client, path: str, inside: Agency) -> None:
    make_user(inside, "maria.gonzalez", "collector")
    seen_then_sent(danas_browser, path, "others")
    assert sorted(desks().values()) == [0, 1, 2]


def test_only_what_is_not_worked_yet_is_taken_back(danas_browser: Client, path: str) -> None:
    page = danas_browser.get(path, {"to": "nobody"})
    assert "Take back 1 account" in text(page)
    assert "2 accounts stay on this desk. Their work has begun" in text(page)
    danas_browser.post(path, {"to": "nobody", "plan": plan_of(page)})
    assert desks() == {"Sarah Mitchell": 2, "James Carter": 0}
    assert Account.objects.filter(status="new").count() == 1


def test_what_does_not_fit_stays_and_is_told(danas_browser: Client, path: str, james: User) -> None:
    Collector.objects.filter(user=james).update(max_accounts=2)
    page = danas_browser.get(path, {"to": key(james)})
    assert "1 account stays on this desk. That desk is then full." in text(page)
    danas_browser.post(path, {"to": key(james), "plan": plan_of(page)})
    assert desks() == {"Sarah Mitchell": 1, "James Carter": 2}


def test_an_outdated_preview_moves_nothing_and_shows_the_new_one(
    danas_browser: Client, path: str, dana: User, sarah: User
) -> None:
    seen = plan_of(danas_browser.get(path, {"to": "others"}))
    bring_to(make_account(), "assigned", admin=dana, to=sarah)
    page = danas_browser.post(path, {"to": "others", "plan": seen})
    assert page.status_code == 409
    assert "Move 4 accounts" in text(page)
    assert desks()["James Carter"] == 0


def test_a_double_click_is_no_error(danas_browser: Client, path: str) -> None:
    seen = plan_of(danas_browser.get(path, {"to": "others"}))
    for _ in range(2):
        sent = danas_browser.post(path, {"to": "others", "plan": seen})
        assert sent.status_code == 303
    assert "These accounts were moved a moment ago." in text(danas_browser.get(sent.headers["Location"]))


@pytest.mark.parametrize("to", ["x", "\x00", "01980000-0000-7000-8000-000000000000", "<script>"])
def test_a_goal_that_does_not_exist_is_refused(to: str, danas_browser: Client, path: str) -> None:
    assert danas_browser.get(path, {"to": to}).status_code == 422
    page = danas_browser.post(path, {"to": to, "plan": "x"})
    assert "Choose an active colleague" in text(page)
    assert desks()["Sarah Mitchell"] == 3


def test_only_the_agency_s_admins_move_a_desk(
    path: str, sarahs_browser: Client, auditors_browser: Client, strangers_browser: Client
) -> None:
    statuses = [browser.post(path, {"to": "nobody"}).status_code
                for browser in (sarahs_browser, auditors_browser, strangers_browser)]  # fmt: skip
    assert statuses == [404, 403, 404]
    assert desks()["Sarah Mitchell"] == 3
