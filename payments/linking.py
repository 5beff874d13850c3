"""How does the debtor pay by himself? At an address that is made at the processor, shown, and sent when he wants it.

The law sees an e-mail as a contact: the rules are asked when it is ordered and again when it is sent, it says who
writes (15 USC 1692e(11)), and how to stop such e-mails (12 CFR 1006.6(e)).
"""

from datetime import timedelta
from smtplib import SMTPException
from uuid import UUID

from django.core.mail import EmailMessage
from django.utils import timezone

from core import contacts, jobs, tenancy
from core.models import Account, Agency, ContactPoint
from core.models.contacts import Channel, Direction
from core.words import money
from payments import completing, telling
from payments.gateway.over_stripe import Link, Stripe
from payments.models import Payment

LASTS = timedelta(hours=24)
SEND = "payments.linking.send"
WRITTEN = """Hello,

{agency} has prepared a page on which you can pay {amount}:

{link}

It is open until {until}.

This communication is from a debt collector. To get no more e-mails from us at this address, answer with the word STOP.
"""


def make(stripe: Stripe, payment: Payment) -> Link:
    """The page at the processor; asked again, it is the same page."""
    agency = Agency.objects.get(pk=tenancy.current_agency_id())
    back, until = str(payment.metadata.get("back") or "https://stripe.com/"), payment.created_at + LASTS
    description = f"Payment to {agency.name}"
    return stripe.link(payment, description=description, currency=agency.currency, back=back, until=until)


def made(payment: Payment, link: Link) -> None:
    """The page is there: now it waits for the debtor, who gets it by e-mail when that was chosen."""
    with tenancy.transaction():
        _, fresh = completing.lock(payment.pk)
        if not fresh.is_undecided:
            return
        fresh.metadata |= {"link": link.url, "session": link.ref}
        fresh.status, fresh.waits_for = Payment.Status.PENDING, Payment.WaitsFor.DETAILS
        fresh.next_attempt_at = timezone.now() + timedelta(minutes=10)
        fresh.save()
        if fresh.metadata.get("mail"):
            jobs.enqueue(SEND, str(fresh.pk))


def addresses(account: Account) -> list[ContactPoint]:
    """The debtor's e-mail addresses that may be written to at all."""
    return list(ContactPoint.objects.filter(debtor=account.debtor_id, kind="email", status="active"))


def forbidden(account: Account, address: ContactPoint) -> str:
    """Why no e-mail may be sent to this address now; empty when it may."""
    verdict = contacts.verdict_on(account, Channel.EMAIL, Direction.OUT, address)
    return "" if verdict.allows else verdict.sentence


def send(payment_id: str) -> None:
    """The job: write to the debtor, at most once, and tell the timeline what came of it."""
    if (claimed := _claim(payment_id)) is None:
        return
    payment, address, refusal = claimed
    trouble = refusal or _mailed(payment, address)
    with tenancy.transaction():
        _, payment = completing.lock(payment.pk)
        if trouble:
            telling.tell(payment, "link_unsent", f"Not sent to {address.value}. {trouble}", by=None)
        else:
            telling.tell(payment, "link_sent", f"Sent to {address.value}", by=payment.taken_by)


def _claim(payment_id: str) -> tuple[Payment, ContactPoint, str] | None:
    with tenancy.transaction():
        account, payment = completing.lock(UUID(payment_id))
        chosen = payment.metadata.pop("mail", "")
        if not chosen or not payment.is_undecided:
            return None
        payment.save(update_fields=["metadata", "updated_at"])
        address = ContactPoint.objects.get(pk=chosen)
        return payment, address, forbidden(account, address)


def _mailed(payment: Payment, address: ContactPoint) -> str:
    """Why it could not be sent; empty when it was."""
    agency = Agency.objects.get(pk=tenancy.current_agency_id())
    until = (payment.created_at + LASTS).astimezone(agency.zone)
    facts = {"agency": agency.name, "amount": money(payment.amount), "link": payment.metadata["link"]}
    body = WRITTEN.format(**facts, until=f"{until:%B} {until.day}, {until:%I:%M %p %Z}")
    try:
        EmailMessage(f"A page to pay {agency.name}", body, to=[address.value]).send()
    except (SMTPException, OSError):
        return "The mail server did not take it."
    return ""
