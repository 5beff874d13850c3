"""Who is told that an instalment is near? The debtor, by e-mail, once for each, when the rules allow it.

The message names us as a debt collector (15 USC 1692e(11)) and how to end such e-mails (12 CFR 1006.6(e)); its subject
tells nothing to whoever looks over the debtor's shoulder (15 USC 1692c(b)).
"""

from datetime import timedelta
from uuid import UUID

from django.core.mail import send_mail
from django.db.models import Q
from django.utils import timezone

from core import clock, contacts, crossings, jobs, tenancy
from core.models import Account, Agency, ContactPoint
from core.models.contacts import Channel, Direction
from core.words import money
from payments import filling, taking
from payments.instalments import debtors_today, due_day
from payments.models import Instalment, PaymentPlan

SEND = "payments.reminders.send"
LONGEST_AHEAD = timedelta(days=31)


def run() -> None:
    """Every agency's instalments that are near (a recurring job)."""
    for agency_id in crossings.active_agencies():
        with tenancy.working_for(agency_id):
            run_for_agency()


def run_for_agency() -> int:
    """The same for the current agency; gives how many debtors are told."""
    with tenancy.transaction():
        today = clock.now().date()
        near = Instalment.objects.filter(
            Q(plan__reminder_days__gt=0), plan__status="active", status__in=filling.OPEN_ROWS, reminded_at=None,
            due_date__gte=today - LONGEST_AHEAD, due_date__lte=today + LONGEST_AHEAD,
        )  # fmt: skip
        found = list(near.order_by("due_date", "pk").values_list("pk", "plan__account_id"))
    told = 0
    for pk, account_id in found:
        with tenancy.transaction():
            told += _remind(pk, account_id)
    return told


def _remind(row_id: UUID, account_id: UUID) -> bool:
    account = Account.objects.locked().select_related("debtor").get(pk=account_id)
    row = Instalment.objects.locked().select_related("plan").get(pk=row_id)
    if row.reminded_at or row.status not in filling.OPEN_ROWS or row.plan.status != PaymentPlan.Status.ACTIVE:
        return False
    ahead = due_day(row, account) - debtors_today(account)
    point = address_of(account)
    if not timedelta(0) < ahead <= timedelta(days=row.plan.reminder_days) or point is None:
        return False
    if taking.forbidding(account) or not contacts.verdict_on(account, Channel.EMAIL, Direction.OUT, point).allows:
        return False
    row.reminded_at = timezone.now()
    row.save(update_fields=["reminded_at"])
    body = (
        f"The debtor is reminded by e-mail to {point.value} of {money(row.amount - row.paid)} on {row.due_date:%B %-d}."
    )
    row.plan.account = account
    filling.tell(row.plan, "reminded", body)
    jobs.enqueue(SEND, str(row.pk), str(point.pk))
    return True


def address_of(account: Account) -> ContactPoint | None:
    """The e-mail address of the debtor that may be used."""
    points = ContactPoint.objects.filter(debtor=account.debtor_id, kind="email", status="active")
    return points.order_by("-is_primary", "created_at", "pk").first()


def send(row_id: str, point_id: str) -> None:
    """The job: send the message about one instalment."""
    with tenancy.transaction():
        row = Instalment.objects.select_related("plan__account__debtor", "plan__saved_method").get(pk=row_id)
        point = ContactPoint.objects.get(pk=point_id)
        agency = Agency.objects.get(pk=tenancy.current_agency_id())
    if row.status in filling.OPEN_ROWS and point.status == "active":
        send_mail(f"A message from {agency.name}", message(row, agency), None, [point.value])


def message(row: Instalment, agency: Agency) -> str:
    """The words of the reminder."""
    account, method = row.plan.account, row.plan.saved_method
    amount, day = money(row.amount - row.paid), f"{row.due_date:%B} {row.due_date.day}, {row.due_date.year}"
    how = f"will be charged to your {method}" if method else "is due"
    return (
        f"Dear {account.debtor.full_name},\n\n"
        f"as agreed, your payment of {amount} {how} on {day} (reference {account.external_ref}).\n"
        "To change or stop it, tell us as soon as you can.\n\n"
        f"{agency.name}\n"
        "This communication is from a debt collector.\n"
        "To receive no more e-mails about this, answer with the word STOP.\n"
    )
