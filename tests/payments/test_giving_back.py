"""Money is given back by an admin, never more than is held; a bank that takes it back is followed to the cent."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.db.models import Sum
from django.utils import timezone

from core import assignment
from core.models import Account, BalanceEntry, Collector, User
from debtflow.demo.local_stripe.control import Control
from payments import completing, reconciliation, refunding, taking
from payments.models import Commission, Payment, PaymentProcessor, Refund
from payments.refunding import RefundRefused
from payments.taking import Order
from tests.cast import today
from tests.payments.cast import books_agree, charge, deliver, learn, save_method, work_off


@pytest.fixture
def paid(account: Account, processor: PaymentProcessor, sarah: User) -> Payment:
    """200.00 by card, completed."""
    payment = charge(account, save_method(processor, account), "200.00", by=sarah)
    work_off()
    payment.refresh_from_db()
    return payment


@pytest.fixture
def debited(account: Account, processor: PaymentProcessor, sarah: User, stripe_control: Control) -> Payment:
    """200.00 from a bank account, completed."""
    payment = charge(account, save_method(processor, account, "pm_usBankAccount_success"), "200.00", by=sarah)
    work_off()
    stripe_control.settle(fresh(payment).processor_ref)
    learn(payment)
    return fresh(payment)


def give_back(payment: Payment, amount: str, by: User, key: str = "", reason: str = "Paid twice") -> Refund:
    return refunding.refund(payment.pk, Decimal(amount), reason, key=key or str(uuid4()), by=by)


def fresh(payment: Payment) -> Payment:
    return Payment.objects.select_related("account").get(pk=payment.pk)


def commission(payment: Payment) -> Decimal:
    return Commission.objects.filter(payment=payment).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def test_part_of_a_payment_goes_back_through_stripe(paid: Payment, dana: User, stripe_control: Control) -> None:
    refund = give_back(paid, "80.00", dana)
    assert refund.status == "pending"
    work_off()
    refund.refresh_from_db()
    payment = fresh(paid)
    assert (refund.status, payment.status, payment.refunded_amount) == ("completed", "completed", Decimal("80.00"))
    assert payment.account.current_balance == Decimal("380.00")
    assert commission(payment) == Decimal("12.00"), "ten percent of what stays"
    assert stripe_control.taken()[0]["amount_refunded"] == 8000
    assert books_agree() == []


def test_a_commission_is_clawed_back_as_it_was_earned(paid: Payment, sarah: User, james: User, dana: User) -> None:
    """Whoever has the account now, and whatever the collector's rate is by now."""
    Collector.objects.filter(pk=sarah.collector.pk).update(commission_rate=Decimal("0.5"))
    assignment.assign([paid.account_id], to=james.collector, by=dana)
    give_back(paid, "80.00", dana)
    work_off()
    rows = Commission.objects.filter(payment=paid).values_list("collector", "rate", "amount")
    assert set(rows) == {(sarah.collector.pk, Decimal("0.1"), Decimal(20)), (sarah.collector.pk, Decimal("0.1"), -8)}
    assert books_agree() == []


def test_all_of_it_makes_the_payment_refunded(paid: Payment, dana: User) -> None:
    give_back(paid, "80.00", dana)
    work_off()
    give_back(paid, "120.00", dana)
    work_off()
    payment = fresh(paid)
    assert (payment.status, payment.account.current_balance) == ("refunded", Decimal(500))
    assert commission(payment) == 0
    assert books_agree() == []


def test_never_more_than_is_held(paid: Payment, dana: User) -> None:
    give_back(paid, "150.00", dana)  # still pending: it is reserved
    with pytest.raises(RefundRefused, match=r"at most \$50.00") as refused:
        give_back(paid, "50.01", dana)
    assert refused.value.field == "amount"


def test_the_same_form_sent_twice_is_one_refund(paid: Payment, dana: User, stripe_control: Control) -> None:
    assert give_back(paid, "50.00", dana, key="k").pk == give_back(paid, "50.00", dana, key="k").pk
    work_off()
    assert stripe_control.taken()[0]["amount_refunded"] == 5000


def test_a_collector_gives_nothing_back(paid: Payment, sarah: User) -> None:
    with pytest.raises(RefundRefused, match="Only an admin"):
        give_back(paid, "50.00", sarah)


def test_a_reason_is_needed(paid: Payment, dana: User) -> None:
    with pytest.raises(RefundRefused, match="why"):
        give_back(paid, "50.00", dana, reason="  ")


def test_what_came_by_hand_goes_back_by_hand(account: Account, sarah: User, dana: User) -> None:
    order = Order(Decimal("500.00"), "cash", "k", received_on=today())
    payment = taking.take(account.pk, order, by=sarah)
    account.refresh_from_db()
    assert account.status == "settled"
    assert give_back(payment, "100.00", dana).status == "completed"
    account.refresh_from_db()
    assert (account.status, account.current_balance) == ("in_contact", Decimal("100.00"))
    assert books_agree() == []


def test_a_credit_is_given_back_before_the_debt_rises(
    account: Account, processor: PaymentProcessor, sarah: User, dana: User
) -> None:
    late = charge(account, save_method(processor, account), "400.00", by=sarah)
    taking.take(account.pk, Order(Decimal(300), "check", "c", received_on=today()), by=sarah)
    work_off()
    late = fresh(late)
    assert completing.unapplied(late) == Decimal("200.00")
    give_back(late, "200.00", dana)
    work_off()
    assert fresh(late).account.current_balance == 0
    give_back(late, "50.00", dana)
    work_off()
    late = fresh(late)
    assert (late.account.current_balance, late.account.status) == (Decimal("50.00"), "in_contact")
    assert books_agree() == []


def test_a_refund_that_stripe_refuses_is_told_and_gives_nothing(
    paid: Payment, dana: User, stripe_client: object, stripe_control: Control
) -> None:
    stripe_client.v1.refunds.create({"payment_intent": paid.processor_ref, "amount": 15000})  # type: ignore[attr-defined]
    refund = give_back(paid, "100.00", dana)  # we have not heard of the other one yet
    work_off()
    refund.refresh_from_db()
    assert refund.status == "failed"
    assert refund.failure_message
    payment = learn(paid)
    assert payment.refunded_amount == Decimal("150.00"), "the one made at Stripe"
    assert Refund.objects.get(payment=payment, status="completed").requested_by is None
    assert books_agree() == []


def test_a_refund_that_fails_later_comes_back(
    account: Account, processor: PaymentProcessor, sarah: User, dana: User, stripe_control: Control
) -> None:
    payment = charge(account, save_method(processor, account, "pm_card_refundFail"), "200.00", by=sarah)
    work_off()
    refund = give_back(payment, "200.00", dana)
    work_off()
    refund.refresh_from_db()
    if refund.status == "completed":
        stripe_control.fail_refund(refund.processor_ref)
    deliver(stripe_control)
    work_off()
    refund.refresh_from_db()
    payment = fresh(payment)
    assert (refund.status, payment.status, payment.refunded_amount) == ("failed", "completed", 0)
    assert payment.account.current_balance == Decimal("300.00")
    assert books_agree() == []


def test_stripe_answers_late_and_the_refund_is_made_once(paid: Payment, dana: User, stripe_control: Control) -> None:
    refund = give_back(paid, "80.00", dana)
    stripe_control.fault("drop_after", method="POST", path="/v1/refunds")
    work_off()
    refund.refresh_from_db()
    assert (refund.status, refund.attempts) == ("pending", 1)
    refunding.send(str(refund.pk))
    refund.refresh_from_db()
    assert refund.status == "completed"
    assert stripe_control.taken()[0]["amount_refunded"] == 8000


@pytest.mark.parametrize(
    ("end", "status", "owed"), [("succeed_refund", "completed", 350), ("fail_refund", "failed", 300)]
)
def test_what_became_of_a_refund_to_a_bank_is_looked_up_when_nobody_tells(
    end: str, status: str, owed: int, debited: Payment, dana: User, stripe_control: Control
) -> None:
    refund = give_back(debited, "50.00", dana)
    work_off()
    refund.refresh_from_db()
    assert (refund.status, fresh(debited).account.current_balance) == ("pending", 300), "banks take days"
    getattr(stripe_control, end)(refund.processor_ref)
    stripe_control.forget_requests()
    for minutes, asked in ((30, False), (90, True)):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=True):
            for _ in range(2):
                reconciliation.run_for_agency()
        assert bool(stripe_control.requests()) is asked
    refund.refresh_from_db()
    assert (refund.status, fresh(debited).account.current_balance) == (status, owed)
    assert books_agree() == []


def test_a_refund_that_is_on_its_way_is_asked_for_once_an_hour(
    debited: Payment, dana: User, stripe_control: Control
) -> None:
    refund = give_back(debited, "50.00", dana)
    work_off()
    stripe_control.forget_requests()
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=True):
        for _ in range(3):
            refunding.send(str(refund.pk))
    asked = [one["path"] for one in stripe_control.requests()]
    assert [path for path in asked if "payment_intents" in path] == [f"/v1/payment_intents/{debited.processor_ref}"]
    assert not any(one["method"] == "POST" for one in stripe_control.requests())


def test_a_chargeback_takes_the_money_and_a_won_one_brings_it_back(paid: Payment, stripe_control: Control) -> None:
    stripe_control.open_dispute(paid.processor_ref)
    deliver(stripe_control)
    work_off()
    payment = fresh(paid)
    assert (payment.charged_back_amount, payment.account.current_balance) == (Decimal("200.00"), Decimal("500.00"))
    assert commission(payment) == 0, "clawed back"
    stripe_control.win_dispute(paid.processor_ref)
    deliver(stripe_control)
    work_off()
    payment = fresh(paid)
    assert (payment.charged_back_amount, payment.account.current_balance) == (0, Decimal("300.00"))
    assert commission(payment) == Decimal("20.00")
    entries = BalanceEntry.objects.filter(payment=paid.pk).order_by("created_at", "id")
    assert [(e.kind, e.amount) for e in entries] == [
        ("payment", Decimal(-200)),
        ("chargeback", Decimal(200)),
        ("chargeback", Decimal(-200)),
    ]
    assert books_agree() == []


def test_a_lost_chargeback_stays_and_reopens_what_was_settled(
    account: Account, processor: PaymentProcessor, sarah: User, stripe_control: Control
) -> None:
    payment = charge(account, save_method(processor, account), "500.00", by=sarah)
    work_off()
    payment = fresh(payment)
    assert payment.account.status == "settled"
    stripe_control.open_dispute(payment.processor_ref)
    stripe_control.lose_dispute(payment.processor_ref)
    deliver(stripe_control)
    work_off()
    payment = fresh(payment)
    assert payment.chargebacks.get().status == "lost"
    assert (payment.account.status, payment.account.current_balance) == ("in_contact", Decimal(500))
    assert books_agree() == []


def test_a_dispute_is_open_until_the_bank_has_decided(paid: Payment, stripe_control: Control) -> None:
    for act, status in ((stripe_control.open_dispute, "open"), (stripe_control.lose_dispute, "lost")):
        act(paid.processor_ref)
        deliver(stripe_control)
        work_off()
        dispute = paid.chargebacks.get()
        assert (dispute.status, dispute.closed_at is None) == (status, status == "open")
    assert fresh(paid).account.current_balance == 500


def test_a_returned_bank_debit_is_owed_again(debited: Payment, stripe_control: Control) -> None:
    assert fresh(debited).account.current_balance == 300
    stripe_control.return_debit(debited.processor_ref)
    deliver(stripe_control)
    work_off()
    assert fresh(debited).account.current_balance == 500
    assert books_agree() == []


def test_an_inquiry_takes_nothing_yet(
    account: Account, processor: PaymentProcessor, sarah: User, stripe_control: Control
) -> None:
    payment = charge(account, save_method(processor, account, "pm_card_createDisputeInquiry"), "200.00", by=sarah)
    work_off()
    deliver(stripe_control)
    work_off()
    payment = fresh(payment)
    assert payment.chargebacks.get().status == "inquiry"
    assert payment.account.current_balance == 300
