"""How is Stripe asked? The one module that speaks to it, through stripe-python's client.

https://docs.stripe.com/api: amounts are whole cents, every write carries an idempotency key of ours, and what comes
back is read by `reading_stripe`. Raises only `Trouble`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import stripe
import structlog

from payments.gateway import reading_stripe
from payments.gateway.reading_stripe import cents
from payments.gateway.seen import Seen, SeenMethod, SeenRefund
from payments.gateway.troubles import Kind, Trouble
from payments.models import Payment, PaymentProcessor, Refund

SECONDS = 10  # an answer that takes longer is looked up later
EXPANDED = ["latest_charge.balance_transaction", "payment_method"]

stripe.enable_telemetry = False
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Intent:
    """A charge that waits for the debtor's details: what Stripe's own element in the browser needs."""

    ref: str
    client_secret: str
    publishable_key: str
    element: str  # where the browser loads Stripe's script from
    state: str


@dataclass(frozen=True)
class Link:
    """A page at Stripe where the debtor pays by himself."""

    ref: str
    url: str


class Stripe:
    """One agency's account at Stripe."""

    def __init__(self, processor: PaymentProcessor) -> None:
        self._processor = processor
        addresses: Any = {"api": processor.api_base_url} if processor.api_base_url else {}
        try:
            self._client = stripe.StripeClient(
                processor.api_key,
                base_addresses=addresses,
                max_network_retries=0,  # our own retries are rows, seen by everybody
                http_client=stripe.RequestsClient(timeout=SECONDS),
            )
        except stripe.StripeError as error:  # an empty key
            raise _trouble(error) from error

    # --- taking ------------------------------------------------------------------------------------------------
    def charge(self, payment: Payment, customer: str, currency: str) -> Seen:
        """Charge the payment's saved method now, without the debtor. A decline is an answer, not a trouble."""
        saved = payment.saved_method
        if saved is None:
            raise ValueError("Only a saved method is charged without the debtor.")
        params = self._intent(payment, customer, currency) | {
            "payment_method": saved.ref,
            "confirm": True,
            "off_session": True,
        }
        return self._create(payment, params)

    def prepare(self, payment: Payment, customer: str, currency: str) -> Seen:
        """A charge that waits for the debtor's card or bank details."""
        params = self._intent(payment, customer, currency)
        if payment.metadata.get("save"):
            params["setup_future_usage"] = "off_session"
        return self._create(payment, params)

    def _intent(self, payment: Payment, customer: str, currency: str) -> dict[str, Any]:
        return {
            "amount": cents(payment.amount),
            "currency": currency.lower(),
            "customer": customer,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "metadata": {"payment": str(payment.pk), "account": str(payment.account_id)},
            "expand": EXPANDED,
        }

    def _create(self, payment: Payment, params: Any) -> Seen:
        with _mapped():
            try:
                intent = self._client.v1.payment_intents.create(params, {"idempotency_key": payment.idempotency_key})
            except stripe.CardError as error:
                declined = reading_stripe.declined(error)
                if declined is None:
                    raise
                return declined
        return reading_stripe.intent(intent.to_dict())

    def customer(self, debtor_id: str, name: str) -> str:
        """The reference of a new customer; asked again with the same debtor it is the same one for a day."""
        with _mapped():
            made = self._client.v1.customers.create(
                {"name": name, "metadata": {"debtor": debtor_id}},
                {"idempotency_key": f"customer-{self._processor.pk}-{debtor_id}"},
            )
        return made.id

    def intent(self, ref: str) -> Intent:
        """What the browser needs to ask for the details of a charge that waits for them."""
        with _mapped():
            found = self._client.v1.payment_intents.retrieve(ref)
        element = self._processor.api_base_url or "https://js.stripe.com"
        return Intent(
            found.id,
            str(found.client_secret),
            self._processor.publishable_key,
            f"{element.rstrip('/')}/v3/",
            str(found.status),
        )

    def link(self, payment: Payment, *, description: str, currency: str, back: str, until: datetime) -> Link:
        """A page at Stripe where the debtor himself pays; `back` is where he is sent afterwards."""
        metadata = {"payment": str(payment.pk), "account": str(payment.account_id)}
        params: Any = {
            "mode": "payment",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": currency.lower(),
                        "unit_amount": cents(payment.amount),
                        "product_data": {"name": description},
                    },
                }
            ],
            "metadata": metadata,
            "payment_intent_data": {"metadata": metadata},
            "success_url": back,
            "expires_at": int(until.timestamp()),
        }
        with _mapped():
            session = self._client.v1.checkout.sessions.create(params, {"idempotency_key": payment.idempotency_key})
        return Link(session.id, str(session.url))

    def charge_of(self, link: str) -> str:
        """The reference of the charge that a link has led to; empty while nobody has begun to pay."""
        with _mapped():
            return _ref(self._client.v1.checkout.sessions.retrieve(link).payment_intent)

    def close(self, link: str) -> str:
        """Let nobody pay by this link any more; gives the reference of its charge, as `charge_of`."""
        with _mapped():
            return _ref(self._client.v1.checkout.sessions.expire(link).payment_intent)

    def cancel(self, ref: str) -> Seen:
        """Let a charge that nobody completes be charged no more."""
        with _mapped():
            return reading_stripe.intent(self._client.v1.payment_intents.cancel(ref).to_dict())

    # --- giving back -------------------------------------------------------------------------------------------
    def refund(self, refund: Refund) -> SeenRefund:
        """Give back part or all of a payment."""
        params: Any = {
            "payment_intent": refund.payment.processor_ref,
            "amount": cents(refund.amount),
            "metadata": {"refund": str(refund.pk)},
        }
        with _mapped():
            made = self._client.v1.refunds.create(params, {"idempotency_key": refund.idempotency_key})
        return reading_stripe.refund(made.to_dict())

    # --- finding out -------------------------------------------------------------------------------------------
    def look_up(self, ref: str) -> Seen:
        """Everything about a charge: where it stands, what was refunded, what the bank took back."""
        with _mapped():
            found = self._client.v1.payment_intents.retrieve(ref, {"expand": EXPANDED}).to_dict()
            charge = found.get("latest_charge") or {}
            refunds, disputes = [], []
            if charge:
                page: Any = self._client.v1.refunds.list({"payment_intent": ref, "limit": 100})
                refunds = [one.to_dict() for one in page.auto_paging_iter()]
                page = self._client.v1.disputes.list({"payment_intent": ref, "limit": 100})
                disputes = [one.to_dict() for one in page.auto_paging_iter()]
        return reading_stripe.intent(found, refunds, disputes)

    def find(self, payment: Payment, customer: str) -> str:
        """The reference of a payment whose answer never came; empty when Stripe does not know it.

        By a list, which shows at once what was made; a search lags behind.
        """
        since = int((payment.created_at - timedelta(minutes=10)).timestamp())
        params: Any = {"created": {"gte": since}, "limit": 100}
        if customer:
            params["customer"] = customer
        with _mapped():
            for one in self._client.v1.payment_intents.list(params).auto_paging_iter():
                if one.to_dict().get("metadata", {}).get("payment") == str(payment.pk):
                    return one.id
        return ""

    def method(self, ref: str) -> SeenMethod | None:
        """A saved card or bank account."""
        with _mapped():
            return reading_stripe.method(self._client.v1.payment_methods.retrieve(ref).to_dict())

    def forget(self, ref: str) -> None:
        """Charge it no more."""
        with _mapped():
            self._client.v1.payment_methods.detach(ref)

    def movements(self, since: datetime, until: datetime) -> Iterator[tuple[str, str, Decimal]]:
        """(type, source, signed amount) of every balance transaction made in that time."""
        params: Any = {"created": {"gte": int(since.timestamp()), "lt": int(until.timestamp())}, "limit": 100}
        with _mapped():
            for one in self._client.v1.balance_transactions.list(params).auto_paging_iter():
                found = one.to_dict()
                yield str(found["type"]), str(found.get("source") or ""), Decimal(found["amount"]) / 100

    def check(self) -> str:
        """The account's id, to see that the key is good."""
        with _mapped():
            return str(self._client.v1.accounts.retrieve_current().id)


def _ref(found: Any) -> str:
    return str(getattr(found, "id", found) or "")


# --- troubles -------------------------------------------------------------------------------------------------


@contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except stripe.StripeError as error:
        log.warning("stripe_trouble", type=type(error).__name__, code=error.code, request_id=error.request_id)
        raise _trouble(error) from error


def _trouble(error: stripe.StripeError) -> Trouble:
    code = error.code or (error.error and error.error.code) or ""
    if isinstance(error, stripe.CardError):
        kind = Kind.ACTION if code == "authentication_required" else Kind.DECLINED
        return Trouble(kind, error.user_message or "The card was declined.", code=_reason(error) or code)
    if isinstance(error, (stripe.AuthenticationError, stripe.PermissionError)):
        return Trouble(Kind.MISCONFIGURED, "Stripe refuses the agency’s key.", code=code or "key_refused")
    if isinstance(error, stripe.RateLimitError) or code in ("idempotency_key_in_use", "lock_timeout"):
        return Trouble(Kind.TRANSIENT, "Stripe asks to come back later.", code=code or "rate_limit")
    if isinstance(error, (stripe.InvalidRequestError, stripe.IdempotencyError)):
        return Trouble(Kind.REFUSED, error.user_message or "Stripe refused the request.", code=code or "refused")
    # No connection, no answer in time, 5xx, or nonsense: it may or may not have been done.
    return Trouble(Kind.TRANSIENT, "Stripe did not answer.", code=code or "no_answer", silent=True)


def _reason(error: stripe.CardError) -> str:
    return (error.error and error.error.decline_code) or ""
