"""Twenty at one account, five at one payment, two workers at one event: the result is exact."""

from collections.abc import Iterator
from decimal import Decimal
from uuid import uuid4

import pytest

from core import tenancy
from core.models import Account, Agency, User
from debtflow.demo.local_stripe.accounts import Account as StripeAccount
from debtflow.demo.local_stripe.control import Control
from payments import charging, events, refunding, taking
from payments.models import Payment, PaymentProcessor, Refund, SavedMethod, WebhookEvent
from payments.taking import Order
from tests.at_once import at_once, refusals
from tests.cast import today
from tests.payments.cast import books_agree, charge, connect, deliver, save_method, work_off, worked

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(
    harborline: Agency, sarah: User, dana: User, stripe_account: StripeAccount
) -> Iterator[tuple[Account, SavedMethod]]:
    """500.00 to be paid, a saved card, everything committed."""
    with tenancy.working_for(harborline):
        with tenancy.transaction():
            processor = connect(stripe_account)
            account = worked(sarah, dana)
            saved = save_method(processor, account)
        yield account, saved


def within[**P, T](agency: Agency, act):  # type: ignore[no-untyped-def, valid-type]
    """The act for a thread: of that agency."""

    def run() -> T:
        with tenancy.working_for(agency):
            return act()

    return run


def test_twenty_pay_by_hand_at_once(scene: tuple[Account, SavedMethod], harborline: Agency, sarah: User) -> None:
    account, _ = scene

    def pay() -> Payment:
        order = Order(Decimal("33.00"), "cash", str(uuid4()), received_on=today())
        return taking.take(account.pk, order, by=sarah)

    outcomes = at_once(*[within(harborline, pay)] * 20)
    assert len(refusals(outcomes)) == 5, "fifteen times 33.00 is 495.00"
    with tenancy.transaction():
        account.refresh_from_db()
        assert account.current_balance == Decimal("5.00")
        assert Payment.objects.filter(status="completed").count() == 15
        assert books_agree() == []


def test_twenty_submit_the_same_form(
    scene: tuple[Account, SavedMethod], harborline: Agency, sarah: User, stripe_control: Control
) -> None:
    account, saved = scene
    outcomes = at_once(*[within(harborline, lambda: charge(account, saved, by=sarah, key="one form").pk)] * 20)
    assert len(set(outcomes)) == 1
    work_off()
    assert len(stripe_control.taken()) == 1


def test_two_workers_send_the_same_payment(
    scene: tuple[Account, SavedMethod], harborline: Agency, sarah: User, stripe_control: Control
) -> None:
    account, saved = scene
    payment = charge(account, saved, "120.00", by=sarah)
    at_once(*[within(harborline, lambda: charging.charge(str(payment.pk)))] * 4)
    assert len(stripe_control.taken()) == 1
    assert len([one for one in stripe_control.requests() if one["path"] == "/v1/payment_intents"]) == 1
    with tenancy.transaction():
        account.refresh_from_db()
        assert account.current_balance == Decimal("380.00")


def test_five_refund_the_same_payment(
    scene: tuple[Account, SavedMethod], harborline: Agency, sarah: User, dana: User, stripe_control: Control
) -> None:
    account, saved = scene
    payment = charge(account, saved, "200.00", by=sarah)
    work_off()

    def give_back() -> Refund:
        return refunding.refund(payment.pk, Decimal("90.00"), "Twice", key=str(uuid4()), by=dana)

    assert len(refusals(at_once(*[within(harborline, give_back)] * 5))) == 3
    with tenancy.transaction():
        pending = list(Refund.objects.values_list("pk", flat=True))
    at_once(*[within(harborline, lambda pk=pk: refunding.send(str(pk))) for pk in pending * 2])
    with tenancy.transaction():
        account.refresh_from_db()
        payment.refresh_from_db()
        assert (payment.refunded_amount, account.current_balance) == (Decimal("180.00"), Decimal("480.00"))
        assert stripe_control.taken()[0]["amount_refunded"] == 18000
        assert books_agree() == []


def test_two_workers_process_the_same_event(
    scene: tuple[Account, SavedMethod], harborline: Agency, sarah: User, stripe_control: Control
) -> None:
    account, _ = scene
    with tenancy.transaction():
        saved = save_method(PaymentProcessor.objects.get(kind="stripe"), account, "pm_usBankAccount_success")
    payment = charge(account, saved, "120.00", by=sarah)
    work_off()
    with tenancy.transaction():
        payment.refresh_from_db()
    stripe_control.settle(payment.processor_ref)
    deliver(stripe_control)
    with tenancy.transaction():
        told = list(WebhookEvent.objects.values_list("pk", flat=True))
    at_once(*[within(harborline, lambda pk=pk: events.process(str(pk))) for pk in told * 3])
    with tenancy.transaction():
        account.refresh_from_db()
        assert account.current_balance == Decimal("380.00")
        assert account.activities.filter(data__what="completed").count() == 1
        assert books_agree() == []
