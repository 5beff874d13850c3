"""What came by card and bank debit today? Through the product's own verbs and the Stripe stand-in, as on any day.

One card that also pays a plan, one that is declined, a bank debit on its way, a refund, a dispute, a link that waits:
so every page of the payments has something to show. All of it happens now, because the stand-in's ledger does.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from django.db.models import Exists, OuterRef

from core import calendar
from core.models import Account, Hold, User
from debtflow.demo import local_stripe
from debtflow.demo.local_stripe import server
from debtflow.demo.local_stripe.control import Control
from payments import charging, consent, events, plans, refunding, taking, webhooks
from payments.drafting import Terms
from payments.models import Customer, Payment, PaymentPlan, PaymentProcessor, SavedMethod
from payments.taking import Order

VISA, DECLINED, DISPUTED, BANK = (
    "pm_card_visa", "pm_card_chargeCustomerFail", "pm_card_createDispute", "pm_usBankAccount_success",
)  # fmt: skip
LEAST = Decimal(200)  # of an account that one of these is told of
PATIENCE = 10  # seconds


def play(processor: PaymentProcessor, admin: User) -> None:
    """Tell it on the first accounts that fit; with a handful of accounts not all of it fits."""
    with _stand_in():
        accounts = iter(_fitting())
        for tell in (_card_and_plan, _decline, _debit, _dispute, _refund, _link):
            if account := next(accounts, None):
                tell(processor, account, admin)
        _hear(processor)


@contextmanager
def _stand_in() -> Iterator[None]:
    """The stand-in at its place, for as long as it is needed; afterwards `make run` starts it there."""
    with server.running(local_stripe.root(), local_stripe.port()):
        yield


def _fitting() -> list[Account]:
    held = Hold.objects.filter(account=OuterRef("pk"), lifted_at=None)
    planned = PaymentPlan.objects.filter(account=OuterRef("pk"), status="active")
    worked = Account.objects.filter(status__in=["in_contact", "negotiating"], current_balance__gte=LEAST)
    fitting = worked.filter(~Exists(held), ~Exists(planned), settlement_offers=None, assigned_to__isnull=False)
    return list(fitting.select_related("debtor", "assigned_to__user").order_by("external_ref")[:6])


# --- what happens ------------------------------------------------------------------------------------------------


def _card_and_plan(processor: PaymentProcessor, account: Account, admin: User) -> None:
    kept = _keep(processor, account, VISA)
    _charge(account, kept, 8)
    terms = Terms("monthly", calendar.today() + timedelta(days=10), number=4, saved_method=kept.pk)
    plans.agree(account.pk, terms, by=_collector(account))


def _decline(processor: PaymentProcessor, account: Account, admin: User) -> None:
    _charge(account, _keep(processor, account, DECLINED), 5)


def _debit(processor: PaymentProcessor, account: Account, admin: User) -> None:
    _charge(account, _keep(processor, account, BANK), 4)


def _dispute(processor: PaymentProcessor, account: Account, admin: User) -> None:
    _charge(account, _keep(processor, account, DISPUTED), 6)


def _refund(processor: PaymentProcessor, account: Account, admin: User) -> None:
    taken = _charge(account, _keep(processor, account, VISA), 3)
    part = (taken.amount / 4).quantize(Decimal("0.01"))
    made = refunding.refund(taken.pk, part, "She had paid a part at the counter", key="demo-refund", by=admin)
    refunding.send(str(made.pk))


def _link(processor: PaymentProcessor, account: Account, admin: User) -> None:
    order = Order(_part(account, 10), "card", f"demo-link-{account.external_ref}", how="link")
    charging.charge(str(taking.take(account.pk, order, by=_collector(account)).pk))


def _charge(account: Account, kept: SavedMethod, part: int) -> Payment:
    """A part of the balance, sent as the worker would."""
    key = f"demo-{kept.kind}-{account.external_ref}"
    order = Order(_part(account, part), kept.kind, key, how="saved", saved_method=kept.pk)
    payment = taking.take(account.pk, order, by=_collector(account))
    charging.charge(str(payment.pk))
    payment.refresh_from_db()
    return payment


def _part(account: Account, of: int) -> Decimal:
    return (account.current_balance / of).quantize(Decimal(1), ROUND_DOWN).quantize(Decimal("0.01"))


def _collector(account: Account) -> User:
    desk: Any = account.assigned_to
    user: User = desk.user
    return user


def _hear(processor: PaymentProcessor) -> None:
    """Every event of it is received, and worked off."""
    for told in Control(processor.api_base_url, processor.api_key).take_webhooks():
        received = webhooks.receive(told.payload.encode(), told.signature, processor.pk)
        if received.event:
            events.process(str(received.event))


# --- what the debtor does in his browser -------------------------------------------------------------------------


def _keep(processor: PaymentProcessor, account: Account, token: str) -> SavedMethod:
    """The debtor's card or bank account, which he lets be charged again."""
    customer = _ask(processor, "customers", name=account.debtor.full_name)["id"]
    Customer.objects.create(processor=processor, debtor=account.debtor, ref=customer)
    agreed = _ask(processor, "setup_intents", **{
        "customer": customer, "payment_method": token, "confirm": "true", "usage": "off_session",
        "automatic_payment_methods[enabled]": "true", "automatic_payment_methods[allow_redirects]": "never",
        "mandate_data[customer_acceptance][type]": "offline",
    })  # fmt: skip
    method = _ask(processor, f"payment_methods/{agreed['payment_method']}")
    facts = method[method["type"]]
    return SavedMethod.objects.create(
        processor=processor,
        debtor=account.debtor,
        ref=method["id"],
        kind="card" if method["type"] == "card" else "bank_transfer",
        brand=str(facts.get("brand") or facts.get("bank_name") or "").title(),
        last4=facts["last4"],
        consent=consent.words(),
        saved_by=_collector(account),
    )


def _ask(processor: PaymentProcessor, path: str, **said: str) -> dict[str, Any]:
    """One request to the stand-in: told something it is a POST."""
    headers = {"Authorization": f"Bearer {processor.api_key}"}
    body = urlencode(said).encode() if said else None
    request = Request(f"{processor.api_base_url}/v1/{path}", body, headers)  # noqa: S310  (the stand-in's own address)
    with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
        found: dict[str, Any] = json.load(answer)
    return found
