"""On its day an instalment is charged, tried again, or waited for; what comes fills rows, what goes empties them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import contact_points, tenancy
from core.models import Account, Activity, Agency, Hold, User
from debtflow.demo.local_stripe.control import Control
from payments import completing, instalments, plans, reconciliation, refunding, reminders, taking
from payments.drafting import Terms
from payments.models import Instalment, Payment, PaymentPlan, PaymentProcessor
from payments.taking import Order
from tests.cast import today
from tests.payments.cast import GOOD_BANK, books_agree, charge, learn, save_method, work_off, worked

ZONE = ZoneInfo("America/Chicago")
NOON = datetime(2027, 3, 10, 12, tzinfo=ZONE)


@contextmanager
def on(days: int) -> Iterator[None]:
    """Noon in Chicago, that many days after the plan was agreed."""
    with time_machine.travel(NOON + timedelta(days=days), tick=True):
        yield


@pytest.fixture(autouse=True)
def agreed_at_noon() -> Iterator[None]:
    with on(0):
        yield


def agree(account: Account, sarah: User, **facts: Any) -> PaymentPlan:
    terms = {"frequency": "weekly", "first_due": NOON.date(), "number": 5} | facts
    return plans.agree(account.pk, Terms(**terms), by=sarah)


def cash(account: Account, amount: str, by: User) -> Payment:
    received = timezone.now().astimezone(ZONE).date()
    return taking.take(account.pk, Order(Decimal(amount), "cash", str(uuid4()), received_on=received), by=by)


def rows(plan: PaymentPlan) -> list[tuple[str, str]]:
    return [(row.status, str(row.paid)) for row in plan.instalments.order_by("number")]


def run(days: int) -> None:
    """The job of that day, an hour later, twice, and what the worker then has to do."""
    with time_machine.travel(NOON + timedelta(days=days, hours=1), tick=True):
        instalments.run_for_agency()
        instalments.run_for_agency()
        work_off()


def state(plan: PaymentPlan) -> str:
    plan.refresh_from_db()
    return str(plan.status)


# --- by the saved method --------------------------------------------------------------------------------------------


def test_an_instalment_is_charged_on_its_day_and_once(
    account: Account, processor: PaymentProcessor, sarah: User, stripe_control: Control
) -> None:
    plan = agree(account, sarah, saved_method=save_method(processor, account).pk, first_due=NOON.date() + timedelta(2))
    for day in (0, 1, 2, 2, 3, 8, 9, 10):
        run(day)
    assert [one["amount"] for one in stripe_control.taken()] == [10000, 10000]
    assert rows(plan)[:3] == [("paid", "100.00"), ("paid", "100.00"), ("scheduled", "0.00")]
    # Its timeline is not in order: the database's clock does not travel.
    assert [told for told in books_agree() if "timeline" not in told] == []


def test_all_of_them_pay_the_account_off(account: Account, processor: PaymentProcessor, sarah: User) -> None:
    plan = agree(account, sarah, saved_method=save_method(processor, account).pk)
    for week in range(5):
        run(7 * week)
    account.refresh_from_db()
    assert (state(plan), account.status, account.current_balance) == ("completed", "settled", 0)


def test_a_declined_one_is_tried_twice_more_and_then_the_plan_is_broken(
    account: Account, processor: PaymentProcessor, sarah: User
) -> None:
    plan = agree(account, sarah, saved_method=save_method(processor, account, "pm_card_chargeCustomerFail").pk)
    days: list[int] = []
    for day in range(9):
        before = Payment.objects.count()
        run(day)
        days += [day] * (Payment.objects.count() - before)
    assert days == [0, 3, 6]
    account.refresh_from_db()
    assert (state(plan), account.status, account.next_action) == ("broken", "negotiating", "Broken plan")
    assert rows(plan) == [("broken", "0.00"), *[("cancelled", "0.00")] * 4]
    assert set(Payment.objects.values_list("idempotency_key", flat=True)) == {
        f"instalment-{plan.instalments.get(number=1).pk}-{n}" for n in (1, 2, 3)
    }


@pytest.mark.parametrize(
    ("kind", "code", "tries"),
    [("card", "generic_decline", 2), ("card", "stolen_card", 1), ("bank_transfer", "insufficient_funds", 2),
     ("bank_transfer", "R01", 2), ("bank_transfer", "account_closed", 1), ("bank_transfer", "R10", 1)],
)  # fmt: skip
def test_what_was_refused_for_good_is_not_tried_again(
    kind: str, code: str, tries: int, account: Account, processor: PaymentProcessor, sarah: User
) -> None:
    saved = save_method(processor, account)
    saved.kind = kind
    saved.save()
    agree(account, sarah, saved_method=saved.pk)
    instalments.run_for_agency()
    completing.fail(Payment.objects.get().pk, code, "No.")
    for day in (1, 2, 3):
        with on(day):
            instalments.run_for_agency()
    assert Payment.objects.count() == tries


def test_an_undecided_charge_is_waited_for(account: Account, processor: PaymentProcessor, sarah: User) -> None:
    saved = save_method(processor, account, "pm_usBankAccount_success")
    plan = agree(account, sarah, saved_method=saved.pk)
    run(0)
    assert Payment.objects.get().waits_for == "bank"
    run(9)  # grace is over, but the bank has not spoken
    assert (state(plan), Payment.objects.count()) == ("active", 1)


@pytest.mark.parametrize(
    ("zones", "hour", "charged"),
    [
        (["America/Chicago"], 0, True),
        (["America/Los_Angeles"], 1, False),
        (["America/Los_Angeles"], 2, True),
        (["America/New_York", "America/Los_Angeles"], 1, False),
        (["Pacific/Honolulu"], 3, False),
        (["Pacific/Guam"], -17, False),
        (["Pacific/Guam"], -16, True),
        (["Nowhere/Land"], -4, False),
        (["Nowhere/Land"], 0, True),
        ([], -4, False),
        ([], 0, True),
    ],
)
def test_the_day_begins_where_the_debtor_is(
    zones: list[str], hour: int, charged: bool, account: Account, processor: PaymentProcessor, sarah: User
) -> None:
    account.debtor.time_zones = zones
    account.debtor.save()
    agree(account, sarah, saved_method=save_method(processor, account).pk, first_due=date(2027, 3, 12))
    with time_machine.travel(datetime(2027, 3, 12, 0, 30, tzinfo=ZONE) + timedelta(hours=hour)):
        instalments.run_for_agency()
    assert Payment.objects.exists() is charged


def test_nothing_is_charged_or_broken_under_a_hold_and_the_debtor_is_told_before_it_goes_on(
    account: Account, processor: PaymentProcessor, sarah: User
) -> None:
    plan = agree(account, sarah, saved_method=save_method(processor, account).pk)
    hold = Hold.objects.create(debtor=account.debtor, kind="bankruptcy")
    for day in (0, 8, 20):
        run(day)
    assert (state(plan), Payment.objects.count()) == ("active", 0)
    with on(20):
        hold.lifted_at = timezone.now()
        hold.save()
    contact_points.add(account.debtor_id, "email", "marisol@example.com", source="debtor", by=sarah)
    for day in (20, 22):
        run(day)
    assert Payment.objects.count() == 0
    with on(21):
        assert reminders.run_for_agency() >= 1
    run(23)
    assert Payment.objects.count() == 1
    run(24)
    assert Payment.objects.count() == 2  # one a day of those that came due meanwhile


def test_a_hold_placed_before_the_worker_came_uses_no_charge_of_a_bank_account_up(
    account: Account, processor: PaymentProcessor, sarah: User
) -> None:
    plan = agree(account, sarah, saved_method=save_method(processor, account, GOOD_BANK).pk)
    instalments.run_for_agency()
    hold = Hold.objects.create(debtor=account.debtor, kind="dispute")
    work_off()
    assert Payment.objects.get().failure_code == "not_allowed"
    with on(1):
        hold.lifted_at = timezone.now()
        hold.save()
    for day in (1, 4):
        run(day)
    assert Payment.objects.filter(instalment__plan=plan, status="pending").count() == 1


def test_a_charge_that_may_have_been_made_is_looked_up_when_its_plan_ends(
    account: Account, processor: PaymentProcessor, sarah: User, stripe_control: Control
) -> None:
    plan = agree(account, sarah, saved_method=save_method(processor, account).pk)
    stripe_control.fault("drop_after", method="POST", path="/v1/payment_intents")
    instalments.run_for_agency()
    work_off()
    plans.cancel(plan.pk, "Lost the job", by=sarah)
    for seconds in (5, 90):
        with time_machine.travel(NOON + timedelta(seconds=seconds), tick=True):
            reconciliation.run_for_agency()
    assert Payment.objects.get().status == "completed"
    assert [one["amount"] for one in stripe_control.taken()] == [10000]


def test_a_charge_that_was_never_made_is_not_made_when_its_plan_has_ended(
    account: Account, processor: PaymentProcessor, sarah: User, stripe_control: Control
) -> None:
    plan = agree(account, sarah, saved_method=save_method(processor, account).pk)
    stripe_control.fault("error_before", method="POST", path="/v1/payment_intents")
    instalments.run_for_agency()
    work_off()
    plans.cancel(plan.pk, "Lost the job", by=sarah)
    for seconds in (5, 90, 3700):
        with time_machine.travel(NOON + timedelta(seconds=seconds), tick=True):
            reconciliation.run_for_agency()
    assert Payment.objects.get().failure_code == "never_sent"
    assert stripe_control.taken() == []


# --- by whatever comes ----------------------------------------------------------------------------------------------


def test_what_comes_fills_the_oldest_rows(account: Account, sarah: User) -> None:
    plan = agree(account, sarah)
    cash(account, "60.00", sarah)
    assert rows(plan)[:2] == [("partial", "60.00"), ("scheduled", "0.00")]
    cash(account, "160.00", sarah)
    assert rows(plan)[:4] == [("paid", "100.00"), ("paid", "100.00"), ("partial", "20.00"), ("scheduled", "0.00")]


def test_what_is_given_back_empties_the_newest_rows(account: Account, sarah: User, dana: User) -> None:
    plan = agree(account, sarah)
    payment = cash(account, "250.00", sarah)
    refunding.refund(payment.pk, Decimal("120.00"), "Too much", key=str(uuid4()), by=dana)
    assert rows(plan)[:3] == [("paid", "100.00"), ("partial", "30.00"), ("scheduled", "0.00")]


def test_what_the_bank_takes_back_empties_its_row(
    account: Account, processor: PaymentProcessor, sarah: User, stripe_control: Control
) -> None:
    plan = agree(account, sarah, saved_method=save_method(processor, account, GOOD_BANK).pk)
    run(0)
    debit = Payment.objects.get()
    stripe_control.settle(debit.processor_ref)
    learn(debit)
    assert rows(plan)[0] == ("paid", "100.00")
    stripe_control.return_debit(debit.processor_ref)
    learn(debit)
    assert rows(plan)[0] == ("scheduled", "0.00")


def test_a_row_is_empty_while_its_payment_is_disputed(
    account: Account, processor: PaymentProcessor, sarah: User, stripe_control: Control
) -> None:
    plan = agree(account, sarah, saved_method=save_method(processor, account).pk)
    run(0)
    payment = Payment.objects.get()
    stripe_control.open_dispute(payment.processor_ref)
    learn(payment)
    assert rows(plan)[0] == ("scheduled", "0.00")
    stripe_control.win_dispute(payment.processor_ref)
    learn(payment)
    assert rows(plan)[0] == ("paid", "100.00")


def test_what_was_paid_before_the_plan_does_not_count_nor_its_refund(account: Account, sarah: User, dana: User) -> None:
    early = cash(account, "100.00", sarah)
    with on(1):
        plan = agree(account, sarah, number=4, first_due=NOON.date() + timedelta(days=1))
    with on(2):
        cash(account, "100.00", sarah)
        refunding.refund(early.pk, Decimal("50.00"), "So", key=str(uuid4()), by=dana)
    assert rows(plan)[:2] == [("paid", "100.00"), ("scheduled", "0.00")]


def test_a_completed_plan_goes_on_when_its_money_is_given_back(account: Account, sarah: User, dana: User) -> None:
    plan = agree(account, sarah)
    payment = cash(account, "500.00", sarah)
    assert state(plan) == "completed"
    refunding.refund(payment.pk, Decimal("100.00"), "So", key=str(uuid4()), by=dana)
    account.refresh_from_db()
    assert (state(plan), account.status) == ("active", "in_contact")
    assert rows(plan)[3:] == [("paid", "100.00"), ("scheduled", "0.00")]
    cash(account, "100.00", sarah)
    assert state(plan) == "completed"


def test_a_missed_instalment_breaks_the_plan_after_its_grace(account: Account, sarah: User) -> None:
    plan = agree(account, sarah)
    cash(account, "40.00", sarah)
    run(7)
    assert state(plan) == "active"
    run(8)
    account.refresh_from_db()
    assert (state(plan), account.status, account.next_action) == ("broken", "negotiating", "Broken plan")
    assert plan.ended_because == "$60.00 of the instalment due March 10 did not come"
    told = Activity.objects.filter(account=account, data__move="break_plan").get()
    assert (told.actor, told.body) == (None, f"The plan is broken: {plan.ended_because}.")
    assert rows(plan) == [("broken", "40.00"), *[("cancelled", "0.00")] * 4]


def test_one_that_pays_ahead_is_never_late(account: Account, sarah: User) -> None:
    plan = agree(account, sarah)
    cash(account, "300.00", sarah)
    run(20)
    assert state(plan) == "active"
    run(29)
    assert state(plan) == "broken"


def test_an_account_that_closes_ends_its_plan_and_its_offer(
    account: Account, processor: PaymentProcessor, sarah: User, dana: User
) -> None:
    from core import moves
    from payments import settlements

    saved = save_method(processor, account)
    plan = agree(account, sarah, saved_method=saved.pk)
    until = today() + timedelta(days=9)
    offer = settlements.offer(account.pk, settlements.Terms(until, amount=Decimal(450)), by=sarah)
    instalments.run_for_agency()
    moves.move(account.pk, "withdraw", by=dana, reason="recalled")
    offer.refresh_from_db()
    assert (state(plan), plan.ended_because) == ("cancelled", "The account is closed")
    assert offer.status == "withdrawn"
    work_off()
    assert Payment.objects.get().failure_code == "plan_ended", "what was put aside for the worker is not charged"


# --- the collector ----------------------------------------------------------------------------------------------------


def called(account: Account) -> str:
    account.refresh_from_db()
    return account.next_action


def test_a_late_instalment_calls_the_collector_once_until_it_is_paid(account: Account, sarah: User) -> None:
    agree(account, sarah)
    run(0)
    assert called(account) == "", "on its day it may still come"
    run(1)
    assert called(account) == "Late instalment"
    assert Activity.objects.filter(account=account, data__plan_was="missed").count() == 1
    account.next_action = "Pays on Friday"
    account.save()
    run(2)
    assert called(account) == "Pays on Friday", "what she planned stays planned"
    account.next_action = "Late instalment"
    account.save()
    with on(2):
        cash(account, "100.00", sarah)
    assert called(account) == ""


def test_a_declined_instalment_calls_the_collector(account: Account, processor: PaymentProcessor, sarah: User) -> None:
    saved = save_method(processor, account, "pm_card_chargeCustomerFail")
    agree(account, sarah, saved_method=saved.pk)
    run(0)
    run(0)
    assert called(account) == "Declined instalment"


def test_what_was_under_way_before_the_plan_fills_no_row_of_it(
    account: Account, processor: PaymentProcessor, sarah: User, stripe_control: Control
) -> None:
    debit = charge(account, save_method(processor, account, GOOD_BANK), "200.00", by=sarah)
    work_off()
    plan = agree(account, sarah, number=3)
    assert plan.total == 300
    debit.refresh_from_db()
    stripe_control.settle(debit.processor_ref)
    assert learn(debit).status == "completed"
    assert rows(plan) == [("scheduled", "0.00")] * 3
    cash(account, "100.00", sarah)
    assert rows(plan)[0] == ("paid", "100.00")


# --- reminders ------------------------------------------------------------------------------------------------------


@pytest.fixture
def reachable(account: Account, sarah: User) -> Account:
    contact_points.add(account.debtor_id, "email", "marisol@example.com", source="debtor", by=sarah)
    return account


def remind(days: int, hour: int = 12) -> int:
    with time_machine.travel(NOON.replace(hour=hour) + timedelta(days=days), tick=True):
        told = reminders.run_for_agency()
        work_off()
    return told


def test_the_debtor_is_reminded_once_ahead_of_each_instalment(reachable: Account, sarah: User) -> None:
    agree(reachable, sarah, first_due=NOON.date() + timedelta(days=5))
    assert [remind(day) for day in (0, 1, 2, 2, 3, 4, 5, 9)] == [0, 0, 1, 0, 0, 0, 0, 1]
    message = mail.outbox[0]
    assert (message.to, message.subject) == (["marisol@example.com"], "A message from Harborline Recovery")
    assert "your payment of $100.00 is due on March 15, 2027" in message.body
    assert "This communication is from a debt collector." in message.body
    assert Activity.objects.filter(account=reachable, data__plan_was="reminded").count() == 2


@pytest.mark.parametrize("status", ["invalid", "opted_out"])
def test_nobody_is_reminded_at_an_address_that_may_not_be_used(status: str, reachable: Account, sarah: User) -> None:
    agree(reachable, sarah, first_due=NOON.date() + timedelta(days=2))
    reachable.debtor.contact_points.update(status=status)
    assert remind(1) == 0


def test_nobody_is_reminded_at_night_or_under_a_hold(reachable: Account, sarah: User) -> None:
    agree(reachable, sarah, first_due=NOON.date() + timedelta(days=2))
    assert remind(1, hour=5) == 0
    hold = Hold.objects.create(debtor=reachable.debtor, kind="attorney")
    assert remind(1) == 0
    hold.delete()
    assert remind(1) == 1


# --- any order ------------------------------------------------------------------------------------------------------


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    paid=st.lists(st.integers(1, 20000), min_size=1, max_size=4),
    back=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 20000)), max_size=4),
)
def test_rows_hold_exactly_what_came_whatever_its_order(
    paid: list[int], back: list[tuple[int, int]], inside: Agency, sarah: User, dana: User
) -> None:
    with tenancy.transaction():
        account = worked(sarah, dana)
        plan = agree(account, sarah)
        taken = []
        for cents in paid:
            account.refresh_from_db()
            amount = min(Decimal(cents) / 100, account.current_balance)
            if amount:
                taken.append(cash(account, str(amount), sarah))
        for which, cents in back:
            payment = taken[which % len(taken)]
            payment.refresh_from_db()
            amount = min(Decimal(cents) / 100, refunding.refundable(payment))
            if amount:
                refunding.refund(payment.pk, amount, "So", key=str(uuid4()), by=dana)
        account.refresh_from_db()
        found = list(Instalment.objects.filter(plan=plan).order_by("number"))
        assert sum(row.paid for row in found) == 500 - account.current_balance
        filled = [row.paid == row.amount for row in found]
        assert filled == sorted(filled, reverse=True)
        assert (state(plan) == "completed") == (account.current_balance == 0)
