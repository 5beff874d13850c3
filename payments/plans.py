"""How is a plan agreed, replaced, or cancelled?"""

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from core import accounts, clock, meanwhile, moves, tenancy
from core.account_states import MoveRefused, Status
from core.models import Account, Agency
from core.refusals import ChangedMeanwhile
from core.words import count, money
from payments import completing, copies, filling, settling
from payments.drafting import STEPS, Draft, PlanRefused, Terms, draft
from payments.models import Instalment, Payment, PaymentPlan, SettlementOffer
from payments.schedule import NoSchedule, rows

if TYPE_CHECKING:
    from core.models import User

SAME_ACT = timedelta(minutes=2)


def agree(
    account_id: UUID,
    terms: Terms,
    *,
    by: "User",
    shown: str | None = None,
    replaces: str = "",
    copy_to: UUID | None = None,
) -> PaymentPlan:
    """Make a plan with its rows and move the account; one that stands (`replaces`, its id) is replaced.

    `shown` is the version of the authorization that was read to the debtor; None: it was not asked for by a page.
    `copy_to` is the debtor's address to which a copy is sent.
    Raises PlanRefused, and ChangedMeanwhile when another plan stands than the user saw.
    """
    with tenancy.transaction():
        account = Account.objects.locked().select_related("debtor", "creditor").get(pk=account_id)
        standing = active(account_id)
        if standing and str(standing.pk) != replaces and _is_the_same_act(standing, terms, by):
            return standing
        if (str(standing.pk) if standing else "") != replaces:
            raise ChangedMeanwhile(_who_was_faster(standing, by))
        made = draft(account, terms)
        if shown is not None and shown != made.version:
            raise PlanRefused("shown", "Read the authorization to the debtor as it is now, then agree.")
        address, refusal = copies.address_of(account, copy_to) if copy_to else (None, "")
        if refusal:
            raise PlanRefused("mail", refusal)
        if standing:
            stop(standing, PaymentPlan.Status.CANCELLED, "Replaced by a new plan", keep=made.offer)
        plan = _store(account, terms, made, by, copy_due=address is not None)
        _settle_offers(plan, made.offer, by)
        _move(account, plan, made, by)
        if address:
            copies.order(plan, address)
    return plan


def active(account_id: UUID) -> PaymentPlan | None:
    """The plan that stands."""
    return PaymentPlan.objects.filter(account=account_id, status=PaymentPlan.Status.ACTIVE).first()


def cancel(plan_id: UUID, reason: str, *, by: "User | None") -> PaymentPlan:
    """End a plan that stands; the account is negotiated again. Raises PlanRefused and ChangedMeanwhile."""
    with tenancy.transaction():
        account_id = PaymentPlan.objects.values_list("account_id", flat=True).get(pk=plan_id)
        account = accounts.locked(account_id)
        plan = PaymentPlan.objects.locked().get(pk=plan_id)
        if plan.status != PaymentPlan.Status.ACTIVE:
            raise ChangedMeanwhile(f"The plan is {plan.get_status_display().lower()} already: {plan.ended_because}")
        if not reason.strip():
            raise PlanRefused("reason", "Enter why the plan is cancelled.")
        stop(plan, PaymentPlan.Status.CANCELLED, reason.strip())
        leave(account, plan, f"The plan is cancelled: {reason.strip()}", "cancelled", by)
    return plan


def leave(account: Account, plan: PaymentPlan, body: str, what: str, by: "User | None") -> None:
    """Tell that the plan ended, and move the account out of it."""
    if account.status == Status.PAYMENT_PLAN:
        moves.move(account.pk, "break_plan", by=by, note=body)
    else:
        filling.tell(plan, what, body, by=by)


def stop(plan: PaymentPlan, status: str, because: str, *, keep: SettlementOffer | None = None) -> None:
    """End it, take back what was put aside for the worker, and the settlement that hung on it (unless it is kept)."""
    filling.end(plan, status, because)
    call_off(plan)
    if keep is None or keep.plan_id != plan.pk:
        settling.broken_with(plan)


def call_off(plan: PaymentPlan) -> None:
    """What was put aside for the worker is not charged any more. What was sent, and not answered, is found out."""
    waiting = Payment.objects.filter(instalment__plan=plan, status="pending", waits_for__in=["worker", "retry"])
    for payment in waiting.filter(attempts=0):
        completing.fail(payment.pk, "plan_ended", "The plan ended before it was charged.")


def _is_the_same_act(plan: PaymentPlan, terms: Terms, by: "User") -> bool:
    """A form that was sent twice: the same user, the same terms, a moment ago."""
    if plan.made_by_id != by.pk or clock.now() - plan.created_at > SAME_ACT:
        return False
    try:
        made = rows(plan.total, terms.frequency, terms.first_due, amount=terms.amount, number=terms.number)
    except NoSchedule:
        return False
    stored = list(plan.instalments.order_by("number").values_list("number", "due_date", "amount"))
    return plan.saved_method_id == terms.saved_method and stored == [(row.number, row.due, row.amount) for row in made]


def _who_was_faster(standing: PaymentPlan | None, by: "User") -> str:
    if standing is None:
        return "The plan that you saw does not stand any more. Look at the account, then agree anew."
    who = "You" if standing.made_by_id == by.pk else str(standing.made_by or "DebtFlow")
    return f"{who} agreed a plan of {money(standing.total)} {meanwhile.how_long_ago(standing.created_at)}."


def _store(account: Account, terms: Terms, made: Draft, by: "User", *, copy_due: bool) -> PaymentPlan:
    limits = Agency.objects.get(pk=tenancy.current_agency_id()).choices
    plan = PaymentPlan.objects.create(
        account=account,
        total=made.total,
        frequency=terms.frequency,
        first_due=terms.first_due,
        saved_method=made.method,
        grace_days=limits.plan_grace_days,
        reminder_days=limits.plan_reminder_days,
        authorization=made.words,
        copy_due=copy_due,
        made_by=by,
        created_at=clock.now(),
    )
    Instalment.objects.bulk_create(
        Instalment(plan=plan, number=row.number, due_date=row.due, amount=row.amount) for row in made.rows
    )
    return plan


def _settle_offers(plan: PaymentPlan, kept: SettlementOffer | None, by: "User") -> None:
    if kept:
        kept.status, kept.plan, kept.accepted_at = "accepted", plan, kept.accepted_at or clock.now()
        kept.save(update_fields=["status", "plan", "accepted_at", "updated_at"])
    for other in SettlementOffer.objects.filter(account=plan.account_id, status__in=settling.STANDING):
        if kept is None or other.pk != kept.pk:
            settling.end(other, SettlementOffer.Status.WITHDRAWN)
            settling.tell(other, "withdrawn", "The settlement offer is withdrawn: another plan was agreed.", by=by)


def _move(account: Account, plan: PaymentPlan, made: Draft, by: "User") -> None:
    how = f", charged to {made.method}" if made.method else ""
    whole = "Settlement" if made.offer else "Plan"
    body = f"{whole} of {money(made.total)}: {count(len(made.rows), 'instalment')}{how}"
    if account.status == Status.PAYMENT_PLAN:
        filling.tell(plan, "replaced", f"New plan. {body}", by=by)
        return
    try:
        for step in STEPS[account.status]:
            moves.move(account.pk, step, by=by)
        moves.move(account.pk, "agree_plan", by=by, note=body, plan=plan)
    except MoveRefused as refusal:
        raise PlanRefused("", str(refusal)) from refusal
