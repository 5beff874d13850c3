"""How does the debtor get a copy of what he agreed to (Regulation E, 12 CFR 1005.10(b))? By e-mail, as chosen with the
plan; otherwise it is printed.

The rules on contacts are asked when the plan is agreed and again when it is sent; the message says who writes
(15 USC 1692e(11)) and how to end such e-mails (12 CFR 1006.6(e)).
"""

from smtplib import SMTPException
from uuid import UUID

from django.core.mail import send_mail

from core import jobs, tenancy
from core.models import Account, Agency, ContactPoint
from payments import filling, linking
from payments.models import PaymentPlan

SEND = "payments.copies.send"
WRITTEN = """Dear {debtor},

this is a copy of what you agreed to on {day} (reference {ref}):

{words}

{agency}
This communication is from a debt collector.
To receive no more e-mails about this, answer with the word STOP.
"""


def address_of(account: Account, chosen: UUID) -> tuple[ContactPoint | None, str]:
    """The debtor's address of that id, and why nothing may be sent there now; empty when it may."""
    address = next((one for one in linking.addresses(account) if one.pk == chosen), None)
    if address is None:
        return None, "Choose an e-mail address of the debtor that may be used."
    refusal = linking.forbidden(account, address)
    return address, f"No e-mail may be sent now. {refusal}" if refusal else ""


def order(plan: PaymentPlan, address: ContactPoint) -> None:
    """Have it sent, once the plan is agreed."""
    jobs.enqueue(SEND, str(plan.pk), str(address.pk))


def send(plan_id: str, address_id: str) -> None:
    """The job: send it once, and tell the timeline what came of it."""
    if (claimed := _claim(plan_id, address_id)) is None:
        return
    plan, address, trouble = claimed
    trouble = trouble or _mailed(plan, address)
    with tenancy.transaction():
        if trouble:
            body = f"The copy for the debtor was not sent to {address.value}: {trouble} Print it for him."
            filling.tell(plan, "copy_unsent", body)
        else:
            filling.tell(plan, "copy_sent", f"A copy of what was agreed is sent to {address.value}.")


def _claim(plan_id: str, address_id: str) -> tuple[PaymentPlan, ContactPoint, str] | None:
    """Whoever takes the mark off the plan is the one who sends: never twice, however often the job runs."""
    with tenancy.transaction():
        plan = PaymentPlan.objects.locked().get(pk=plan_id)
        if not plan.copy_due:
            return None
        plan.copy_due = False
        plan.save(update_fields=["copy_due", "updated_at"])
        plan.account = Account.objects.select_related("debtor").get(pk=plan.account_id)
        address = ContactPoint.objects.get(pk=address_id)
        return plan, address, linking.forbidden(plan.account, address)


def _mailed(plan: PaymentPlan, address: ContactPoint) -> str:
    agency = Agency.objects.get(pk=tenancy.current_agency_id())
    agreed = plan.created_at.astimezone(agency.zone)
    body = WRITTEN.format(
        debtor=plan.account.debtor.full_name, day=f"{agreed:%B} {agreed.day}, {agreed.year}",
        ref=plan.account.external_ref, words=plan.authorization, agency=agency.name,
    )  # fmt: skip
    try:
        send_mail(f"A message from {agency.name}", body, None, [address.value])
    except (SMTPException, OSError):
        return "The mail server did not take it."
    return ""
