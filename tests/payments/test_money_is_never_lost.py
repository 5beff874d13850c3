"""Any sequence of what people, Stripe, the network and time do to money leaves the books right to the cent.

A state machine drives the product and the stand-in together. After every step: the balance is the sum of its entries
and never negative, and no charge of Stripe's is counted twice; at the end, when everything has been told, what we say
we hold is what Stripe's own ledger says it took and kept.
"""

import os
from contextlib import ExitStack
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import F, Q, Sum
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core import tenancy
from core.models import Account, Agency, Hold, User
from core.refusals import ChangedMeanwhile, FieldRefused
from debtflow.demo.local_stripe.control import Control, ControlError
from debtflow.demo.local_stripe.world import World
from payments import events, instalments, plans, reconciliation, refunding, settlements, settling, taking
from payments.drafting import Terms as PlanTerms
from payments.models import (
    GatewayHealth,
    Instalment,
    Payment,
    PaymentPlan,
    PaymentProcessor,
    Refund,
    WebhookEvent,
)
from payments.taking import Order
from tests.cast import today
from tests.payments.cast import books_agree, charge, connect, save_method, work_off, worked
from tests.payments.cast import deliver as post_events

AMOUNTS = st.decimals("0.50", "260.00", places=2)
EXAMPLES = int(os.environ.get("EXAMPLES", "15"))  # of lives; more of them by hand, when something of this changes
BANK = "pm_usBankAccount_success"
TOKENS = ["pm_card_visa", "pm_card_chargeCustomerFail", BANK, "pm_card_createDispute"]
LOST = ("needs_response", "under_review", "lost")  # disputes for which the bank has the money
FAULTS = ["error_before", "drop_before", "drop_after", "error_after", "rate_limit"]


class Money(RuleBasedStateMachine):
    """One account of 500.00 and everything that can happen to it."""

    world: World
    agency: Agency
    sarah: User
    dana: User
    ended = 0  # lives that were led to their end

    @initialize()
    def begin(self) -> None:
        self.stack = ExitStack()
        self.stack.enter_context(transaction.atomic())
        self.stack.enter_context(tenancy.working_for(self.agency))
        self.stack.enter_context(tenancy.transaction())
        stripe_account = self.world.account(f"machine-{uuid4().hex}")
        self.control = Control(stripe_account.base_url, stripe_account.secret_key)
        self.processor: PaymentProcessor = connect(stripe_account)
        self.account: Account = worked(self.sarah, self.dana)
        self.saved = {token: save_method(self.processor, self.account, token) for token in TOKENS}
        self.sent: list[tuple[str, Decimal, str]] = []
        self.minutes = 0

    def teardown(self) -> None:
        if not hasattr(self, "stack"):
            return
        try:
            self.ends_reconciled()
        finally:
            transaction.set_rollback(True)
            self.stack.close()

    # --- what people do --------------------------------------------------------------------------------------
    @rule(amount=AMOUNTS, token=st.sampled_from(TOKENS))
    def pays(self, amount: Decimal, token: str) -> None:
        key = str(uuid4())
        self._try(lambda: charge(self.account, self.saved[token], str(amount), by=self.sarah, key=key))
        self.sent.append((key, amount, token))

    @precondition(lambda self: self.sent)
    @rule(pick=st.randoms(use_true_random=False))
    def submits_again(self, pick: Any) -> None:
        key, amount, token = pick.choice(self.sent)
        self._try(lambda: charge(self.account, self.saved[token], str(amount), by=self.sarah, key=key))

    @rule(amount=AMOUNTS)
    def brings_cash(self, amount: Decimal) -> None:
        self.account.refresh_from_db()
        amount = min(amount, self.account.current_balance) or amount
        order = Order(amount, "cash", str(uuid4()), received_on=today())
        self._try(lambda: taking.take(self.account.pk, order, by=self.sarah))

    @rule(amount=AMOUNTS, pick=st.randoms(use_true_random=False), times=st.integers(1, 2))
    def gives_back(self, amount: Decimal, pick: Any, times: int) -> None:
        if taken := list(Payment.objects.filter(status="completed").order_by("pk")):
            payment, key = pick.choice(taken), str(uuid4())
            for _ in range(times):
                self._try(lambda: refunding.refund(payment.pk, amount, "So", key=key, by=self.dana))

    @rule(number=st.integers(1, 6), token=st.sampled_from([None, *TOKENS]), days=st.integers(0, 20),
          times=st.integers(1, 2))  # fmt: skip
    def agrees_a_plan(self, number: int, token: str | None, days: int, times: int) -> None:
        method = self.saved[token].pk if token else None
        standing = plans.active(self.account.pk)
        offer = settlements.open_on(self.account.pk)
        terms = PlanTerms(
            "weekly", today() + timedelta(days=days), number=number, saved_method=method,
            offer=offer.pk if offer and days % 2 else None,
        )  # fmt: skip
        replaces = str(standing.pk) if standing else ""
        before = PaymentPlan.objects.count()
        for _ in range(times):
            self._try(lambda: plans.agree(self.account.pk, terms, by=self.sarah, replaces=replaces))
        assert PaymentPlan.objects.count() <= before + 1, "a form that is sent twice is one plan"

    @rule(times=st.integers(1, 2))
    def cancels_the_plan(self, times: int) -> None:
        if plan := plans.active(self.account.pk):
            for _ in range(times):
                self._try(lambda: plans.cancel(plan.pk, "So", by=self.sarah))

    @rule(share=st.integers(1, 99), parts=st.integers(1, 4), times=st.integers(1, 2))
    def offers_to_settle(self, share: int, parts: int, times: int) -> None:
        """Below her floor it awaits an admin."""
        until = today() + timedelta(days=30)
        terms = settlements.Terms(until, percent=Decimal(share), instalments=parts)
        for _ in range(times):
            self._try(lambda: settlements.offer(self.account.pk, terms, by=self.sarah))

    @rule(act=st.sampled_from(["approve", "refuse", "accept", "accept", "withdraw"]), times=st.integers(1, 2))
    def acts_on_the_offer(self, act: str, times: int) -> None:
        if (standing := settlements.open_on(self.account.pk)) is None:
            return
        acts = {
            "approve": lambda: settlements.decide(standing.pk, approve=True, by=self.dana),
            "refuse": lambda: settlements.decide(standing.pk, approve=False, by=self.dana),
            "accept": lambda: settlements.accept(standing.pk, by=self.sarah),
            "withdraw": lambda: settlements.withdraw(standing.pk, by=self.sarah),
        }
        for _ in range(times):
            self._try(acts[act])

    @rule()
    def a_hold_is_placed_or_lifted(self) -> None:
        standing = Hold.objects.filter(account=self.account, lifted_at=None)
        if not standing.update(lifted_at=timezone.now()):
            Hold.objects.create(account=self.account, kind="fraud")

    # --- what the machines do --------------------------------------------------------------------------------
    @rule()
    def worker_works(self) -> None:
        work_off()

    @rule(minutes=st.integers(1, 5))
    def time_passes(self, minutes: int) -> None:
        self.minutes += minutes
        with time_machine.travel(timezone.now() + timedelta(minutes=self.minutes), tick=True):
            reconciliation.run_for_agency()

    @rule(days=st.integers(0, 40))
    def days_pass(self, days: int) -> None:
        """The jobs of that day; the machine's other days stay what they are."""
        with time_machine.travel(timezone.now() + timedelta(days=days, minutes=self.minutes), tick=True):
            instalments.run_for_agency()
            settling.expire_due()
        work_off()

    @rule(kind=st.sampled_from(FAULTS), count=st.integers(1, 3))
    def network_fails(self, kind: str, count: int) -> None:
        self.control.fault(kind, count=count)

    @rule(kind=st.sampled_from(FAULTS), path=st.sampled_from(["/v1/payment_intents", "/v1/refunds"]), amount=AMOUNTS)
    def network_fails_at_the_worst_moment(self, kind: str, path: str, amount: Decimal) -> None:
        """Just when money is moved; and the next try comes in time."""
        self.control.fault(kind, method="POST", path=path)
        self.pays(amount, "pm_card_visa")
        self.worker_works()
        self.time_passes(1)

    @rule(amount=AMOUNTS)
    def cash_comes_while_a_debit_is_on_its_way(self, amount: Decimal) -> None:
        """More than is owed in the end: the bank says yes to what nobody owes any more."""
        self.pays(amount, BANK)
        self.worker_works()
        self.account.refresh_from_db()
        self.brings_cash(max(self.account.current_balance - amount / 2, Decimal("0.01")).quantize(Decimal("0.01")))
        for one in self.control.ledger():
            if one["status"] == "pending":
                self.control.settle(one["charge"])
        self.events_come(again=False)
        self.worker_works()

    @rule(share=st.integers(10, 90), more=st.integers(0, 20))
    def a_settlement_is_paid(self, share: int, more: int) -> None:
        """And a little more; later steps take some of it back."""
        if (standing := settlements.open_on(self.account.pk)) is None:
            until = today() + timedelta(days=30)
            terms = settlements.Terms(until, percent=Decimal(share))
            self._try(lambda: settlements.offer(self.account.pk, terms, by=self.dana))
            standing = settlements.open_on(self.account.pk)
        if standing:
            self.brings_cash(max(standing.amount - standing.received, Decimal("0.01")) + more)

    @rule(again=st.booleans())
    def events_come(self, again: bool) -> None:
        post_events(self.control, again=again)

    @rule(pick=st.randoms(use_true_random=False))
    def events_are_worked_off_in_any_order(self, pick: Any) -> None:
        told = list(WebhookEvent.objects.order_by("pk").values_list("pk", flat=True))
        for pk in pick.sample(told, len(told)):
            events.process(str(pk))

    # --- what banks do ---------------------------------------------------------------------------------------
    @rule(act=st.sampled_from(["settle", "fail_debit", "return_debit", "open_dispute", "win_dispute", "lose_dispute"]),
          pick=st.randoms(use_true_random=False))  # fmt: skip
    def bank_acts(self, act: str, pick: Any) -> None:
        if charges := self.control.ledger():
            try:
                getattr(self.control, act)(pick.choice(charges)["charge"])
            except ControlError:
                pass  # that charge is not where this can happen

    # --- what must hold --------------------------------------------------------------------------------------
    @invariant()
    def books_are_right(self) -> None:
        if not hasattr(self, "stack"):
            return
        assert books_agree() == []
        self.account.refresh_from_db()
        assert self.account.current_balance >= 0
        refs = [p.processor_ref for p in Payment.objects.exclude(processor_ref="")]
        assert len(refs) == len(set(refs))
        came = Sum("payments__amount", filter=Q(payments__status__in=["completed", "refunded"]))
        over = Instalment.objects.annotate(came=came).filter(came__gt=F("amount"))
        assert not over.exists(), "no instalment is charged for more than it is"

    def ends_reconciled(self) -> None:
        """The network is whole again, an hour passes, everything is told: our books and Stripe's ledger are one."""
        self.control.clear_faults()
        GatewayHealth.objects.all().delete()
        for hours in (1, 3, 5, 7):
            with time_machine.travel(timezone.now() + timedelta(hours=hours, minutes=self.minutes), tick=True):
                reconciliation.run_for_agency()
            self.banks_give_back()
        work_off()
        post_events(self.control, again=True)
        work_off()
        ours = {
            str(p.pk): (p.amount, p.refunded_amount, p.charged_back_amount)
            for p in Payment.objects.filter(processor=self.processor, status__in=["completed", "refunded"])
        }
        theirs: dict[str, list[Any]] = {}
        for one in self.control.taken():
            theirs.setdefault(one["metadata"]["payment"], []).append(one)
        assert {key: len(found) for key, found in theirs.items()} == dict.fromkeys(ours, 1), (
            "one charge each, none lost"
        )
        for key, [one] in theirs.items():
            assert Decimal(one["amount"]) / 100 == ours[key][0]
            assert Decimal(one["amount_refunded"]) / 100 == ours[key][1]
            left = one["amount"] - one["amount_refunded"] if one["dispute"] in LOST else 0
            assert left == ours[key][2] * 100
        assert not Refund.objects.filter(status="pending", payment__processor=self.processor).exists()
        assert books_agree() == []
        type(self).ended += 1

    def banks_give_back(self) -> None:
        """What was on its way to a bank account arrives; nobody is told yet."""
        for ref in (
            Refund.objects.filter(status="pending").exclude(processor_ref="").values_list("processor_ref", flat=True)
        ):
            try:
                self.control.succeed_refund(ref)
            except ControlError:
                pass  # it has arrived already

    def _try(self, act: Any) -> None:
        try:
            with transaction.atomic():
                act()
        except (FieldRefused, ChangedMeanwhile):
            pass


@pytest.fixture
def machine(inside: Agency, sarah: User, dana: User, stripe_server: World) -> type[Money]:
    """The machine, within the agency."""
    assert connection.in_atomic_block
    return type("MoneyHere", (Money,), {"world": stripe_server, "agency": inside, "sarah": sarah, "dana": dana})


@pytest.mark.slow
def test_any_sequence_leaves_the_books_right(machine: type[Money]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=18,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert machine.ended >= EXAMPLES
