"""The page of one payment: what followed from it, where the money is, and what an admin can do about it."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import tenancy
from core.models import Account, Agency, User
from debtflow.demo.local_stripe.control import Control
from payments import refunding, taking
from payments.models import Payment, PaymentProcessor, Refund
from payments.taking import Order
from tests.cast import today
from tests.payments.cast import books_agree, charge, deliver, learn, save_method, work_off
from tests.worklist.pages import HTMX, statements, text

As = Callable[[User], Client]


def url(payment: Payment, rest: str = "") -> str:
    return f"/payments/{payment.pk}/{rest}"


@pytest.fixture
def paid(account: Account, processor: PaymentProcessor, sarah: User) -> Payment:
    """200.00 by card, completed."""
    payment = charge(account, save_method(processor, account), "200.00", by=sarah)
    work_off()
    payment.refresh_from_db()
    return payment


def form(payment: Payment, **typed: str) -> dict[str, str]:
    """The refund's form as it stands on the page, with what was typed."""
    return {
        "how": "part", "amount": "80.00", "reason": "Paid twice", "key": str(uuid4()),
        "expected": str(refunding.refundable(payment)),
    } | typed  # fmt: skip


def hidden(response: Any) -> dict[str, str]:
    """Every hidden field of the confirmation."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', response.content.decode()))


# --- looking -----------------------------------------------------------------------------------------------------


def test_it_tells_where_the_money_is(
    paid: Payment, stripe_control: Control, sarah: User, dana: User, as_user: As
) -> None:
    deliver(stripe_control)
    work_off()
    refunding.refund(paid.pk, Decimal("50.00"), "Too much", key="r", by=dana)
    work_off()
    page = as_user(dana).get(url(paid))
    words = text(page)
    for told in (
        "$200.00 by Visa ending in 4242", "Partly refunded", "Given back $50.00", "Held $150.00",
        "Applied to the balance $150.00", "Credit due to the debtor $0.00", "Too much", "Through Stripe",
        "payment_intent.succeeded", "$50.00 given back", "Sarah Mitchell $200.00 10% $20.00",
    ):  # fmt: skip
        assert told in words, told
    assert f'href="/accounts/{paid.account_id}/"' in page.content.decode()


def test_a_collector_sees_hers_without_the_events(paid: Payment, sarah: User, james: User, as_user: As) -> None:
    page = as_user(sarah).get(url(paid))
    assert page.status_code == 200
    assert "What the processor told" not in text(page)
    assert "Refund" not in re.sub("Refunded|Refunds", "", text(page))
    assert as_user(james).get(url(paid)).status_code == 404


def test_for_a_stranger_it_does_not_exist(paid: Payment, stranger: User, as_user: As) -> None:
    with tenancy.acting_for(stranger.agency):
        browser = as_user(stranger)
    assert browser.get(url(paid)).status_code == 404
    assert browser.post(url(paid, "refunds/"), form(paid)).status_code == 404


def test_money_beyond_what_was_owed_is_shown_as_due(
    account: Account, processor: PaymentProcessor, sarah: User, dana: User, as_user: As
) -> None:
    late = charge(account, save_method(processor, account), "400.00", by=sarah)
    taking.take(account.pk, Order(Decimal(300), "check", "c", received_on=today()), by=sarah)
    work_off()
    words = text(as_user(dana).get(url(late)))
    assert "$200.00 is due to the debtor" in words
    assert "Applied to the balance $200.00 Credit due to the debtor $200.00" in words


def test_a_decline_says_why(account: Account, processor: PaymentProcessor, sarah: User, as_user: As) -> None:
    payment = charge(account, save_method(processor, account, "pm_card_chargeCustomerFail"), by=sarah)
    work_off()
    words = text(as_user(sarah).get(url(payment)))
    assert "Nothing was taken Your card was declined. (generic_decline)" in words


@pytest.mark.parametrize(
    ("base", "key", "href"),
    [
        ("", "sk_test_1", "https://dashboard.stripe.com/test/payments/"),
        ("", "sk_live_1", "https://dashboard.stripe.com/payments/"),
        ("http://127.0.0.1:1", "sk_test_1", "http://127.0.0.1:1/"),
    ],
)
def test_the_way_to_the_processors_own_page(
    base: str, key: str, href: str, paid: Payment, dana: User, sarah: User, as_user: As
) -> None:
    processor = paid.processor
    processor.api_base_url, processor.api_key = base, key
    processor.save()
    whole = href + (paid.processor_ref if "dashboard" in href else "")
    assert f'href="{whole}"' in as_user(dana).get(url(paid)).content.decode()
    assert href not in as_user(sarah).get(url(paid)).content.decode()


# --- while it is undecided -----------------------------------------------------------------------------------------


def test_it_asks_again_until_it_is_decided(
    account: Account, processor: PaymentProcessor, sarah: User, stripe_control: Control, as_user: As
) -> None:
    payment = charge(account, save_method(processor, account, "pm_usBankAccount_success"), by=sarah)
    browser = as_user(sarah)
    assert 'hx-trigger="every 2s"' in browser.get(url(payment)).content.decode()
    work_off()
    region = browser.get(url(payment), headers=HTMX).content.decode()
    assert 'hx-trigger="every 15s"' in region
    assert region.lstrip().startswith('<div id="payment"')
    payment.refresh_from_db()
    stripe_control.settle(payment.processor_ref)
    learn(payment)
    assert "hx-trigger" not in browser.get(url(payment), headers=HTMX).content.decode()


def test_an_admin_has_an_unknown_one_looked_up(
    account: Account, processor: PaymentProcessor, sarah: User, dana: User, stripe_control: Control, as_user: As
) -> None:
    payment = charge(account, save_method(processor, account), by=sarah)
    work_off()
    Payment.objects.filter(pk=payment.pk).update(status="unknown", waits_for="gateway", completed_at=None)
    browser = as_user(dana)
    assert "Look it up now" in text(browser.get(url(payment)))
    assert "It is being looked up." in text(browser.post(url(payment, "lookups/"), follow=True))
    work_off()
    payment.refresh_from_db()
    assert payment.status == "completed"
    assert "There is nothing to look up: it is completed." in text(browser.post(url(payment, "lookups/"), follow=True))


# --- giving back ----------------------------------------------------------------------------------------------------


def test_an_admin_gives_a_part_back_after_a_question_that_names_it(
    paid: Payment, dana: User, stripe_control: Control, as_user: As
) -> None:
    browser = as_user(dana)
    asked = browser.post(url(paid, "refunds/new/"), form(paid))
    assert "Refund $80.00? $80.00 of $200.00 by Visa ending in 4242 goes back to" in text(asked)
    assert not Refund.objects.exists(), "a question changes nothing"
    done = browser.post(url(paid, "refunds/"), hidden(asked))
    assert (done.status_code, done.headers["Location"]) == (302, url(paid))
    assert "$80.00 is being given back" in text(browser.get(url(paid)))
    work_off()
    assert stripe_control.taken()[0]["amount_refunded"] == 8000
    assert books_agree() == []


def test_all_of_it(paid: Payment, dana: User, as_user: As) -> None:
    asked = as_user(dana).post(url(paid, "refunds/new/"), form(paid, how="all", amount=""))
    assert "Refund $200.00?" in text(asked)
    as_user(dana).post(url(paid, "refunds/"), hidden(asked))
    work_off()
    paid.refresh_from_db()
    assert paid.status == "refunded"
    assert "Nothing of $200.00" in text(as_user(dana).get(url(paid, "refunds/new/")))


def test_the_same_form_sent_twice_is_one_refund(paid: Payment, dana: User, as_user: As) -> None:
    browser, sent = as_user(dana), form(paid, how="all", amount="")
    for _ in range(2):
        assert browser.post(url(paid, "refunds/"), sent).status_code == 302
    assert Refund.objects.get().amount == 200


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"amount": ""}, "Amount of the part: Enter an amount such as 40.00."),
        ({"amount": "abc"}, "Enter an amount such as 40.00."),
        ({"amount": "NaN"}, "Enter an amount such as 40.00."),
        ({"amount": "0"}, "more than zero and at most $200.00"),
        ({"amount": "-5"}, "more than zero and at most $200.00"),
        ({"amount": "200.01"}, "more than zero and at most $200.00"),
        ({"amount": "1.005"}, "at most two decimals"),
        ({"amount": "9" * 40}, "Enter an amount such as 40.00."),
        ({"reason": " "}, "Enter why it is given back."),
        ({"reason": "x" * 256}, "Shorten it to 255 characters."),
        ({"how": ""}, "Say how much."),
        ({"how": "some"}, "Say how much."),
        ({"how": "all"}, "leave the amount empty"),
    ],
)
@pytest.mark.parametrize("step", ["refunds/new/", "refunds/"])
def test_bad_input_is_named_and_what_was_typed_stays(
    typed: dict[str, str], sentence: str, step: str, paid: Payment, dana: User, as_user: As
) -> None:
    page = as_user(dana).post(url(paid, step), form(paid, **typed))
    assert page.status_code == 422
    assert sentence in text(page)
    kept = {"amount": "80.00", "reason": "Paid twice"} | typed
    assert all(f'value="{kept[name]}"' in page.content.decode() for name in ("amount", "reason") if kept[name].strip())
    assert not Refund.objects.exists()


def test_a_form_without_its_key_is_out_of_date(paid: Payment, dana: User, as_user: As) -> None:
    for wrong in ({"key": ""}, {"key": "k" * 101}, {"key": "", "expected": "NaN"}):
        page = as_user(dana).post(url(paid, "refunds/"), form(paid, **wrong))
        assert (page.status_code, "This form is out of date" in text(page)) == (422, True)


def test_of_two_admins_the_second_is_told(paid: Payment, dana: User, harborline: Agency, as_user: As) -> None:
    from tests.cast import make_user

    other = make_user(harborline, "otto.second", "agency_admin")
    first, second = form(paid), form(paid, amount="150.00")
    as_user(other).post(url(paid, "refunds/"), first)
    page = as_user(dana).post(url(paid, "refunds/"), second)
    assert page.status_code == 409
    assert "Otto Second gave back $80.00 a moment ago. $120.00 can still be given back." in text(page)
    assert "You had entered: refund $150.00, “Paid twice”." in text(page)
    assert Refund.objects.get().amount == 80


def test_only_admins_give_back_and_look_up(paid: Payment, sarah: User, auditor: User, as_user: As) -> None:
    for user, status in ((auditor, 403), (sarah, 404)):
        for step in ("refunds/", "refunds/new/", "lookups/"):
            assert as_user(user).post(url(paid, step), form(paid)).status_code == status, step
    assert not Refund.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_page_asks_at_most_ten(harborline: Agency, dana: User, sarah: User) -> None:
    from tests.cast import bring_to, make_account

    with tenancy.acting_for(harborline):
        account = bring_to(make_account(), "in_contact", admin=dana, to=sarah)
        order = Order(Decimal(100), "check", "c", received_on=today())
        payment = taking.take(account.pk, order, by=sarah)
        for n in range(4):
            refunding.refund(payment.pk, Decimal(10), "Part", key=str(n), by=dana)
    for user in (dana, sarah):
        browser = Client()
        browser.force_login(user)
        browser.get(url(payment))
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url(payment)).status_code == 200
        assert len(statements(queries)) <= 10, "\n".join(statements(queries))
