"""How much of each instalment has come? Worked out from all that was paid since the plan began.

So it does not matter in which order payments, refunds and chargebacks are told. The oldest row is filled first; what is
taken back empties the newest filled one.
"""

from decimal import Decimal
from uuid import UUID

from core import clock, timeline
from core.models import Account, Activity
from core.words import money
from payments import calling, received
from payments.models import Instalment, PaymentPlan

Status, Row = PaymentPlan.Status, Instalment.Status
OPEN_ROWS = (Row.SCHEDULED, Row.PARTIAL)


def follow(account_id: UUID) -> None:
    """Bring the account's plan in line with what came. The caller has locked the account."""
    plan = PaymentPlan.objects.filter(account=account_id).order_by("-created_at", "-id").first()
    if plan is None or plan.status not in (Status.ACTIVE, Status.COMPLETED):
        return
    account = Account.objects.get(pk=account_id)
    rest = _fill(plan, received.since(account_id, plan.created_at, begun=True), account)
    if rest == 0 and plan.status == Status.ACTIVE:
        _complete(plan)
    elif rest and plan.status == Status.COMPLETED and account.is_open:
        plan.status, plan.ended_at, plan.ended_because = Status.ACTIVE, None, ""
        plan.save(update_fields=["status", "ended_at", "ended_because", "updated_at"])
        tell(plan, "resumed", f"The plan goes on: {money(rest)} of it was taken back.")
    elif rest and plan.status == Status.ACTIVE and not account.is_open:
        end(plan, Status.CANCELLED, f"The account is {account.get_status_display().lower()}")


def end(plan: PaymentPlan, status: str, because: str) -> None:
    """End a plan; what is still open of it is not due any more. Tells nothing and moves nothing."""
    plan.status, plan.ended_at, plan.ended_because = status, clock.now(), because[:255]
    plan.save(update_fields=["status", "ended_at", "ended_because", "updated_at"])
    plan.instalments.filter(status__in=OPEN_ROWS).update(status=Row.CANCELLED)


def tell(plan: PaymentPlan, what: str, body: str, *, by: object = None) -> None:
    """One entry of the account's timeline about a plan."""
    data = {"plan": str(plan.pk), "plan_was": what}
    timeline.record(plan.account, Activity.Kind.SYSTEM, by=by, body=body, data=data)  # type: ignore[arg-type]


def _fill(plan: PaymentPlan, came: Decimal, account: Account) -> Decimal:
    """Spread over the rows what came; gives what is still to come. Whose collector was called for one need not call."""
    changed, left = [], came
    rows = list(plan.instalments.order_by("due_date", "number"))
    for row in rows:
        paid = min(row.amount, left)
        left -= paid
        status = Row.PAID if paid == row.amount else Row.PARTIAL if paid else Row.SCHEDULED
        if (paid, status) != (row.paid, row.status):
            row.paid, row.status = paid, status
            changed.append(row)
        if status == Row.PAID and row.missed_at:
            row.missed_at = None
            calling.done(account, calling.LATE, calling.DECLINED)
    Instalment.objects.bulk_update(changed, ["paid", "status", "missed_at"])
    return sum((row.amount - row.paid for row in rows), Decimal(0))


def _complete(plan: PaymentPlan) -> None:
    plan.status, plan.ended_at = Status.COMPLETED, clock.now()
    plan.save(update_fields=["status", "ended_at", "updated_at"])
    tell(plan, "completed", f"The plan is paid: {money(plan.total)} came.")
