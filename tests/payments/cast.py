"""What tests of money need: the agency's processor at the stand-in, a debtor's saved card, and the worker's work."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.test import Client

from core import tenancy
from core.models import Account, User
from debtflow import jobs
from debtflow.demo.local_stripe import accounts as local
from debtflow.demo.local_stripe.control import Control
from payments import completing, processors, taking
from payments.models import Customer, Payment, PaymentProcessor, SavedMethod
from payments.taking import Order
from tests.cast import bring_to, make_account
from tests.payments.stripe_server import client_of

GOOD_CARD, GOOD_BANK = "pm_card_visa", "pm_usBankAccount_success"


def connect(account: local.Account, slug: str = "stripe") -> PaymentProcessor:
    """The current agency takes money through this account at the stand-in."""
    return PaymentProcessor.objects.create(
        name="Stripe",
        slug=slug,
        kind="stripe",
        api_base_url=account.base_url,
        api_key=account.secret_key,
        publishable_key=account.publishable_key,
        webhook_secrets=account.webhook_secret,
    )


def worked(sarah: User, dana: User, amount: str = "500.00", **facts: Any) -> Account:
    """An account that Sarah has talked about."""
    return bring_to(make_account(original_amount=Decimal(amount), **facts), "in_contact", admin=dana, to=sarah)


def save_method(processor: PaymentProcessor, account: Account, token: str = GOOD_CARD) -> SavedMethod:
    """A card or bank account that the debtor allowed to be charged, at the stand-in and here."""
    client = client_of(processor.api_key, processor.api_base_url)
    customer = Customer.objects.filter(processor=processor, debtor=account.debtor).first()
    if customer is None:
        ref = client.v1.customers.create({"name": account.debtor.full_name}).id
        customer = Customer.objects.create(processor=processor, debtor=account.debtor, ref=ref)
    agreed = client.v1.setup_intents.create(
        {
            "customer": customer.ref,
            "payment_method": token,
            "confirm": True,
            "usage": "off_session",
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "mandate_data": {"customer_acceptance": {"type": "offline"}},
        }
    )
    method = client.v1.payment_methods.retrieve(str(agreed.payment_method))
    kind = "card" if method.type == "card" else "bank_transfer"
    last4 = method.to_dict()[method.type]["last4"]
    return SavedMethod.objects.create(
        processor=processor, debtor=account.debtor, ref=method.id, kind=kind, brand="Visa", last4=last4
    )


def charge(account: Account, saved: SavedMethod, amount: str = "100.00", *, by: User, key: str = "") -> Payment:
    """A payment by the saved method, as the form would make it; the worker has not seen it yet."""
    order = Order(Decimal(amount), saved.kind, key or str(uuid4()), how="saved", saved_method=saved.pk)
    return taking.take(account.pk, order, by=by)


def learn(payment: Payment) -> Payment:
    """Ask the processor about it, as an event or the reconciliation would."""
    payment.refresh_from_db()
    return completing.learn(payment.pk, processors.gateway(payment.processor).look_up(payment.processor_ref))


def deliver(control: Control, *, again: bool = False) -> list[int]:
    """Post what the stand-in has to tell to our door; the answers' status codes."""
    browser = Client()
    told = control.take_webhooks(again=again)
    return [post(browser, event.payload, event.signature).status_code for event in told]


def post(browser: Client, payload: str, signature: str, path: str = "/api/v1/payments/webhook/stripe/") -> Any:
    """One event at our door."""
    headers = {"Stripe-Signature": signature}
    return browser.post(path, payload, content_type="application/json", headers=headers)


def work_off() -> None:
    """What the worker would do now."""
    agency = tenancy.current_agency_id()
    while done := jobs.run_next():
        assert done["success"], done["result"]
    assert tenancy.current_agency_id() == agency


def books_agree() -> list[str]:
    """What `check_books` finds wrong in the current agency."""
    from core import books
    from core.models import Agency

    found = books.check_books(Agency.objects.get(pk=tenancy.current_agency_id()))
    return [sentence for broken in found.broken for sentence in broken.sentences]
