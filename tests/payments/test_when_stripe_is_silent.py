"""No answer is not a no: tried again, looked up, never guessed; and while he is ill he is left alone."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from core import tenancy
from core.models import Account, Agency, User
from debtflow.demo.local_stripe.accounts import Account as StripeAccount
from debtflow.demo.local_stripe.control import Control
from payments import breaker, charging, reconciliation
from payments.gateway.troubles import Kind, NotAnswering, Trouble
from payments.models import GatewayHealth, Payment, PaymentProcessor, SavedMethod
from tests import other_process
from tests.at_once import at_once
from tests.payments.cast import books_agree, charge, connect, save_method, work_off

NOON = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
CREATE = {"method": "POST", "path": "/v1/payment_intents"}


@pytest.fixture
def saved(account: Account, processor: PaymentProcessor) -> SavedMethod:
    return save_method(processor, account)


def later(payment: Payment, seconds: float) -> Payment:
    """The world after so many seconds, the recurring job having run."""
    at = payment.created_at + timedelta(seconds=seconds)
    with time_machine.travel(at, tick=True):
        reconciliation.run_for_agency()
        work_off()
    payment.refresh_from_db()
    return payment


def test_the_tries_come_after_two_four_and_eight_seconds(
    account: Account, saved: SavedMethod, sarah: User, stripe_control: Control
) -> None:
    stripe_control.fault("error_before", count=100)
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        payment = charge(account, saved, by=sarah)
        charging.charge(str(payment.pk))
        waits = []
        for _ in range(3):
            payment.refresh_from_db()
            assert (payment.status, payment.waits_for) == ("pending", "retry")
            assert payment.next_attempt_at
            waits.append((payment.next_attempt_at - datetime.now(UTC)).total_seconds())
            clock.move_to(payment.next_attempt_at)
            reconciliation.run_for_agency()
        payment.refresh_from_db()
    assert waits == [2, 4, 8]
    assert (payment.status, payment.waits_for) == ("unknown", "gateway")
    assert payment.failure_message == "Stripe did not answer."


@pytest.mark.parametrize("fault", ["error_before", "drop_before", "drop_after", "slow_after", "rate_limit"])
def test_whatever_happened_it_is_charged_once(
    account: Account,
    saved: SavedMethod,
    sarah: User,
    stripe_control: Control,
    fault: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("payments.gateway.over_stripe.SECONDS", 1)
    stripe_control.fault(fault, seconds=2, **CREATE)  # type: ignore[arg-type]
    payment = charge(account, saved, by=sarah)
    work_off()
    payment.refresh_from_db()
    assert payment.status == "pending"
    for seconds in (5, 12, 30, 120, 240):  # of a slow one the key is in use for a while
        if payment.status != "completed":
            later(payment, seconds)
    assert payment.status == "completed"
    assert len(stripe_control.taken()) == 1
    assert books_agree() == []


def test_an_error_that_is_kept_for_the_key_is_looked_up_instead_of_believed(
    account: Account, saved: SavedMethod, sarah: User, stripe_control: Control
) -> None:
    """The charge was made, and every further try with its key is answered 500."""
    stripe_control.fault("error_after", stored=True, **CREATE)  # type: ignore[arg-type]
    payment = charge(account, saved, by=sarah)
    work_off()
    for seconds in (3, 9, 30):
        later(payment, seconds)
    assert payment.status == "unknown"
    assert later(payment, 120).status == "completed"
    assert len(stripe_control.taken()) == 1


def test_what_stripe_does_not_know_is_sent_again_with_the_same_key(
    account: Account, saved: SavedMethod, sarah: User, stripe_control: Control
) -> None:
    stripe_control.fault("error_before", count=4, **CREATE)  # type: ignore[arg-type]
    payment = charge(account, saved, by=sarah)
    work_off()
    for seconds in (3, 9, 30):
        later(payment, seconds)
    assert payment.status == "unknown"
    assert later(payment, 120).status == "completed"
    sent = [one["idempotency_key"] for one in stripe_control.requests() if CREATE.items() <= one.items()]
    assert sent == [payment.idempotency_key] * 5
    assert len(stripe_control.taken()) == 1


@pytest.mark.parametrize(("fault", "status"), [("drop_after", "completed"), ("error_before", "failed")])
def test_under_a_hold_what_may_have_been_charged_is_looked_up_and_not_sent_again(
    account: Account, saved: SavedMethod, sarah: User, stripe_control: Control, fault: str, status: str
) -> None:
    stripe_control.fault(fault, **CREATE)  # type: ignore[arg-type]
    payment = charge(account, saved, by=sarah)
    work_off()
    account.debtor.holds.create(kind="bankruptcy", reason="So it is", placed_by=sarah)
    for seconds in (5, 90, 900, 3700):
        later(payment, seconds)
    assert payment.status == status
    assert len([one for one in stripe_control.requests() if CREATE.items() <= one.items()]) == 1


def test_what_stripe_never_got_is_given_up_after_an_hour(
    account: Account, saved: SavedMethod, sarah: User, stripe_control: Control
) -> None:
    stripe_control.fault("error_before", count=4, stored=True, **CREATE)  # type: ignore[arg-type]
    payment = charge(account, saved, by=sarah)
    work_off()
    for seconds in (3, 9, 30):
        later(payment, seconds)
    assert payment.status == "unknown"
    assert later(payment, 3700).status == "failed"
    assert payment.failure_code == "never_sent"
    assert stripe_control.taken() == []


def test_a_wrong_key_is_told_at_once(account: Account, saved: SavedMethod, sarah: User) -> None:
    saved.processor.api_key = "sk_test_of_nobody"
    saved.processor.save()
    payment = charge(account, saved, by=sarah)
    work_off()
    payment.refresh_from_db()
    assert (payment.status, payment.failure_message) == ("failed", "Stripe refuses the agency’s key.")


# --- the breaker ------------------------------------------------------------------------------------------------


def fails(processor: PaymentProcessor) -> None:
    with pytest.raises(Trouble), breaker.guarding(processor.pk):
        raise Trouble(Kind.TRANSIENT, "Stripe did not answer.", silent=True)


def state(processor: PaymentProcessor) -> str:
    return GatewayHealth.objects.get(processor=processor).state


def test_five_failures_within_a_minute_open_it(processor: PaymentProcessor) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(4):
            fails(processor)
            clock.shift(14)
        assert state(processor) == "closed"
        fails(processor)
        assert state(processor) == "open"
        with pytest.raises(NotAnswering), breaker.guarding(processor.pk):
            pytest.fail("nothing may be sent")


def test_failures_that_lie_apart_do_not(processor: PaymentProcessor) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(12):
            fails(processor)
            clock.shift(16)
    assert state(processor) == "closed"


def test_a_decline_is_an_answer(processor: PaymentProcessor) -> None:
    for _ in range(9):
        with pytest.raises(Trouble), breaker.guarding(processor.pk):
            raise Trouble(Kind.DECLINED, "No.")
    assert not GatewayHealth.objects.filter(processor=processor).exists()


def test_after_thirty_seconds_one_probe_goes_through_and_closes_it(processor: PaymentProcessor) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(5):
            fails(processor)
        clock.shift(29)
        with pytest.raises(NotAnswering), breaker.guarding(processor.pk):
            pytest.fail("too early")
        clock.shift(1)
        with breaker.guarding(processor.pk):
            assert state(processor) == "half_open"
            with pytest.raises(NotAnswering), breaker.guarding(processor.pk):
                pytest.fail("one probe alone")
        assert state(processor) == "closed"


def test_a_probe_that_fails_opens_it_anew(processor: PaymentProcessor) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(5):
            fails(processor)
        clock.shift(30)
        fails(processor)
        clock.shift(29)
        with pytest.raises(NotAnswering), breaker.guarding(processor.pk):
            pytest.fail("too early")


def test_a_probe_of_which_nothing_is_heard_is_given_up(processor: PaymentProcessor) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(5):
            fails(processor)
        clock.shift(30)
        assert breaker._admit(processor.pk) is True  # and its process is killed
        clock.shift(30)
        assert breaker._admit(processor.pk) is True


def test_while_it_is_open_no_call_reaches_stripe_and_the_payment_waits(
    account: Account, saved: SavedMethod, processor: PaymentProcessor, sarah: User, stripe_control: Control
) -> None:
    for _ in range(5):
        fails(processor)
    stripe_control.forget_requests()
    payment = charge(account, saved, by=sarah)
    work_off()
    payment.refresh_from_db()
    assert (payment.status, payment.waits_for, payment.attempts) == ("pending", "retry", 0)
    assert payment.failure_message == "The processor is not answering."
    assert stripe_control.requests() == []
    assert later(payment, 31).status == "completed"
    assert state(processor) == "closed"


THREE_FAILURES = """
from payments import breaker
from payments.gateway.troubles import Kind, Trouble
for _ in range(3):
    try:
        with breaker.guarding(UUID(args[0])):
            raise Trouble(Kind.TRANSIENT, "Stripe did not answer.", silent=True)
    except Trouble:
        pass
"""


@pytest.mark.django_db(transaction=True)
def test_failures_of_two_processes_are_counted_together(harborline: Agency, stripe_account: StripeAccount) -> None:
    with tenancy.acting_for(harborline):
        processor = connect(stripe_account)
    with tenancy.working_for(harborline):
        fails(processor)
        assert other_process.run(harborline, THREE_FAILURES, str(processor.pk)) == 0
        with tenancy.transaction():
            assert state(processor) == "closed"
        fails(processor)
        with tenancy.transaction():
            assert state(processor) == "open"


@pytest.mark.django_db(transaction=True)
def test_all_processes_share_it(harborline: Agency, stripe_account: StripeAccount) -> None:
    """Two at once: three failures here and two there open it for both; then one of ten gets through."""
    with tenancy.acting_for(harborline):
        processor = connect(stripe_account)

    def fail_once() -> None:
        with tenancy.working_for(harborline):
            fails(processor)

    def admitted() -> bool:
        with tenancy.working_for(harborline):
            return breaker._admit(processor.pk)

    at_once(*[fail_once] * 5)
    with tenancy.acting_for(harborline):
        assert state(processor) == "open"
        GatewayHealth.objects.update(opened_at=datetime.now(UTC) - timedelta(seconds=31))
    outcomes = at_once(*[admitted] * 10)
    assert outcomes.count(True) == 1
    assert sum(isinstance(one, NotAnswering) for one in outcomes) == 9
