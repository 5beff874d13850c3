"""A payment is taken on the account page: by hand, by a saved card, once, with everything kept when it is refused."""

import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from core import moves, promises
from core.models import Account, User
from payments.models import Payment, PaymentProcessor
from tests.cast import today
from tests.payments.cast import save_method, work_off
from tests.worklist.conftest import strangers_browser
from tests.worklist.pages import HTMX, text

__all__ = ["strangers_browser"]


@pytest.fixture
def sarahs_browser(as_user: Callable[[User], Client], sarah: User) -> Client:
    return as_user(sarah)


def at(account: Account, more: str = "") -> str:
    return f"/accounts/{account.pk}/payments/{more}"


def facts(browser: Client, account: Account, **typed: object) -> dict[str, Any]:
    """The form as the server rendered it, with what is typed into it."""
    body = browser.get(at(account, "new/")).content.decode()
    [key] = re.findall(r'name="key" value="([^"]+)"', body)
    return {"key": key, "amount": "120.00", "means": "check", "received_on": today().isoformat()} | typed


def take(browser: Client, account: Account, **typed: object) -> Any:
    return browser.post(at(account), facts(browser, account, **typed))


def test_a_check_is_recorded_and_shown(account: Account, sarahs_browser: Client) -> None:
    answer = take(sarahs_browser, account, reference="1042")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/accounts/{account.pk}/#payments")
    page = text(sarahs_browser.get(f"/accounts/{account.pk}/"))
    assert "$120.00 Completed Check 1042" in page
    assert "Balance $380.00" in page
    assert "Sarah Mitchell recorded a payment of $120.00 Completed" in page
    assert "By check 1042" in page


def test_htmx_gets_the_account_anew(account: Account, sarahs_browser: Client) -> None:
    said = facts(sarahs_browser, account, means="cash")
    answer = sarahs_browser.post(at(account), said, headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (200, "#account")
    assert "Payment recorded" in text(answer)


def test_the_dialog_is_the_form_alone(account: Account, sarahs_browser: Client) -> None:
    answer = sarahs_browser.get(at(account, "new/"), headers=HTMX)
    assert answer.content.decode().lstrip().startswith('<div id="payment">')


def test_a_saved_card_is_charged_by_the_worker_and_the_page_follows(
    account: Account, processor: PaymentProcessor, sarahs_browser: Client
) -> None:
    saved = save_method(processor, account)
    answer = take(sarahs_browser, account, means=f"saved:{saved.pk}")
    assert answer.status_code == 303
    page = sarahs_browser.get(f"/accounts/{account.pk}/")
    assert "$120.00 Pending" in text(page)
    [watch] = map(unescape, re.findall(r'hx-get="([^"]+seen=[^"]+)"', page.content.decode()))
    assert sarahs_browser.get(watch, headers=HTMX).status_code == 204
    work_off()
    told = sarahs_browser.get(watch, headers=HTMX)
    assert told.headers["HX-Retarget"] == "#account"
    assert "$120.00 Completed Visa ending in 4242" in text(told)
    assert "Balance $380.00" in text(told)
    assert "payments-watch" not in told.content.decode()


def test_the_same_form_sent_twice_is_one_payment(account: Account, sarahs_browser: Client) -> None:
    said = facts(sarahs_browser, account, amount="500.00", means="cash")
    for _ in range(2):
        assert sarahs_browser.post(at(account), said).status_code == 303
    assert Payment.objects.count() == 1


def test_each_form_has_a_key_of_its_own_that_survives_an_error(account: Account, sarahs_browser: Client) -> None:
    said = facts(sarahs_browser, account, amount="abc", reference="Check from Mary")
    assert facts(sarahs_browser, account)["key"] != said["key"]
    answer = sarahs_browser.post(at(account), said)
    assert answer.status_code == 422
    body = answer.content.decode()
    assert f'value="{said["key"]}"' in body
    assert 'value="abc"' in body
    assert "Check from Mary" in body
    assert 'value="check" checked' in body


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"amount": ""}, "Enter the amount."),
        ({"amount": "ten"}, "Enter an amount such as 250.00."),
        ({"amount": "1.234"}, "Enter an amount such as 250.00."),
        ({"amount": "0"}, "more than zero"),
        ({"amount": "-5"}, "more than zero"),
        ({"amount": "NaN"}, "Enter an amount such as 250.00."),
        ({"amount": "500.01"}, "Enter at most $500.00."),
        ({"means": ""}, "Choose how it is paid."),
        ({"means": "gold"}, "Choose a method of the list."),
        ({"means": "saved:nonsense"}, "Choose a method of the list."),
        ({"received_on": ""}, "Enter the day on which it came"),
        ({"received_on": "2026-02-30"}, "Enter a date, YYYY-MM-DD."),
        ({"received_on": "2199-01-01"}, "Enter the day on which it came"),
        ({"received_on": "2001-01-01"}, "Enter the day on which it came"),
        ({"reference": "x" * 101}, "at most 100 characters"),
        ({"key": ""}, "This form is out of date."),
        ({"key": "x" * 101}, "at most 100 characters"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    typed: dict[str, str], sentence: str, account: Account, sarahs_browser: Client
) -> None:
    answer = take(sarahs_browser, account, **typed)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert "Error: Payment" in text(answer)
    assert Payment.objects.count() == 0


def test_the_consent_is_stored_in_the_words_that_were_shown(
    account: Account, processor: PaymentProcessor, sarahs_browser: Client
) -> None:
    form = text(sarahs_browser.get(at(account, "new/")))
    assert take(sarahs_browser, account, means="details", save="on").status_code == 303
    payment = Payment.objects.get()
    assert payment.metadata["save"] in form
    assert "Harborline Recovery" in payment.metadata["save"]


def test_without_a_processor_only_what_came_is_recorded(account: Account, sarahs_browser: Client) -> None:
    form = sarahs_browser.get(at(account, "new/"))
    assert "No processor for cards and bank accounts is set up." in text(form)
    assert 'value="details"' not in form.content.decode()
    assert take(sarahs_browser, account, means="details").status_code == 422


def test_a_hold_forbids_charging_and_says_so(
    account: Account, processor: PaymentProcessor, sarah: User, sarahs_browser: Client
) -> None:
    saved = save_method(processor, account)
    moves.move(account.pk, "dispute", by=sarah, reason="Not his")
    page = text(sarahs_browser.get(at(account, "new/")))
    assert "Nothing may be charged while this hold stands." in page
    assert take(sarahs_browser, account, means=f"saved:{saved.pk}").status_code == 422
    assert take(sarahs_browser, account, means="check").status_code == 303


def test_nothing_is_taken_on_what_is_settled(account: Account, sarahs_browser: Client) -> None:
    assert take(sarahs_browser, account, amount="500.00").status_code == 303
    assert "Nothing is owed on this account any more." in text(sarahs_browser.get(at(account, "new/")))
    answer = sarahs_browser.post(at(account), {"key": "k", "amount": "1", "means": "cash"})
    assert answer.status_code == 422
    assert "Nothing is owed on this account any more." in text(answer)
    assert 'id="pay-link"' not in sarahs_browser.get(f"/accounts/{account.pk}/").content.decode()


def test_the_open_promise_and_the_full_balance_are_one_click(
    account: Account, sarah: User, sarahs_browser: Client
) -> None:
    promises.make(account, promises.Terms(Decimal("75.00"), today(), "check"), by=sarah)
    body = sarahs_browser.get(at(account, "new/")).content.decode()
    assert re.findall(r'data-value="([^"]+)"', body) == ["75.00", "500.00"]
    assert 'value="75.00"' in body


def test_a_credit_is_told_with_the_payment(
    account: Account, processor: PaymentProcessor, sarahs_browser: Client
) -> None:
    saved = save_method(processor, account)
    take(sarahs_browser, account, amount="400.00", means=f"saved:{saved.pk}")
    take(sarahs_browser, account, amount="300.00")
    work_off()
    page = text(sarahs_browser.get(f"/accounts/{account.pk}/"))
    assert "$200.00 more than was owed: a refund is due." in page


def test_strangers_find_nothing_and_who_only_looks_takes_nothing(
    account: Account, as_user: Callable[[User], Client], james: User, auditor: User, strangers_browser: Client
) -> None:
    said = {"key": "k", "amount": "10.00", "means": "cash", "received_on": today().isoformat()}
    for browser, status in ((strangers_browser, 404), (as_user(james), 404), (as_user(auditor), 403)):
        assert browser.get(at(account, "new/")).status_code == status
        assert browser.post(at(account), said).status_code == status
    assert Payment.objects.count() == 0
