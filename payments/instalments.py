"""What is done on the day of an instalment? It is charged, tried again, waited for, or the plan is broken.

A hold that forbids collecting stops all of it: nothing is charged and no day of grace passes. When it is lifted, what
came due meanwhile is due as many days later as reminders are sent ahead, so that the debtor is told before the charge.
"""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Q

from core import calendar, clock, crossings, tenancy
from core.models import Account
from core.models.holds import Hold
from core.refusals import FieldRefused
from core.words import money
from payments import calling, charging, filling, plans, taking
from payments.models import Instalment, Payment, PaymentPlan, SavedMethod
from payments.taking import FORBIDDING, Order

RETRY_AFTER = timedelta(days=3)
MOST_TRIES = 3
# A bank debit is presented again only when money was missing (NACHA: R01 and R09, at most twice), or it never left us.
BANK_MAY_RETRY = frozenset({"insufficient_funds", "r01", "r09", charging.NOT_ALLOWED})
# The issuer said that this card never works again.
CARD_IS_DEAD = frozenset({
    "lost_card", "stolen_card", "pickup_card", "expired_card", "incorrect_number", "invalid_account",
    "revocation_of_authorization", "revocation_of_all_authorizations", "stop_payment_order",
})  # fmt: skip
BROKEN = "Broken plan"


def run() -> None:
    """Every agency's instalments that are due (a recurring job)."""
    for agency_id in crossings.active_agencies():
        with tenancy.working_for(agency_id):
            run_for_agency()


def run_for_agency() -> int:
    """The same for the current agency; gives how many plans were looked at."""
    with tenancy.transaction():
        # Somewhere it is tomorrow already; who lives there is decided for each plan.
        latest = clock.now().date() + timedelta(days=1)
        due = PaymentPlan.objects.filter(
            status="active", instalments__status__in=filling.OPEN_ROWS, instalments__due_date__lte=latest
        )
        found = list(due.order_by("pk").distinct().values_list("pk", "account_id"))
    for pk, account_id in found:
        with tenancy.transaction():
            look_after(pk, account_id)
    return len(found)


def look_after(plan_id: UUID, account_id: UUID) -> None:
    """Do what today asks for of one plan. The oldest open row comes first; the others wait for it."""
    account = Account.objects.locked().select_related("debtor").get(pk=account_id)
    filling.follow(account_id)
    plan = PaymentPlan.objects.locked().select_related("saved_method").get(pk=plan_id)
    row = plan.instalments.filter(status__in=filling.OPEN_ROWS).order_by("due_date", "number").first()
    if plan.status != "active" or row is None or taking.forbidding(account):
        return
    row.plan = plan
    today, due = debtors_today(account), due_day(row, account)
    payments = list(row.payments.order_by("created_at", "id"))
    if today < due or any(payment.is_undecided for payment in payments):
        return
    if today > due + timedelta(days=plan.grace_days):
        _break(account, plan, row)
    elif plan.saved_method and _may_charge(plan.saved_method, payments, plan, account, today):
        _charge(account, plan.saved_method, row, attempt=len(payments) + 1)
    elif payments or today > due:
        _miss(account, row, calling.DECLINED if payments else calling.LATE)


def debtors_today(account: Account) -> date:
    """The day it is where the debtor is; of several places the one where it is earliest. Unknown: the agency's."""
    return earliest_day(account.debtor.time_zones, calendar.zone())


def earliest_day(zones: list[str], otherwise: ZoneInfo) -> date:
    """The earliest local date of these zones now."""
    now, found = clock.now(), []
    for name in zones:
        try:
            found.append(now.astimezone(ZoneInfo(name)).date())
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return min(found, default=now.astimezone(otherwise).date())


def due_day(row: Instalment, account: Account) -> date:
    """When it is due: its day, or later when a hold stood on it."""
    mine = Q(account=account.pk) | Q(debtor=account.debtor_id)
    held = Hold.objects.filter(mine, kind__in=FORBIDDING, lifted_at__date__gte=row.due_date).order_by("-lifted_at")
    last = held.values_list("lifted_at", flat=True).first()
    if last is None:
        return row.due_date
    return max(row.due_date, last.astimezone(calendar.zone()).date() + timedelta(days=row.plan.reminder_days))


def _may_charge(method: SavedMethod, payments: list[Payment], plan: PaymentPlan, account: Account, today: date) -> bool:
    """Not more than three tries, three days apart, never two charges of a plan on one day."""
    if not method.is_active or (method.expires and method.expires < today) or len(payments) >= MOST_TRIES:
        return False
    zone = calendar.zone()
    others = Payment.objects.filter(instalment__plan=plan).order_by("-updated_at").values_list("updated_at", flat=True)
    last = others.first()
    if last and last.astimezone(zone).date() >= today:
        return False
    if not payments:
        return True
    failed = payments[-1]
    if failed.status != Payment.Status.FAILED or failed.updated_at.astimezone(zone).date() + RETRY_AFTER > today:
        return False
    code = failed.failure_code.lower()
    return code in BANK_MAY_RETRY if method.kind == SavedMethod.Kind.BANK_TRANSFER else code not in CARD_IS_DEAD


def _charge(account: Account, method: SavedMethod, row: Instalment, *, attempt: int) -> None:
    left = max(account.current_balance - taking.reserved(account.pk), Decimal(0))
    amount = min(row.amount - row.paid, left)
    if not amount:
        return
    key = f"instalment-{row.pk}-{attempt}"
    order = Order(amount, method.kind, key, how="saved", saved_method=method.pk, instalment=row)
    try:
        taking.take(account.pk, order, by=None)
    except FieldRefused as refusal:
        _miss(account, row, calling.LATE, f"It was not charged: {refusal}")


def _miss(account: Account, row: Instalment, action: str, why: str = "") -> None:
    """Its collector is called once, while there are days of grace; what he then plans stays planned."""
    if row.missed_at:
        return
    row.missed_at = clock.now()
    row.save(update_fields=["missed_at"])
    short = f"{money(row.amount - row.paid)} of the instalment due {row.due_date:%B} {row.due_date.day}"
    filling.tell(row.plan, "missed", f"{short} has not come. {why}".strip())
    calling.call_for(account, action)


def _break(account: Account, plan: PaymentPlan, row: Instalment) -> None:
    short = row.amount - row.paid
    because = f"{money(short)} of the instalment due {row.due_date:%B %-d} did not come"
    Instalment.objects.filter(pk=row.pk).update(status=Instalment.Status.BROKEN)
    plans.stop(plan, PaymentPlan.Status.BROKEN, because)
    plans.leave(account, plan, f"The plan is broken: {because}.", "broken", None)
    account.refresh_from_db()
    calling.call_for(account, BROKEN)
