"""Only possible moves are offered; a stale page and a wrong fact are told in sentences, and nothing changes."""

from decimal import Decimal

import pytest
from django.test import Client

from core import moves
from core.models import Account, Agency, Hold, User
from tests.cast import bring_to, make_account
from tests.worklist.pages import HTMX, text


@pytest.fixture
def account(inside: Agency, dana: User, sarah: User) -> Account:
    return bring_to(make_account(original_amount=Decimal(1000)), "negotiating", admin=dana, to=sarah)


def status_of(account: Account) -> str:
    account.refresh_from_db()
    return str(account.status)


def send(browser: Client, account: Account, move: str, headers: dict[str, str] | None = None, **facts: str):  # type: ignore[no-untyped-def]
    return browser.post(f"/accounts/{account.pk}/status/", {"move": move, **facts}, headers=headers)


def offered(page: str) -> set[str]:
    return {name for name in ("unassign", "start_contact", "negotiate", "agree_plan", "break_plan", "settle", "close",
                              "withdraw", "dispute", "resolve_dispute", "uphold_dispute", "pay_off", "reopen", "assign")
            if f'value="{name}"' in page or f"?move={name}" in page or f'data-move="{name}"' in page}  # fmt: skip


def test_the_menu_offers_what_is_possible_for_whom(
    danas_browser: Client, sarahs_browser: Client, account: Account
) -> None:
    hers = sarahs_browser.get(f"/accounts/{account.pk}/").content.decode()
    admins = danas_browser.get(f"/accounts/{account.pk}/").content.decode()
    assert offered(hers) == {"agree_plan", "dispute"}
    assert offered(admins) == {"agree_plan", "dispute", "withdraw"}


def test_agreeing_a_plan_leads_to_its_form(sarahs_browser: Client, account: Account) -> None:
    assert f"/accounts/{account.pk}/plans/new/" in sarahs_browser.get(f"/accounts/{account.pk}/").content.decode()
    refused = send(sarahs_browser, account, "agree_plan", expected="negotiating")
    assert refused.status_code == 422
    assert status_of(account) == "negotiating"


def test_a_dispute_places_a_hold_and_needs_words(sarahs_browser: Client, account: Account) -> None:
    assert "Enter what the debtor disputes." in text(send(sarahs_browser, account, "dispute", reason=" "))
    send(sarahs_browser, account, "dispute", expected="negotiating", reason="Never was a patient there")
    assert status_of(account) == "disputed"
    assert Hold.objects.get(account=account).reason == "Never was a patient there"
    assert "Never was a patient there" in text(sarahs_browser.get(f"/accounts/{account.pk}/"))


def test_what_cannot_be_undone_is_asked_first(danas_browser: Client, account: Account) -> None:
    page = danas_browser.get(f"/accounts/{account.pk}/?move=withdraw", headers={**HTMX, "HX-Target": "move"})
    assert page.content.startswith(b'<section id="move">')
    assert "Collection ends." in text(page)
    assert "Choose why the account is withdrawn." in text(send(danas_browser, account, "withdraw"))
    send(danas_browser, account, "withdraw", expected="negotiating", reason="recalled")
    assert status_of(account) == "closed"
    assert "Recalled by the creditor" in text(danas_browser.get(f"/accounts/{account.pk}/"))


@pytest.mark.parametrize("headers", [None, HTMX], ids=["page", "htmx"])
def test_the_second_of_two_is_told_and_sees_the_account_as_it_is(
    headers: dict[str, str] | None, sarahs_browser: Client, account: Account, dana: User
) -> None:
    moves.move(account.pk, "dispute", by=dana, reason="Not mine")
    page = send(sarahs_browser, account, "dispute", headers, expected="negotiating", reason="Something else")
    assert page.status_code == 409
    assert "Dana Whitlock changed the status to Disputed a moment ago." in text(page)
    assert 'data-s="disputed"' in page.content.decode()
    assert Hold.objects.get(account=account).reason == "Not mine"


@pytest.mark.parametrize("move", ["settle", "close", "pay_off", "reopen", "delete", "", "save", "__init__"])
def test_what_is_not_possible_is_refused_with_the_ways_on(move: str, sarahs_browser: Client, account: Account) -> None:
    page = send(sarahs_browser, account, move, expected="negotiating")
    assert page.status_code == 422
    assert "Possible from here: Agree a plan, Dispute." in text(page)
    assert status_of(account) == "negotiating"


def test_with_htmx_the_whole_account_is_fresh(danas_browser: Client, sarahs_browser: Client, inside: Agency,
                                              dana: User, sarah: User) -> None:  # fmt: skip
    account = bring_to(make_account(), "assigned", admin=dana, to=sarah)
    page = send(sarahs_browser, account, "start_contact", HTMX, expected="assigned")
    assert page.content.startswith(b'<div id="account">')
    assert "Sarah Mitchell moved Assigned to In contact" in text(page)
