"""What follows from what is known of a payment? Its rows, the balance, the commission and the status of the account.

Everything is worked out from cumulative facts: what was taken, given back and taken back in all. So it does not matter
how often, how late or in which order they are told.
"""

from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Sum

from core import accounts, balances, clock, moves, tenancy
from core.account_states import OPEN
from core.models import Account, BalanceEntry
from core.words import money
from payments import filling, settling, telling
from payments.gateway.seen import Seen, SeenChargeback, SeenRefund, State
from payments.models import Chargeback, Commission, Payment, Refund, SavedMethod

if TYPE_CHECKING:
    from core.models import User

CENT = Decimal("0.01")
Status, Waits, Entry = Payment.Status, Payment.WaitsFor, BalanceEntry.Kind
ON_ITS_WAY = timedelta(hours=1)  # then a refund that has not arrived is looked up
WAITING = {State.AT_BANK: Waits.BANK, State.ACTION: Waits.ACTION, State.DETAILS: Waits.DETAILS}


def learn(payment_id: UUID, seen: Seen) -> Payment:
    """Bring a payment in line with what its processor tells of it. Doing it again changes nothing."""
    with tenancy.transaction():
        account, payment = lock(payment_id)
        payment.processor_ref = payment.processor_ref or seen.ref
        payment.metadata |= seen.facts
        if seen.method and payment.metadata.get("how") in ("details", "link"):  # the debtor chose among them himself
            payment.method = seen.method.kind
        payment.looked_up_at = clock.now()
        if seen.state is State.TAKEN:
            _take(account, payment, by=None)
            _keep_method(account, payment, seen)
        elif payment.is_undecided:
            _wait_or_fail(account, payment, seen)
        payment.save()
        for refund in seen.refunds or ():
            _learn_refund(payment, refund)
        _give_back(account, payment, by=None)
        for chargeback in seen.chargebacks or ():
            _learn_chargeback(account, payment, chargeback)
        _take_back(account, payment)
    return payment


def complete(payment_id: UUID, *, by: "User | None") -> Payment:
    """The money came: by hand, or so the processor told."""
    with tenancy.transaction():
        account, payment = lock(payment_id)
        _take(account, payment, by=by)
        payment.save()
    return payment


def fail(payment_id: UUID, code: str, message: str) -> Payment:
    """It is certain that nothing was taken. A payment that was taken stays so."""
    with tenancy.transaction():
        account, payment = lock(payment_id)
        if payment.is_undecided:
            _fail(account, payment, code, message)
            payment.save()
    return payment


def refunded(refund_id: UUID, seen: SeenRefund | None = None, *, by: "User | None" = None) -> Refund:
    """A refund was made, as its processor tells (`seen`) or by hand."""
    with tenancy.transaction():
        payment_id = Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id)
        account, payment = lock(payment_id)
        refund = Refund.objects.locked().get(pk=refund_id)
        seen = seen or SeenRefund(ref="", amount=refund.amount, status=Refund.Status.COMPLETED, own=refund.pk)
        _learn_refund(payment, seen)
        _give_back(account, payment, by=by)
        refund.refresh_from_db()
    return refund


def lock(payment_id: UUID) -> tuple[Account, Payment]:
    """The account's row first, as everybody who moves money does, then the payment's."""
    account_id = Payment.objects.values_list("account_id", flat=True).get(pk=payment_id)
    account = accounts.locked(account_id)
    payment = Payment.objects.locked().get(pk=payment_id)
    payment.account = account
    return account, payment


def applied(payment: Payment) -> Decimal:
    """What the payment has taken off the balance until now. The rest of what is held is the debtor's credit."""
    total = BalanceEntry.objects.filter(payment=payment.pk).aggregate(sum=Sum("amount"))["sum"]
    return -(total or Decimal(0))


def unapplied(payment: Payment) -> Decimal:
    """The debtor's credit: held, but more than was owed (SPEC §7.8). A refund is due."""
    return payment.held - applied(payment)


# --- taken, or not --------------------------------------------------------------------------------------------


def _take(account: Account, payment: Payment, *, by: "User | None") -> None:
    if payment.was_taken:
        return
    payment.status, payment.waits_for = Status.COMPLETED, Waits.NOTHING
    payment.completed_at, payment.next_attempt_at = clock.now(), None
    payment.failure_code = payment.failure_message = ""
    payment.collector = account.assigned_to
    payment.commission_rate = account.assigned_to.commission_rate if account.assigned_to else None
    payment.save()
    credit = payment.amount - min(payment.amount, account.current_balance)
    telling.tell(payment, "completed", telling.came(payment, credit), by=by, credit=str(credit))
    _post(account, payment, Entry.PAYMENT, payment.amount, by=by)


def _wait_or_fail(account: Account, payment: Payment, seen: Seen) -> None:
    open_to_debtor = payment.metadata.get("how") in ("details", "link")
    if seen.state is State.DECLINED and open_to_debtor:  # another card may be tried
        payment.status, payment.waits_for = Status.PENDING, Waits.DETAILS
        payment.failure_code, payment.failure_message = seen.code[:100], seen.message[:500]
    elif seen.state in (State.DECLINED, State.CANCELED):
        message = seen.message or "It was canceled before anything was charged."
        _fail(account, payment, seen.code or seen.state, message)
    else:
        payment.status, payment.waits_for = Status.PENDING, WAITING[seen.state]


def _fail(account: Account, payment: Payment, code: str, message: str) -> None:
    payment.status, payment.waits_for, payment.next_attempt_at = Status.FAILED, Waits.NOTHING, None
    payment.failure_code, payment.failure_message = code[:100], message[:500]
    telling.tell(payment, "failed", f"{money(payment.amount)} was not taken: {message}", by=None, code=code)


def _keep_method(account: Account, payment: Payment, seen: Seen) -> None:
    if not seen.method or not payment.metadata.get("save"):
        return
    SavedMethod.objects.get_or_create(
        processor_id=payment.processor_id,
        ref=seen.method.ref,
        defaults={
            "debtor_id": account.debtor_id,
            "kind": seen.method.kind,
            "brand": seen.method.brand[:60],
            "last4": seen.method.last4,
            "expires": seen.method.expires,
            "consent": payment.metadata["save"],
            "saved_by_id": payment.taken_by_id,
        },
    )


# --- given back, taken back ------------------------------------------------------------------------------------


def _learn_refund(payment: Payment, seen: SeenRefund) -> None:
    refund = (seen.own and payment.refunds.filter(pk=seen.own).first()) or (
        seen.ref and payment.refunds.filter(processor_ref=seen.ref).first()
    )
    if not refund:  # made at the processor
        refund = Refund(
            payment=payment,
            amount=seen.amount,
            idempotency_key=f"at-processor-{seen.ref}"[:100],
            reason="Made at Stripe",
        )
    # A refund that was made can still fail later; one that failed never comes back to pending.
    if refund.status == Refund.Status.FAILED or (refund.status == seen.status and refund.processor_ref):
        return
    if refund.status == Refund.Status.COMPLETED and seen.status == Refund.Status.PENDING:
        return
    refund.status, refund.processor_ref = seen.status, seen.ref
    refund.failure_code = seen.failure[:100]
    if seen.status == Refund.Status.COMPLETED:
        refund.completed_at, refund.next_attempt_at = clock.now(), None
    elif seen.status == Refund.Status.PENDING:
        refund.next_attempt_at = clock.now() + ON_ITS_WAY
    refund.save()


def _give_back(account: Account, payment: Payment, *, by: "User | None") -> None:
    made = payment.refunds.filter(status=Refund.Status.COMPLETED).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    total = min(made, payment.amount)
    if not payment.was_taken or total == payment.refunded_amount:
        return
    change = payment.refunded_amount - total
    payment.refunded_amount = total
    payment.status = Status.REFUNDED if total == payment.amount else Status.COMPLETED
    payment.save()
    what, body = ("refunded", "given back") if change < 0 else ("refund_failed", "came back: its refund failed")
    telling.tell(payment, what, f"{money(abs(change))} {body}", by=by, change=str(change))
    _post(account, payment, Entry.REFUND, change, by=by)


def _learn_chargeback(account: Account, payment: Payment, seen: SeenChargeback) -> None:
    made, _ = Chargeback.objects.get_or_create(
        payment=payment,
        processor_ref=seen.ref,
        defaults={"amount": seen.amount, "status": Chargeback.Status.INQUIRY, "reason": seen.reason[:100]},
    )
    closed = (Chargeback.Status.WON, Chargeback.Status.LOST)
    if made.status == seen.status or (made.status in closed and seen.status not in closed):
        return
    made.status = seen.status
    made.closed_at = clock.now() if seen.status in closed else None
    made.save()


def _take_back(account: Account, payment: Payment) -> None:
    gone = payment.chargebacks.filter(status__in=[Chargeback.Status.OPEN, Chargeback.Status.LOST])
    total = min(gone.aggregate(sum=Sum("amount"))["sum"] or Decimal(0), payment.amount)
    if not payment.was_taken or total == payment.charged_back_amount:
        return
    change = payment.charged_back_amount - total
    payment.charged_back_amount = total
    payment.save()
    what, body = ("charged_back", "taken back by the bank") if change < 0 else ("won", "came back: the dispute was won")
    telling.tell(payment, what, f"{money(abs(change))} {body}", by=None, change=str(change))
    _post(account, payment, Entry.CHARGEBACK, change, by=None)


# --- the balance ------------------------------------------------------------------------------------------------


def _post(account: Account, payment: Payment, kind: str, change: Decimal, *, by: "User | None") -> None:
    """`change` is by how much more (or less) we hold. Never below zero, never more than is owed: the rest is credit."""
    account.refresh_from_db()
    before = applied(payment)
    if change > 0:
        step = min(change, payment.held - before, account.current_balance)
    else:
        step = min(payment.held - before, Decimal(0))
    if step:
        reason = telling.reason(payment)
        account = balances.post_entry(account.pk, kind, -step, by=by, reason=reason, payment=payment.pk)
    _credit_collector(payment, before + step)
    payment.credit = payment.held - before - step
    payment.save(update_fields=["credit", "updated_at"])
    _move(account)
    filling.follow(account.pk)
    settling.follow(account.pk)


def _credit_collector(payment: Payment, base: Decimal) -> None:
    """His share of what the payment took off the balance, as it stands now: earned, or clawed back."""
    if payment.collector_id is None or payment.commission_rate is None:
        return
    due = (base * payment.commission_rate).quantize(CENT, ROUND_HALF_EVEN)
    sums = payment.commissions.aggregate(amount=Sum("amount"), base=Sum("base"))
    change = due - (sums["amount"] or Decimal(0))
    if change:
        Commission.objects.create(
            collector_id=payment.collector_id,
            payment=payment,
            base=base - (sums["base"] or Decimal(0)),
            rate=payment.commission_rate,
            amount=change,
            **clock.born(),
        )


def _move(account: Account) -> None:
    if account.current_balance == 0 and account.status in OPEN:
        moves.move(account.pk, "pay_off", by=None)
    elif account.current_balance > 0 and (account.status == "settled" or account.closed_reason == "paid"):
        moves.move(account.pk, "reopen", by=None)
