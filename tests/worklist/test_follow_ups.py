"""What comes next is set in one small form; a promise that stands is shown with what came, and may be taken back."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from core import balances, promises, timeline
from core.models import Account, Activity, Agency, Promise, User
from tests.cast import bring_to, make_account
from tests.worklist.pages import HTMX, text

ZONE = ZoneInfo("America/Chicago")
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=ZONE)


@pytest.fixture(autouse=True)
def _tuesday_morning() -> Iterator[None]:
    with time_machine.travel(TUESDAY, tick=True):
        yield


@pytest.fixture
def account(inside: Agency, dana: User, sarah: User) -> Account:
    return bring_to(make_account(), "in_contact", admin=dana, to=sarah)


@pytest.fixture
def promise(account: Account, sarah: User) -> Promise:
    terms = promises.Terms(Decimal(250), TUESDAY.date() + timedelta(days=2), "card")
    return promises.make(Account.objects.locked().get(pk=account.pk), terms, by=sarah)


def plan(browser: Client, account: Account, action: str, day: str, time: str = "", **headers: str) -> Any:
    facts = {"follow-next_action": action, "follow-next_day": day, "follow-next_time": time}
    return browser.post(f"/accounts/{account.pk}/follow-ups/", facts, headers=headers or None)


def take_back(browser: Client, account: Account, promise: Any, **headers: str) -> Any:
    path = f"/accounts/{account.pk}/promise-withdrawals/"
    return browser.post(path, {"promise": str(promise)}, headers=headers or None)


def next_of(account: Account) -> tuple[str, datetime | None]:
    account.refresh_from_db()
    return account.next_action, account.next_action_at


def test_the_next_action_is_set_and_told(sarahs_browser: Client, account: Account) -> None:
    assert plan(sarahs_browser, account, "Call the employer", "2026-11-27", "14:30").status_code == 303
    assert next_of(account) == ("Call the employer", datetime(2026, 11, 27, 14, 30, tzinfo=ZONE))
    words = text(sarahs_browser.get(f"/accounts/{account.pk}/"))
    assert "Sarah Mitchell planned: Call the employer, Nov 27, 2:30 PM" in words
    assert "Call the employer Nov 27" in words


def test_without_a_time_it_is_the_morning_and_htmx_gets_the_account(sarahs_browser: Client, account: Account) -> None:
    page = plan(sarahs_browser, account, "Send the bill", "2026-11-27", **HTMX)
    assert (page.status_code, page.headers["HX-Retarget"]) == (200, "#account")
    assert "<summary autofocus" in page.content.decode(), "the focus stays where it was"
    assert next_of(account)[1] == datetime(2026, 11, 27, 9, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("action", "day", "time", "sentence"),
    [
        ("", "2026-11-27", "", "Say what comes next."),
        ("Call", "", "", "Enter the day."),
        ("Call", "someday", "", "Enter a date, YYYY-MM-DD."),
        ("Call", "2020-01-01", "", "Enter a day between today and a year from now."),
        ("Call", "9999-12-31", "23:59", "Enter a day between today and a year from now."),
        ("Call", "2026-11-27", "25:00", "Enter a time such as 14:30."),
        ("x" * 201, "2026-11-27", "", "Shorten the next action to 200 characters."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_what_is_wrong_is_told_and_kept(
    action: str, day: str, time: str, sentence: str, headers: dict[str, str], sarahs_browser: Client, account: Account
) -> None:
    before = next_of(account)
    page = plan(sarahs_browser, account, action, day, time, **headers)
    assert page.status_code == 422
    assert sentence in text(page)
    for typed in (action, day, time):
        assert f'value="{typed}"' in page.content.decode() or not typed
    assert next_of(account) == before


def test_a_closed_account_has_no_next_action(sarahs_browser: Client, dana: User, sarah: User, inside: Agency) -> None:
    closed = bring_to(make_account(), "closed", admin=dana, to=sarah)
    page = plan(sarahs_browser, closed, "Call", "2026-11-27")
    assert page.status_code == 422
    assert "nothing comes next" in text(page)


def test_the_open_promise_shows_what_came(sarahs_browser: Client, account: Account, promise: Promise,
                                          sarah: User) -> None:  # fmt: skip
    balances.post_entry(account.pk, "payment", Decimal("-100.00"), by=sarah, reason="Card")
    words = text(sarahs_browser.get(f"/accounts/{account.pk}/"))
    assert "by Nov 26" in words
    assert "$250.00 by card $100.00 came" in words


def test_a_promise_is_withdrawn_and_the_timeline_says_so(
    sarahs_browser: Client, account: Account, promise: Promise
) -> None:
    words = text(take_back(sarahs_browser, account, promise.pk, **HTMX))
    promise.refresh_from_db()
    assert promise.status == "withdrawn"
    assert "withdrew the promise of $250.00 by Nov 26" in words
    assert "Withdraw the promise of" not in words


def test_a_promise_that_is_open_no_more_is_told(
    sarahs_browser: Client, danas_browser: Client, account: Account, promise: Promise
) -> None:
    assert take_back(danas_browser, account, promise.pk).status_code == 303
    for wrong in (promise.pk, uuid4(), "nonsense", ""):
        page = take_back(sarahs_browser, account, wrong)
        assert page.status_code == 409
        assert "The promise is not open any more." in text(page)
    assert Activity.objects.filter(account=account, kind="promise", data__what="withdrawn").count() == 1


def test_a_promise_of_another_account_is_not_withdrawn_here(
    sarahs_browser: Client, promise: Promise, dana: User, sarah: User
) -> None:
    other = bring_to(make_account(), "in_contact", admin=dana, to=sarah)
    assert take_back(sarahs_browser, other, promise.pk).status_code == 409
    promise.refresh_from_db()
    assert promise.status == "open"


@pytest.mark.parametrize(
    ("what", "body", "words"),
    [
        ("kept", "$250.00 of $250.00 came", "found the promise of $250.00 by Mar 3 kept: $250.00 of $250.00 came"),
        ("broken", "$0.00 of $250.00 came", "found the promise of $250.00 by Mar 3 broken: $0.00 of $250.00 came"),
        ("partial", "$9.00 of $250.00 came", "by Mar 3 partly kept: $9.00 of $250.00 came"),
    ],
)
def test_how_a_promise_ended_is_told_in_words(
    what: str, body: str, words: str, sarahs_browser: Client, account: Account
) -> None:
    data = {"what": what, "amount": "250.00", "due": "2026-03-03"}
    timeline.record(account, "promise", by=None, body=body, data=data)
    told = text(sarahs_browser.get(f"/accounts/{account.pk}/"))
    assert f"DebtFlow {words}" in told or words in told
    assert told.count(body) == 1


@pytest.mark.parametrize("data", [{}, {"what": "made"}, {"what": "kept", "amount": "x", "due": "y"}, {"at": 1}])
def test_an_entry_without_its_facts_is_still_told(data: dict[str, Any], sarahs_browser: Client, account: Account,
                                                  sarah: User) -> None:  # fmt: skip
    for kind in ("promise", "contact", "system"):
        timeline.record(account, kind, by=sarah, body="once upon a time", data=data)
    page = sarahs_browser.get(f"/accounts/{account.pk}/")
    assert page.status_code == 200
    assert "Sarah Mitchell logged a contact" in text(page)


def test_neither_is_for_readers_other_desks_or_agencies(
    auditors_browser: Client, as_user: Any, james: User, strangers_browser: Client, account: Account, promise: Promise
) -> None:
    for browser, status in ((auditors_browser, 403), (as_user(james), 404), (strangers_browser, 404)):
        assert plan(browser, account, "Call", "2026-11-27").status_code == status
        assert take_back(browser, account, promise.pk).status_code == status
    promise.refresh_from_db()
    assert promise.status == "open"
