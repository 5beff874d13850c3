"""Two people take a promise on one account: the second is told of the first and sees it, before it is replaced."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from core import promises
from core.models import Account, Agency, ContactAttempt, Disposition, Promise, User
from tests.cast import bring_to, make_account
from tests.worklist.pages import HTMX, text


@pytest.fixture
def account(inside: Agency, dana: User, sarah: User) -> Account:
    return bring_to(make_account(), "negotiating", admin=dana, to=sarah)


@pytest.fixture
def danas_browser(as_user: Callable[[User], Client], dana: User) -> Client:
    return as_user(dana)


def seen_in(answer: Any) -> dict[str, str]:
    """What the composer of this page, or of this region, carries."""
    composer = answer.content.decode().partition('id="compose"')[2].partition("</form>")[0]
    return dict(re.findall(r'type="hidden" name="(expected|promised)" value="([^"]*)"', composer))


def call(outcome: str, **facts: str) -> dict[str, str]:
    return {"channel": "call", "direction": "in", "outcome": str(Disposition.objects.get(code=outcome).pk)} | facts


def promise(amount: str, **facts: str) -> dict[str, str]:
    due = (timezone.now() + timedelta(days=9)).date().isoformat()
    terms = {"promise_amount": amount, "promise_due": due, "promise_method": "card"}
    return call("promise", body=f"He pays {amount}.", **terms, **facts)


def standing() -> list[tuple[str, str]]:
    return [(str(amount), status) for amount, status in Promise.objects.order_by("pk").values_list("amount", "status")]


@pytest.mark.parametrize("headers", [None, HTMX], ids=["page", "htmx"])
def test_the_second_promise_does_not_replace_an_unseen_one(
    headers: dict[str, str] | None, account: Account, sarahs_browser: Client, danas_browser: Client
) -> None:
    page, told = f"/accounts/{account.pk}/", f"/accounts/{account.pk}/contacts/"
    sarah_saw, dana_saw = seen_in(sarahs_browser.get(page)), seen_in(danas_browser.get(page))
    assert sarah_saw == dana_saw == {"expected": "negotiating", "promised": ""}
    assert danas_browser.post(told, promise("250.00", **dana_saw)).status_code == 303
    with time_machine.travel(timezone.now() + timedelta(seconds=80), tick=True):
        lost = sarahs_browser.post(told, promise("100.00", **sarah_saw), headers=headers)
    assert lost.status_code == 409
    assert "Dana Whitlock recorded a promise a minute ago. Look, then log it." in text(lost)
    assert "$250.00 by card" in text(lost), "as it stands now"
    assert "He pays 100.00." in lost.content.decode()
    assert 'value="100.00"' in lost.content.decode()
    assert standing() == [("250.00", "open")]
    assert ContactAttempt.objects.count() == 1
    again = sarahs_browser.post(told, promise("100.00", **seen_in(lost)), headers=headers)
    assert again.status_code in {200, 303}
    assert standing() == [("250.00", "withdrawn"), ("100.00", "open")]


def test_a_call_without_a_promise_does_not_plan_over_one(
    account: Account, sarahs_browser: Client, danas_browser: Client
) -> None:
    page, told = f"/accounts/{account.pk}/", f"/accounts/{account.pk}/contacts/"
    saw = seen_in(sarahs_browser.get(page))
    danas_browser.post(told, promise("250.00", **saw))
    assert sarahs_browser.post(told, call("spoke", body="Later.", **saw), headers=HTMX).status_code == 409
    account.refresh_from_db()
    assert account.next_action == "Check the promise"


def test_a_promise_withdrawn_meanwhile_is_told(
    account: Account, sarahs_browser: Client, danas_browser: Client, dana: User
) -> None:
    page, told = f"/accounts/{account.pk}/", f"/accounts/{account.pk}/contacts/"
    sarahs_browser.post(told, promise("250.00"))
    saw = seen_in(sarahs_browser.get(page))
    assert saw["promised"] == str(Promise.objects.get().pk)
    promises.withdraw(Promise.objects.get().pk, by=dana)
    lost = sarahs_browser.post(told, promise("100.00", **saw), headers=HTMX)
    assert (lost.status_code, "Dana Whitlock withdrew the promise a moment ago." in text(lost)) == (409, True)


@pytest.mark.parametrize(
    ("path", "facts", "status"),
    [("notes", {"body": "Half the story."}, 200), ("notes", {"body": ""}, 422), ("contacts", {"outcome": ""}, 422)],
    ids=["a note", "an empty note", "a refused contact"],
)
def test_a_composer_that_comes_alone_carries_on_what_its_writer_saw(
    path: str, facts: dict[str, str], status: int, account: Account, sarahs_browser: Client, danas_browser: Client
) -> None:
    """The rest of the page still shows no promise."""
    page = f"/accounts/{account.pk}/"
    saw = seen_in(sarahs_browser.get(page))
    danas_browser.post(f"{page}contacts/", promise("250.00", **saw))
    answer = sarahs_browser.post(f"{page}{path}/", facts | saw, headers=HTMX)
    assert (answer.status_code, seen_in(answer)) == (status, saw)
    lost = sarahs_browser.post(f"{page}contacts/", promise("100.00", **seen_in(answer)), headers=HTMX)
    assert (lost.status_code, standing()) == (409, [("250.00", "open")])


def test_what_ones_own_page_shows_is_replaced_at_once(account: Account, sarahs_browser: Client) -> None:
    page = f"/accounts/{account.pk}/"
    first = sarahs_browser.post(
        f"{page}contacts/", promise("250.00", **seen_in(sarahs_browser.get(page))), headers=HTMX
    )
    second = sarahs_browser.post(f"{page}contacts/", promise("100.00", **seen_in(first)), headers=HTMX)
    assert (first.status_code, second.status_code) == (200, 200)
    assert standing() == [("250.00", "withdrawn"), ("100.00", "open")]


@pytest.mark.parametrize("promised", ["nonsense", "\x00", "x" * 5_000])
def test_a_mark_that_is_none_is_a_lost_race(promised: str, account: Account, sarahs_browser: Client) -> None:
    sent = promise("100.00", promised=promised)
    assert sarahs_browser.post(f"/accounts/{account.pk}/contacts/", sent, headers=HTMX).status_code == 409
