"""check_books also proves the money: each rule of payments, plans and settlements finds what breaks it."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from core import balances, books
from core.models import Account, User
from payments import plans, settlements, taking
from payments.drafting import Terms as PlanTerms
from payments.models import Instalment, Payment, PaymentPlan, Refund, SettlementOffer
from payments.taking import Order
from tests.cast import today
from tests.payments.cast import worked


def cash(account: Account, amount: str, by: User) -> Payment:
    order = Order(Decimal(amount), "cash", str(uuid4()), received_on=today())
    return taking.take(account.pk, order, by=by)


@pytest.fixture
def paid(account: Account, sarah: User) -> Payment:
    """100.00 of 500.00 came, of which ten percent are Sarah's."""
    Account.objects.filter(pk=account.pk).update(external_ref="NGH-1")
    return cash(account, "100.00", sarah)


@pytest.fixture
def plan(account: Account, sarah: User) -> PaymentPlan:
    """500.00 in five instalments, of which the first is paid and the second in part."""
    made = plans.agree(account.pk, PlanTerms("weekly", today(), number=5), by=sarah)
    cash(account, "150.00", sarah)
    return made


@pytest.fixture
def settled(account: Account, sarah: User) -> SettlementOffer:
    """400.00 came, 100.00 is waived."""
    Account.objects.filter(pk=account.pk).update(external_ref="NGH-1")
    until = today() + timedelta(days=30)
    made = settlements.offer(account.pk, settlements.Terms(until, amount=Decimal(400)), by=sarah)
    cash(account, "400.00", sarah)
    return made


def broken_rules() -> dict[str, list[str]]:
    return {broken.rule: broken.sentences for broken in books.check_books().broken}


def test_after_ordinary_work_the_books_agree(plan: PaymentPlan, sarah: User, dana: User) -> None:
    other = worked(sarah, dana)
    until = today() + timedelta(days=30)
    settlements.offer(other.pk, settlements.Terms(until, amount=Decimal(450)), by=sarah)
    cash(other, "450.00", sarah)
    assert broken_rules() == {}


def test_a_payment_that_took_more_than_is_held(paid: Payment) -> None:
    Payment.objects.update(amount=Decimal("60.00"))
    assert broken_rules()["a payment changed the balance by no more than is held of it"] == [
        f"Account NGH-1: payment {paid.pk} has taken 100.00 off the balance; 60.00 of it is held."
    ]


def test_a_payment_that_failed_and_still_counts(paid: Payment) -> None:
    Payment.objects.update(status="failed", completed_at=None)
    assert list(broken_rules()) == ["a payment changed the balance by no more than is held of it"]


def test_a_credit_that_nobody_is_due(paid: Payment) -> None:
    Payment.objects.update(credit=Decimal("5.00"))
    assert broken_rules() == {
        "a credit is what is held of a payment and was not owed": [
            f"Account NGH-1: of payment {paid.pk} 5.00 is said to be due to the debtor; it is 0.00."
        ]
    }


def test_an_entry_that_names_a_payment_of_another_account(paid: Payment, sarah: User, dana: User) -> None:
    other = worked(sarah, dana, external_ref="NGH-2")
    balances.post_entry(other.pk, "payment", Decimal("-10.00"), by=sarah, payment=paid.pk)
    (sentence,) = broken_rules()["an entry that names a payment is on its account"]
    assert sentence.startswith("Account NGH-2: the entry ")


def test_a_refund_that_its_payment_does_not_know(paid: Payment) -> None:
    Refund.objects.create(payment=paid, amount=Decimal("30.00"), status="completed", idempotency_key="k")
    assert broken_rules() == {
        "what was given back is the sum of the refunds": [
            f"Payment {paid.pk}: 0.00 is said to be given back, its refunds make 30.00."
        ]
    }


def test_a_commission_at_another_rate(paid: Payment) -> None:
    Payment.objects.update(commission_rate=Decimal("0.2"))
    assert broken_rules() == {
        "a commission is its rate of what the payment took off the balance": [
            f"Payment {paid.pk}: the commission is 10.00, due is 20.00."
        ]
    }


def test_rows_that_do_not_make_their_plan(plan: PaymentPlan) -> None:
    PaymentPlan.objects.update(total=Decimal("499.99"))
    assert broken_rules() == {
        "a plan's rows make its total": [f"Plan {plan.pk}: its rows make 500.00, its total is 499.99."]
    }


def test_a_completed_plan_that_is_not_paid(plan: PaymentPlan) -> None:
    PaymentPlan.objects.update(status="completed")
    assert broken_rules() == {
        "a completed plan is paid by its rows": [f"Plan {plan.pk}: it is completed, but 150.00 of 500.00 is paid."]
    }


@pytest.mark.parametrize(
    ("number", "status", "paid"), [(1, "partial", "100.00"), (2, "paid", "50.00"), (2, "scheduled", "50.00"),
                                   (3, "paid", "0.00"), (3, "partial", "0.00")],
)  # fmt: skip
def test_an_instalment_that_does_not_stand_as_it_is_paid(
    number: int, status: str, paid: str, plan: PaymentPlan
) -> None:
    row = plan.instalments.get(number=number)
    Instalment.objects.filter(pk=row.pk).update(status=status)
    found = broken_rules().get("an instalment stands as what was paid of it says")
    assert found == [f"Instalment {row.pk}: it is {status}, {paid} of 100.00 is paid."]


def test_a_waiver_that_outlives_its_settlement(settled: SettlementOffer) -> None:
    SettlementOffer.objects.update(status="broken", waived=0)
    assert broken_rules() == {
        "what a paid settlement waived is in the journal, and of no other": [
            "Account NGH-1: its settlements waived 0.00, its journal says 100.00."
        ]
    }


@pytest.mark.parametrize("change", [{"status": "broken"}, {"received": Decimal("399.99")}])
def test_a_settlement_that_waives_without_being_paid(
    change: dict[str, str | Decimal], settled: SettlementOffer
) -> None:
    SettlementOffer.objects.update(**change)
    settled.refresh_from_db()
    assert broken_rules() == {
        "only a paid settlement has waived anything": [
            f"Settlement {settled.pk}: it is {settled.status}; {settled.received} of 400.00 came, 100.00 is waived."
        ]
    }
