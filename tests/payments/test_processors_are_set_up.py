"""Admins connect the agency's account at Stripe; keys go in and never come out."""

from collections.abc import Callable

import pytest
from django.test import Client

from core.models import Agency, User
from debtflow.demo.local_stripe.accounts import Account as StripeAccount
from payments.models import GatewayHealth, PaymentProcessor
from tests.worklist.conftest import strangers_browser
from tests.worklist.pages import HTMX, text

__all__ = ["strangers_browser"]
HERE = "/payments/processors/"


@pytest.fixture
def danas_browser(as_user: Callable[[User], Client], dana: User) -> Client:
    return as_user(dana)


def typed(**more: str) -> dict[str, str]:
    facts = {"name": "Stripe", "api_key": "sk_test_secret123", "publishable_key": "pk_test_open", "is_active": "on"}
    return facts | {"webhook_secrets": "whsec_one\nwhsec_two"} | more


def test_an_account_is_added_and_its_webhook_address_is_shown(inside: Agency, danas_browser: Client) -> None:
    answer = danas_browser.post(f"{HERE}new/", typed())
    made = PaymentProcessor.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{HERE}{made.pk}/")
    assert (made.kind, made.api_key, made.secrets) == ("stripe", "sk_test_secret123", ["whsec_one", "whsec_two"])
    page = danas_browser.get(f"{HERE}{made.pk}/")
    assert f"http://testserver/api/v1/payments/webhook/stripe/{made.pk}/" in page.content.decode()
    assert "2 signing secrets stored." in text(page)


def test_no_secret_is_ever_shown_again(inside: Agency, danas_browser: Client) -> None:
    danas_browser.post(f"{HERE}new/", typed())
    made = PaymentProcessor.objects.get()
    pages = [danas_browser.get(HERE), danas_browser.get(f"{HERE}{made.pk}/")]
    pages.append(danas_browser.post(f"{HERE}{made.pk}/", typed(name="", version="")))
    pages.append(danas_browser.post(f"{HERE}new/", typed(name="", api_key="sk_test_again", webhook_secrets="whsec_x")))
    for page in pages:
        for secret in ("sk_test_secret123", "sk_test_again", "whsec_"):
            shown = page.content.decode().replace("whsec_…", "")
            assert secret not in shown


def test_an_empty_secret_keeps_the_stored_one(inside: Agency, danas_browser: Client) -> None:
    danas_browser.post(f"{HERE}new/", typed())
    made = PaymentProcessor.objects.get()
    form = danas_browser.get(f"{HERE}{made.pk}/").content.decode()
    version = form.partition('name="version" value="')[2].partition('"')[0]
    facts = typed(name="Renamed", api_key="", webhook_secrets="", version=version)
    assert danas_browser.post(f"{HERE}{made.pk}/", facts).status_code == 303
    made.refresh_from_db()
    assert (made.name, made.api_key, len(made.secrets)) == ("Renamed", "sk_test_secret123", 2)


def test_who_comes_second_is_told(inside: Agency, danas_browser: Client) -> None:
    danas_browser.post(f"{HERE}new/", typed())
    made = PaymentProcessor.objects.get()
    answer = danas_browser.post(f"{HERE}{made.pk}/", typed(name="Mine", version="old"))
    assert answer.status_code == 409
    assert "saved this processor a moment ago" in text(answer)
    made.refresh_from_db()
    assert made.name == "Stripe"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Enter a name"),
        ({"name": "!!!"}, "Use letters or digits."),
        ({"name": "x" * 101}, "at most 100 characters"),
        ({"api_key": ""}, "Enter the account’s secret key"),
        ({"api_key": "pk_test_open"}, "Enter the account’s secret key"),
        ({"api_key": "sk_test_ö"}, "Enter the account’s secret key"),
        ({"api_key": "sk_test_a\nb"}, "Enter the account’s secret key"),
        ({"publishable_key": "sk_test_secret"}, "Enter the account’s publishable key"),
        ({"publishable_key": "pk_live_open"}, "One key is of the live mode"),
        ({"webhook_secrets": "secret"}, "begins with whsec_"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    wrong: dict[str, str], sentence: str, inside: Agency, danas_browser: Client
) -> None:
    answer = danas_browser.post(f"{HERE}new/", typed(**wrong))
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert PaymentProcessor.objects.count() == 0


def test_two_processors_have_two_names(inside: Agency, danas_browser: Client) -> None:
    danas_browser.post(f"{HERE}new/", typed())
    answer = danas_browser.post(f"{HERE}new/", typed(name="STRIPE"))
    assert answer.status_code == 422
    assert "a processor of this name already" in text(answer)


def test_the_connection_is_tested_with_the_key_that_was_typed(
    processor: PaymentProcessor, stripe_account: StripeAccount, danas_browser: Client
) -> None:
    there = f"{HERE}{processor.pk}/"
    assert f"account {stripe_account.id}, test mode" in text(danas_browser.post(there, {"test": "1"}, headers=HTMX))
    answer = danas_browser.post(there, {"test": "1", "api_key": "sk_test_nobodys"}, headers=HTMX)
    assert "Stripe refuses the agency’s key." in text(answer)
    processor.refresh_from_db()
    assert processor.api_key == stripe_account.secret_key


def test_every_page_says_that_no_money_moves(processor: PaymentProcessor, danas_browser: Client) -> None:
    assert "Test mode" in text(danas_browser.get("/worklist/"))


def test_silence_is_shown_with_its_reason(processor: PaymentProcessor, danas_browser: Client) -> None:
    from django.utils import timezone

    GatewayHealth.objects.create(
        processor=processor, state="open", opened_at=timezone.now(), last_error="Stripe did not answer."
    )
    for page in (HERE, f"{HERE}{processor.pk}/"):
        said = text(danas_browser.get(page))
        assert "Stripe did not answer. Not answering since" in said


def test_managers_look_collectors_and_strangers_find_nothing(
    processor: PaymentProcessor,
    as_user: Callable[[User], Client],
    sarah: User,
    auditor: User,
    strangers_browser: Client,
) -> None:
    there = f"{HERE}{processor.pk}/"
    assert strangers_browser.get(there).status_code == strangers_browser.post(there, typed()).status_code == 404
    assert as_user(sarah).get(HERE).status_code == as_user(sarah).get(there).status_code == 404
    assert as_user(auditor).get(there).status_code == 200
    assert as_user(auditor).post(there, typed()).status_code == 403
    assert as_user(auditor).post(f"{HERE}new/", typed()).status_code == 403
