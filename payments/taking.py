"""How is a payment taken? One row for one act, whatever is clicked twice; the worker then does the charging."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q, Sum
from django.utils import timezone

from core import accounts, calendar, clock, jobs, tenancy, timeline
from core.models import Account, Activity
from core.models.holds import Hold
from core.refusals import FieldRefused
from core.words import money
from payments import completing, linking, processors
from payments.models import Instalment, Payment, PaymentPlan, PaymentProcessor, SavedMethod

if TYPE_CHECKING:
    from core.models import User

CHARGE = "payments.charging.charge"
BY_HAND = ("check", "cash", "bank_transfer")
ONLINE = ("card", "bank_transfer")
OLDEST = timedelta(days=90)
# A claim under one of these is not collected (11 USC 362(a)(6); 15 USC 1692g(b); 1681m(f)); cease and attorney holds
# forbid contacting the debtor, not taking what he pays.
FORBIDDING = ("bankruptcy", "dispute", "fraud", "recall", "deceased")
Status, Waits = Payment.Status, Payment.WaitsFor


class PaymentRefused(FieldRefused):
    """No payment was made."""


@dataclass(frozen=True)
class Order:
    """What is to be taken. `key` comes with the form: the same key is the same payment.

    `how` is `by_hand` (it came already), `saved` (charge the saved method), `details` (the debtor tells his card to
    whoever has the page open) or `link` (he pays at the address we send him).
    """

    amount: Decimal
    method: str
    key: str
    how: str = "by_hand"
    saved_method: UUID | None = None
    save: str = ""  # the words of the debtor's consent to be charged again, when he gave it
    received_on: date | None = None
    reference: str = ""
    instalment: Instalment | None = None
    mail: UUID | None = None  # the debtor's address to which the link is sent
    back: str = ""  # where the debtor is led after he has paid by the link


def take(account_id: UUID, order: Order, *, by: "User | None") -> Payment:
    """One payment: recorded at once when it came by hand, else pending until the processor has told.

    The same key gives the same payment. Raises PaymentRefused.
    """
    with tenancy.transaction():
        account = accounts.locked(account_id)
        if known := Payment.objects.filter(idempotency_key=order.key).first():
            return _the_same(known, account, order)
        _check(account, order)
        payment = Payment.objects.create(
            account=account,
            processor=_processor(order),
            amount=order.amount,
            method=order.method,
            idempotency_key=order.key,
            saved_method=_saved(account, order),
            instalment=order.instalment,
            waits_for=Waits.NOTHING if order.how == "by_hand" else Waits.WORKER,
            received_on=order.received_on if order.how == "by_hand" else None,
            metadata=_facts(order),
            taken_by=by,
            next_attempt_at=None if order.how == "by_hand" else timezone.now() + timedelta(minutes=1),
            created_at=clock.now(),  # within the lock, so that what began before a plan is before it
        )
        if order.how == "by_hand":
            return completing.complete(payment.pk, by=by)
        told = {"payment": str(payment.pk), "what": "begun", "amount": str(payment.amount), "method": payment.method}
        timeline.record(account, Activity.Kind.PAYMENT, by=by, body=_begun(order), data=told)
        jobs.enqueue(CHARGE, str(payment.pk))
    return payment


def reserved(account_id: UUID) -> Decimal:
    """What payments that are still undecided will take of the balance."""
    undecided = Payment.objects.filter(account=account_id, status__in=[Status.PENDING, Status.UNKNOWN])
    return undecided.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def _the_same(known: Payment, account: Account, order: Order) -> Payment:
    # With which means the debtor paid by himself is known only afterwards.
    method = known.method if order.how in ("details", "link") else order.method
    if (known.account_id, known.amount, known.method) != (account.pk, order.amount, method):
        raise PaymentRefused("", "This form was sent before with other facts. Open it again; nothing more was charged.")
    return known


def _check(account: Account, order: Order) -> None:
    if not order.key or len(order.key) > 100:
        raise PaymentRefused("", "This form is out of date. Open it again; nothing was charged.")
    if order.amount <= 0 or order.amount != round(order.amount, 2):
        raise PaymentRefused("amount", "Enter an amount of more than zero with at most two decimals.")
    # What came by hand has come, whatever else is on its way.
    pending = Decimal(0) if order.how == "by_hand" else reserved(account.pk)
    if order.amount > account.current_balance - pending:
        left = max(account.current_balance - pending, Decimal(0))
        because = f" {money(pending)} of {money(account.current_balance)} is pending already." if pending else ""
        raise PaymentRefused("amount", f"Enter at most {money(left)}.{because}")
    if order.how == "by_hand":
        _check_by_hand(order)
    elif why := refusal(account):
        raise PaymentRefused("", why)
    if order.mail:
        _check_mail(account, order.mail)


def _check_by_hand(order: Order) -> None:
    if order.method not in BY_HAND:
        raise PaymentRefused("method", "A card is charged by the processor; it cannot be recorded by hand.")
    today = calendar.today()
    if order.received_on is None or not today - OLDEST <= order.received_on <= today:
        raise PaymentRefused("received_on", "Enter the day on which it came: today or within the last 90 days.")


def _check_mail(account: Account, chosen: UUID) -> None:
    address = next((one for one in linking.addresses(account) if one.pk == chosen), None)
    if address is None:
        raise PaymentRefused("mail", "Choose an e-mail address of the debtor that may be used.")
    if refusal := linking.forbidden(account, address):
        raise PaymentRefused("mail", f"No e-mail may be sent now. {refusal}")


def no_longer(payment: Payment, account: Account) -> str:
    """Why the saved method is not charged any more by a payment that waits to be sent; empty when it is.

    A hold may have been placed, the account closed or the plan ended meanwhile. What the debtor pays by himself is his.
    """
    if payment.metadata.get("how") != "saved":
        return ""
    if payment.instalment and payment.instalment.plan.status != PaymentPlan.Status.ACTIVE:
        return "The plan ended before it was charged."
    return refusal(account)


def refusal(account: Account) -> str:
    """Why nothing may be charged on the account; empty when something may."""
    if not account.is_open:
        return f"The account is {account.get_status_display().lower()}; nothing is charged on it."
    hold = forbidding(account)
    return f"Nothing may be charged while this hold stands: {hold.get_kind_display()}." if hold else ""


def forbidding(account: Account) -> Hold | None:
    """The hold under which nothing may be charged on the account; None when there is none."""
    concerned = Q(account=account.pk) | Q(debtor=account.debtor_id)
    return Hold.objects.filter(concerned, kind__in=FORBIDDING, lifted_at=None).first()


def _processor(order: Order) -> PaymentProcessor:
    if order.how == "by_hand":
        return processors.by_hand()
    processor = processors.online()
    if processor is None:
        raise PaymentRefused("method", "No processor for cards and bank accounts is set up. Record it by hand.")
    if order.method not in ONLINE:
        raise PaymentRefused("method", "Checks and cash are recorded by hand.")
    return processor


def _saved(account: Account, order: Order) -> SavedMethod | None:
    if order.how != "saved":
        return None
    if order.saved_method is None:
        raise PaymentRefused("saved_method", "Choose a saved card or bank account.")
    saved = SavedMethod.objects.filter(pk=order.saved_method, debtor=account.debtor_id, is_active=True).first()
    if saved is None or saved.kind != order.method:
        raise PaymentRefused("saved_method", "Choose a saved card or bank account of this debtor.")
    return saved


def _facts(order: Order) -> dict[str, str]:
    facts = {"how": order.how, "save": order.save, "reference": order.reference.strip()[:100]}
    if order.how == "link":
        facts |= {"mail": str(order.mail or ""), "back": order.back}
    return {name: value for name, value in facts.items() if value}


def _begun(order: Order) -> str:
    how = {
        "saved": "to be charged",
        "details": "to be charged to a new card or bank account",
        "link": "to be paid by link",
    }[order.how]
    return f"{money(order.amount)} {how}"
