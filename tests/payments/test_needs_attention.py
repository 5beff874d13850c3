"""What needs a person is on one page, with its reason and what can be done, and leaves it when it is done."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from core import tenancy
from core.models import Account, User
from debtflow.demo.local_stripe.control import Control
from payments import attention, daily_comparison, refunding, taking
from payments.models import DailyComparison, GatewayHealth, Payment, PaymentProcessor, Refund, WebhookEvent
from payments.pages import attention as pages
from payments.taking import Order
from tests.cast import ago, today
from tests.payments.cast import books_agree, charge, deliver, learn, save_method, work_off
from tests.payments.stripe_server import take
from tests.worklist.pages import text

As = Callable[[User], Client]
URL = "/payments/attention/"


def check(account: Account, amount: str, by: User) -> Payment:
    return taking.take(account.pk, Order(Decimal(amount), "check", str(uuid4()), received_on=today()), by=by)


@pytest.fixture
def page(dana: User, as_user: As) -> Callable[[], str]:
    """The words of the page now."""
    browser: list[Client] = []

    def words() -> str:
        if not browser:
            browser.append(as_user(dana))
        return text(browser[0].get(URL))

    return words


def test_nothing_needs_attention(processor: PaymentProcessor, page: Callable[[], str]) -> None:
    assert "Nothing needs attention" in page()
    assert attention.count() == 0


def test_a_decline_until_another_payment_came(
    account: Account, processor: PaymentProcessor, sarah: User, page: Callable[[], str]
) -> None:
    charge(account, save_method(processor, account, "pm_card_chargeCustomerFail"), by=sarah)
    work_off()
    assert "Failed payments 1" in page()
    assert "Your card was declined. Nothing came since." in page()
    assert attention.count() == 1
    check(account, "10.00", sarah)
    assert "Nothing needs attention" in page()


def test_a_section_counts_all_and_shows_the_oldest(
    account: Account, sarah: User, dana: User, as_user: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST", 2)
    for amount in ("1.00", "2.00", "3.00"):
        Payment.objects.filter(pk=check(account, amount, sarah).pk).update(credit=Decimal("0.50"))
    html = as_user(dana).get(URL).content.decode()
    assert '<section class="card attention" id="credits"' in html
    assert '<data data-total="credits" value="3">3</data>, the oldest 2 are shown' in html
    assert "$2.00 by" in html
    assert "$3.00 by" not in html


def test_an_old_decline_is_over(account: Account, sarah: User, page: Callable[[], str]) -> None:
    old = check(account, "10.00", sarah)
    long_ago = ago(15)
    Payment.objects.filter(pk=old.pk).update(status="failed", completed_at=None, created_at=long_ago)
    assert "Nothing needs attention" in page()


@pytest.mark.parametrize(
    ("waits_for", "fine", "late"),
    [("worker", 4, 6), ("gateway", 4, 6), ("retry", 9, 11), ("action", 1400, 1500), ("details", 4300, 4400),
     ("bank", 11500, 11600)],
)  # fmt: skip
def test_a_payment_that_waits_for_too_long(
    waits_for: str, fine: int, late: int, account: Account, sarah: User, page: Callable[[], str]
) -> None:
    payment = check(account, "10.00", sarah)
    for minutes, shown in ((fine, False), (late, True)):
        facts: dict[str, Any] = {"status": "pending", "completed_at": None, "waits_for": waits_for}
        created = timezone.now() - timedelta(minutes=minutes)
        Payment.objects.filter(pk=payment.pk).update(created_at=created, **facts)
        assert ("Waiting for too long 1" in page()) is shown
    assert "for longer than usual" in page()


def test_one_of_which_nobody_knows_is_looked_up_from_here(
    account: Account, processor: PaymentProcessor, sarah: User, page: Callable[[], str]
) -> None:
    payment = charge(account, save_method(processor, account), by=sarah)
    Payment.objects.filter(pk=payment.pk).update(status="unknown", failure_message="Stripe did not answer.")
    assert "Not known whether charged 1" in page()
    assert "Stripe did not answer. It is looked up until it is known." in page()
    assert "Look it up now" in page()


def test_a_refund_that_failed_until_another_is_made(
    account: Account, sarah: User, dana: User, page: Callable[[], str]
) -> None:
    payment = check(account, "100.00", sarah)
    Refund.objects.create(payment=payment, amount=5, status="failed", idempotency_key="a", failure_code="lost_card")
    assert "Failed refunds 1" in page()
    assert "$5.00 to be given back" in page()
    assert "The processor could not: lost_card." in page()
    refunding.refund(payment.pk, Decimal(5), "Again", key="b", by=dana)
    assert "Nothing needs attention" in page()


def test_a_credit_until_it_is_given_back(
    account: Account, processor: PaymentProcessor, sarah: User, dana: User, page: Callable[[], str]
) -> None:
    late = charge(account, save_method(processor, account), "400.00", by=sarah)
    check(account, "300.00", sarah)
    work_off()
    assert "Credits due to debtors 1" in page()
    assert "$200.00 more than was owed came; it is due to the debtor." in page()
    assert books_agree() == []
    refunding.refund(late.pk, Decimal("200.00"), "Credit", key="r", by=dana)
    work_off()
    assert "Nothing needs attention" in page()
    assert books_agree() == []


def test_an_open_dispute(
    account: Account, processor: PaymentProcessor, sarah: User, stripe_control: Control, page: Callable[[], str]
) -> None:
    payment = charge(account, save_method(processor, account), by=sarah)
    work_off()
    payment.refresh_from_db()
    stripe_control.open_dispute(payment.processor_ref)
    learn(payment)
    assert "Open disputes 1" in page()
    assert "The debtor’s bank has taken back $100.00: fraudulent." in page()


def test_events_that_wait_and_that_gave_up(processor: PaymentProcessor, page: Callable[[], str]) -> None:
    facts: dict[str, Any] = {"processor": processor, "type": "charge.refunded", "payload": {}}
    WebhookEvent.objects.create(event_id="evt_fine", next_attempt_at=timezone.now(), **facts)
    assert "Nothing needs attention" in page()
    WebhookEvent.objects.create(event_id="evt_1", next_attempt_at=timezone.now(), error="No answer.", **facts)
    WebhookEvent.objects.create(event_id="evt_2", error="No answer.", attempts=12, **facts)
    assert "Events not worked off 2" in page()
    assert "No answer. 12 attempts. It is not tried again by itself." in page()


def test_a_processor_that_does_not_answer(processor: PaymentProcessor, page: Callable[[], str]) -> None:
    now = timezone.now()
    GatewayHealth.objects.create(processor=processor, state="open", opened_at=now, last_error="Stripe did not answer.")
    assert "Processors that do not answer 1" in page()
    assert "Nothing is sent; payments stay pending" in page()


def test_the_navigation_says_how_many_to_admins(
    account: Account, sarah: User, dana: User, auditor: User, as_user: As
) -> None:
    payment = check(account, "10.00", sarah)
    Payment.objects.filter(pk=payment.pk).update(status="unknown", completed_at=None)
    said = "Payments 1 need attention"
    assert said in text(as_user(dana).get("/worklist/"))
    assert said not in text(as_user(sarah).get("/worklist/"))
    assert said not in text(as_user(auditor).get("/worklist/"))


def test_a_reader_looks_and_a_collector_does_not(
    account: Account, sarah: User, auditor: User, stranger: User, as_user: As
) -> None:
    payment = check(account, "10.00", sarah)
    Payment.objects.filter(pk=payment.pk).update(status="unknown", completed_at=None)
    words = text(as_user(auditor).get(URL))
    assert "Not known whether charged 1" in words
    assert "Look it up now" not in words
    assert as_user(sarah).get(URL).status_code == 404
    with tenancy.acting_for(stranger.agency):
        browser = as_user(stranger)
    assert "Nothing needs attention" in text(browser.get(URL))


# --- a processor's money beside ours -----------------------------------------------------------------------------


def test_a_day_that_agrees(
    account: Account, processor: PaymentProcessor, sarah: User, dana: User, stripe_control: Control
) -> None:
    payment = charge(account, save_method(processor, account), "200.00", by=sarah)
    work_off()
    refunding.refund(payment.pk, Decimal(50), "Too much", key="r", by=dana)
    work_off()
    payment.refresh_from_db()
    stripe_control.open_dispute(payment.processor_ref)
    learn(payment)
    found = daily_comparison.compare(processor, timezone.now().astimezone(payment.agency.zone).date())
    assert (found.differs, found.differences) == (False, [])
    assert (found.taken_there, found.taken_here) == (Decimal(200), Decimal(200))
    assert found.returned_there == found.returned_here > 50


def test_money_that_we_do_not_know_of_is_told_until_the_day_agrees(
    account: Account, processor: PaymentProcessor, sarah: User, dana: User, stripe_client: Any, as_user: As,
    page: Callable[[], str],
) -> None:  # fmt: skip
    payment = charge(account, save_method(processor, account), "100.00", by=sarah)
    work_off()
    payment.refresh_from_db()
    made = take(stripe_client, 1500)
    refund = stripe_client.v1.refunds.create({"payment_intent": payment.processor_ref, "amount": 700})
    today = timezone.now().astimezone(payment.agency.zone).date()
    found = daily_comparison.compare(processor, today)
    assert found.differences == [
        f"The charge {made.latest_charge} of $15.00 is not known here.",
        f"The refund {refund.id} of $7.00 is not known here.",
    ]
    words = page()
    assert "Days that differ 1" in words
    assert "There $115.00 taken and $7.00 returned; here $100.00 and $0.00." in words
    Payment.objects.filter(pk=payment.pk).update(metadata={})
    assert "was not moved there" in str(daily_comparison.compare(processor, today).differences)
    learn(payment)
    Payment.objects.filter(pk=payment.pk).update(processor_ref="", metadata={"charge": made.latest_charge}, amount=15)
    as_user(dana).post(f"/payments/comparisons/{found.pk}/renewals/")
    work_off()
    found.refresh_from_db()
    assert len(found.differences) == 1, "only the first charge is unknown now"


def test_the_recurring_job_makes_up_for_days_and_looks_again_where_it_differed(
    processor: PaymentProcessor, stripe_control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[Any] = []
    monkeypatch.setattr(daily_comparison, "compare", lambda _, day: compared.append(day))
    today = timezone.now().astimezone(processor.agency.zone).date()
    facts: dict[str, Any] = {"processor": processor, "compared_at": timezone.now()}
    DailyComparison.objects.create(day=today - timedelta(days=1), **facts)
    DailyComparison.objects.create(day=today - timedelta(days=9), differs=True, **facts)
    daily_comparison.run()
    assert sorted((today - day).days for day in compared) == [2, 3, 9]


def test_a_processor_that_does_not_answer_is_compared_another_day(
    processor: PaymentProcessor, stripe_control: Control
) -> None:
    stripe_control.fault("error_before", count=100)
    daily_comparison.run()
    assert not DailyComparison.objects.exists()
    stripe_control.clear_faults()


def test_webhooks_leave_nothing_behind(
    account: Account, processor: PaymentProcessor, sarah: User, stripe_control: Control, page: Callable[[], str]
) -> None:
    charge(account, save_method(processor, account), by=sarah)
    work_off()
    deliver(stripe_control)
    work_off()
    assert "Nothing needs attention" in page()
