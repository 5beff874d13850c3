"""Settlements below a collector's authority wait in one list for an admin, who decides them with a word of why."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from core.models import Account, Agency, User
from payments import attention, settlements
from payments.models import SettlementOffer
from payments.settlements import Terms
from tests.cast import today
from tests.payments.cast import worked
from tests.worklist.conftest import auditors_browser, danas_browser, sarahs_browser, strangers_browser
from tests.worklist.pages import HTMX, text

__all__ = ["auditors_browser", "danas_browser", "sarahs_browser", "strangers_browser"]
LIST = "/payments/settlements/"


def offer(account: Account, by: User, amount: str = "100.00", **facts: Any) -> SettlementOffer:
    until = today() + timedelta(days=30)
    return settlements.offer(account.pk, Terms(until, amount=Decimal(amount), **facts), by=by)


def decide(browser: Client, made: SettlementOffer, act: str, reason: str = "", **headers: Any) -> Any:
    return browser.post(f"{LIST}{made.pk}/decisions/", {"act": act, "reason": reason}, **headers)


@pytest.fixture
def made(account: Account, sarah: User) -> SettlementOffer:
    return offer(account, sarah, note="Lives on a pension")


def test_what_awaits_says_how_little_and_why(made: SettlementOffer, danas_browser: Client) -> None:
    attention.forget_count()
    page = text(danas_browser.get(LIST))
    assert all(told in page for told in ("$500.00", "$100.00 20%", "One payment, until", "Lives on a pension"))
    assert "Sarah Mitchell" in page
    assert "1 need attention" in page
    assert "Settlements awaiting approval 1" in text(danas_browser.get("/payments/attention/"))


def test_an_admin_approves_and_the_collector_is_called(
    made: SettlementOffer, account: Account, danas_browser: Client
) -> None:
    answer = decide(danas_browser, made, "approve", "Never below again")
    assert (answer.status_code, answer.headers["Location"]) == (303, LIST)
    page = text(danas_browser.get(LIST))
    assert "is approved." in page
    assert "Nothing awaits approval" in page
    account.refresh_from_db()
    assert account.next_action == "Settlement approved"
    assert "The settlement of $100.00 is approved: Never below again" in text(
        danas_browser.get(f"/accounts/{account.pk}/")
    )
    assert "$100.00" in text(danas_browser.get(f"{LIST}?show=standing"))


def test_an_admin_refuses_with_a_reason(made: SettlementOffer, account: Account, danas_browser: Client) -> None:
    decide(danas_browser, made, "refuse", "Ask for half")
    account.refresh_from_db()
    assert account.next_action == "Settlement not approved"
    assert "Not approved" in text(danas_browser.get(f"{LIST}?show=ended"))


def test_of_two_admins_the_second_is_told(made: SettlementOffer, danas_browser: Client, dana: User) -> None:
    settlements.decide(made.pk, approve=False, by=dana)
    late = decide(danas_browser, made, "approve")
    assert late.status_code == 409
    assert "The offer is not approved by now" in text(late)


def test_without_a_choice_nothing_is_decided(made: SettlementOffer, danas_browser: Client) -> None:
    assert decide(danas_browser, made, "perhaps").status_code == 422
    made.refresh_from_db()
    assert made.status == "awaiting"


def test_one_of_an_account_that_closes_waits_no_longer(
    made: SettlementOffer, account: Account, dana: User, danas_browser: Client
) -> None:
    from core import moves

    moves.move(account.pk, "withdraw", by=dana, reason="recalled")
    assert "Nothing awaits approval" in text(danas_browser.get(LIST))


def test_the_oldest_is_decided_first_and_pages_are_turned(
    inside: Agency, sarah: User, dana: User, danas_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core import paging

    monkeypatch.setattr(paging, "PER_PAGE", 1)
    names = [offer(worked(sarah, dana), sarah).account.debtor.full_name for _ in range(2)]
    first = danas_browser.get(LIST, headers=HTMX)
    assert names[0] in text(first)
    assert names[1] not in text(first)
    assert "Later" in text(first)


def test_who_only_looks_decides_nothing_and_others_find_nothing(
    made: SettlementOffer, auditors_browser: Client, sarahs_browser: Client, strangers_browser: Client
) -> None:
    assert "An admin decides" in text(auditors_browser.get(LIST))
    assert decide(auditors_browser, made, "approve").status_code == 403
    assert sarahs_browser.get(LIST).status_code == 404
    assert decide(sarahs_browser, made, "approve").status_code == 404
    assert "Nothing awaits approval" in text(strangers_browser.get(LIST))
    assert decide(strangers_browser, made, "approve").status_code == 404
    made.refresh_from_db()
    assert made.status == "awaiting"
