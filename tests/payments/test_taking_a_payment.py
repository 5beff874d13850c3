"""A payment is taken once, and its money is where it should be."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from core import moves
from core.models import Account, Activity, BalanceEntry, User
from debtflow.demo.local_stripe.control import Control
from payments import completing, taking
from payments.models import Commission, Payment, PaymentProcessor
from payments.taking import Order, PaymentRefused
from tests.cast import make_account, today
from tests.payments.cast import books_agree, charge, learn, save_method, work_off


def by_hand(amount: str, method: str = "check", **facts: object) -> Order:
    facts = {"received_on": today(), "key": str(uuid4())} | facts
    return Order(Decimal(amount), method, **facts)  # type: ignore[arg-type]


def test_a_check_is_recorded_at_once(account: Account, sarah: User) -> None:
    payment = taking.take(account.pk, by_hand("120.00", reference="1042"), by=sarah)
    account.refresh_from_db()
    assert (payment.status, account.current_balance) == ("completed", Decimal("380.00"))
    entry = BalanceEntry.objects.get(payment=payment.pk)
    assert (entry.kind, entry.amount, entry.reason) == ("payment", Decimal("-120.00"), "Check 1042")
    told = Activity.objects.get(account=account, kind="payment")
    assert (told.body, told.actor) == ("$120.00 by check 1042", sarah)
    assert books_agree() == []


def test_the_collector_is_credited_at_the_rate_of_that_moment(account: Account, sarah: User) -> None:
    payment = taking.take(account.pk, by_hand("99.99", "cash"), by=sarah)
    sarah.collector.commission_rate = Decimal("0.5")
    sarah.collector.save()
    earned = Commission.objects.get(payment=payment)
    assert (earned.collector, earned.rate, earned.amount) == (sarah.collector, Decimal("0.1"), Decimal("10.00"))


def test_what_pays_the_rest_settles_the_account(account: Account, sarah: User) -> None:
    taking.take(account.pk, by_hand("500.00"), by=sarah)
    account.refresh_from_db()
    assert (account.status, account.current_balance) == ("settled", 0)


def test_a_saved_card_is_charged_by_the_worker(
    account: Account, processor: PaymentProcessor, sarah: User, stripe_control: Control
) -> None:
    payment = charge(account, save_method(processor, account), "150.00", by=sarah)
    assert (payment.status, payment.waits_for) == ("pending", "worker")
    assert stripe_control.taken() == []
    work_off()
    payment.refresh_from_db()
    account.refresh_from_db()
    assert (payment.status, account.current_balance) == ("completed", Decimal("350.00"))
    assert payment.metadata["brand"] == "Visa"
    [taken] = stripe_control.taken()
    assert (taken["amount"], taken["metadata"]["payment"]) == (15000, str(payment.pk))
    assert books_agree() == []


def test_the_same_form_sent_twice_is_one_payment(
    account: Account, processor: PaymentProcessor, sarah: User, stripe_control: Control
) -> None:
    saved = save_method(processor, account)
    first = charge(account, saved, by=sarah, key="the form's key")
    assert charge(account, saved, by=sarah, key="the form's key").pk == first.pk
    work_off()
    assert charge(account, saved, by=sarah, key="the form's key").pk == first.pk
    work_off()
    assert len(stripe_control.taken()) == 1


def test_the_same_key_with_another_amount_is_refused(
    account: Account, processor: PaymentProcessor, sarah: User
) -> None:
    saved = save_method(processor, account)
    charge(account, saved, "100.00", by=sarah, key="one")
    with pytest.raises(PaymentRefused, match="nothing more was charged"):
        charge(account, saved, "200.00", by=sarah, key="one")


def test_a_decline_is_final_and_says_why(
    account: Account, processor: PaymentProcessor, sarah: User, stripe_control: Control
) -> None:
    saved = save_method(processor, account, "pm_card_chargeCustomerFail")
    payment = charge(account, saved, by=sarah)
    work_off()
    payment.refresh_from_db()
    account.refresh_from_db()
    assert (payment.status, payment.failure_code) == ("failed", "generic_decline")
    assert payment.failure_message == "Your card was declined."
    assert account.current_balance == 500
    work_off()
    assert stripe_control.taken() == []


def test_a_bank_debit_is_pending_until_the_bank_has_spoken(
    account: Account, processor: PaymentProcessor, sarah: User, stripe_control: Control
) -> None:
    payment = charge(account, save_method(processor, account, "pm_usBankAccount_success"), by=sarah)
    work_off()
    payment.refresh_from_db()
    assert (payment.status, payment.waits_for) == ("pending", "bank")
    stripe_control.settle(payment.processor_ref)
    assert learn(payment).status == "completed"


def test_pending_payments_reserve_what_they_will_take(
    account: Account, processor: PaymentProcessor, sarah: User
) -> None:
    saved = save_method(processor, account)
    charge(account, saved, "400.00", by=sarah)
    with pytest.raises(PaymentRefused, match=r"Enter at most \$100.00. \$400.00 of \$500.00 is pending already."):
        charge(account, saved, "100.01", by=sarah)
    charge(account, saved, "100.00", by=sarah)


def test_money_that_came_beyond_what_is_owed_is_the_debtors_credit(
    account: Account, processor: PaymentProcessor, sarah: User
) -> None:
    saved = save_method(processor, account)
    late = charge(account, saved, "400.00", by=sarah)
    taking.take(account.pk, by_hand("300.00"), by=sarah)  # the check has come, whatever is pending
    work_off()
    late.refresh_from_db()
    account.refresh_from_db()
    assert (late.status, account.current_balance, account.status) == ("completed", 0, "settled")
    assert (completing.applied(late), completing.unapplied(late)) == (Decimal("200.00"), Decimal("200.00"))
    assert books_agree() == []


@pytest.mark.parametrize(
    ("order", "field", "sentence"),
    [
        (by_hand("0"), "amount", "more than zero"),
        (by_hand("-5"), "amount", "more than zero"),
        (by_hand("0.001"), "amount", "two decimals"),
        (by_hand("500.01"), "amount", r"at most \$500.00"),
        (by_hand("5", "card"), "method", "charged by the processor"),
        (by_hand("5", received_on=today() + timedelta(days=2)), "received_on", "on which it came"),
        (by_hand("5", received_on=None), "received_on", "on which it came"),
        (by_hand("5", key=""), "", "out of date"),
        (Order(Decimal(5), "card", "k", how="saved"), "method", "No processor"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    account: Account, sarah: User, order: Order, field: str, sentence: str
) -> None:
    with pytest.raises(PaymentRefused, match=sentence) as refused:
        taking.take(account.pk, order, by=sarah)
    assert refused.value.field == field
    assert not Payment.objects.exists()


@pytest.mark.parametrize("kind", taking.FORBIDDING)
def test_nothing_is_charged_under_a_hold(account: Account, processor: PaymentProcessor, sarah: User, kind: str) -> None:
    saved = save_method(processor, account)
    account.debtor.holds.create(kind=kind, reason="So it is", placed_by=sarah)
    with pytest.raises(PaymentRefused, match="while this hold stands"):
        charge(account, saved, by=sarah)
    assert taking.take(account.pk, by_hand("20.00"), by=sarah).status == "completed", "what came is recorded"


def test_nothing_is_charged_on_an_account_that_is_closed(
    account: Account, processor: PaymentProcessor, sarah: User, dana: User
) -> None:
    saved = save_method(processor, account)
    moves.move(account.pk, "withdraw", by=dana, reason="recalled")
    with pytest.raises(PaymentRefused, match="The account is closed; nothing is charged"):
        charge(account, saved, by=sarah)


@pytest.mark.parametrize("kind", taking.FORBIDDING)
def test_what_waits_for_the_worker_is_not_charged_once_a_hold_stands(
    account: Account, processor: PaymentProcessor, sarah: User, stripe_control: Control, kind: str
) -> None:
    payment = charge(account, save_method(processor, account), by=sarah)
    account.debtor.holds.create(kind=kind, reason="So it is", placed_by=sarah)
    work_off()
    payment.refresh_from_db()
    assert (payment.status, payment.failure_code) == ("failed", "not_allowed")
    assert payment.failure_message.startswith("Nothing may be charged while this hold stands: ")
    assert stripe_control.taken() == []


def test_what_waits_for_the_worker_is_not_charged_once_the_account_is_closed(
    account: Account, processor: PaymentProcessor, sarah: User, dana: User, stripe_control: Control
) -> None:
    payment = charge(account, save_method(processor, account), by=sarah)
    moves.move(account.pk, "withdraw", by=dana, reason="recalled")
    work_off()
    payment.refresh_from_db()
    assert (payment.status, payment.failure_message) == ("failed", "The account is closed; nothing is charged on it.")
    assert stripe_control.taken() == []


def test_another_debtors_card_is_not_charged(account: Account, processor: PaymentProcessor, sarah: User) -> None:
    saved = save_method(processor, make_account())
    with pytest.raises(PaymentRefused, match="of this debtor"):
        charge(account, saved, by=sarah)
