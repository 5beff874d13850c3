"""A settlement is offered within one's authority, approved, accepted, paid; what is taken back makes all of it owed."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import tenancy
from core.models import Account, Agency, BalanceEntry, User
from core.refusals import ChangedMeanwhile
from payments import plans, refunding, settlements, settling, taking
from payments.drafting import PlanRefused
from payments.drafting import Terms as PlanTerms
from payments.models import Payment, PaymentProcessor, SettlementOffer
from payments.settlements import SettlementRefused, Terms
from payments.taking import Order
from tests.cast import today
from tests.payments.cast import books_agree, charge, save_method, work_off, worked
from tests.worklist.conftest import auditors_browser, danas_browser, sarahs_browser, strangers_browser
from tests.worklist.pages import HTMX, text

__all__ = ["auditors_browser", "danas_browser", "sarahs_browser", "strangers_browser"]


def until(days: int = 30) -> Any:
    return today() + timedelta(days=days)


def offer(account: Account, by: User, amount: str | Decimal | None = "400.00", **facts: Any) -> SettlementOffer:
    amount = None if amount is None else Decimal(amount)
    return settlements.offer(account.pk, Terms(**({"expires_on": until()} | facts), amount=amount), by=by)


def cash(account: Account, amount: str, by: User) -> Payment:
    order = Order(Decimal(amount), "cash", str(uuid4()), received_on=today())
    return taking.take(account.pk, order, by=by)


def give_back(payment: Payment, amount: str, by: User) -> None:
    refunding.refund(payment.pk, Decimal(amount), "So", key=str(uuid4()), by=by)


def state(account: Account, made: SettlementOffer) -> tuple[str, str, Decimal]:
    account.refresh_from_db()
    made.refresh_from_db()
    return made.status, account.status, account.current_balance


# --- authority --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"amount": Decimal("400.00")}, "offered"),
        ({"amount": Decimal("399.99")}, "awaiting"),
        ({"amount": None, "percent": Decimal(80)}, "offered"),
        ({"amount": None, "percent": Decimal(50)}, "awaiting"),
    ],
)
def test_a_collector_offers_down_to_her_floor(
    facts: dict[str, Any], status: str, account: Account, sarah: User
) -> None:
    assert offer(account, sarah, **facts).status == status


def test_a_creditor_sets_another_floor(account: Account, sarah: User) -> None:
    account.creditor.settlement_floor = Decimal("0.5")
    account.creditor.save()
    assert offer(account, sarah, "250.00").status == "offered"


def test_the_agency_sets_the_floor(account: Account, inside: Agency, sarah: User) -> None:
    inside.settings = {"settlement_floor": "0.95"}
    inside.save()
    assert offer(account, sarah, "450.00").status == "awaiting"


def test_an_admin_offers_at_once_and_approves_what_awaits(account: Account, sarah: User, dana: User) -> None:
    made = offer(account, sarah, "100.00")
    with pytest.raises(SettlementRefused, match="Only an admin"):
        settlements.decide(made.pk, approve=True, by=sarah)
    assert settlements.decide(made.pk, approve=True, by=dana).status == "offered"
    with pytest.raises(ChangedMeanwhile, match="The offer is offered by now"):
        settlements.decide(made.pk, approve=False, by=dana)
    settlements.withdraw(made.pk, by=sarah)
    assert offer(account, dana, "50.00").status == "offered"


def test_what_awaits_is_not_accepted_and_may_be_refused(account: Account, sarah: User, dana: User) -> None:
    made = offer(account, sarah, "100.00")
    with pytest.raises(ChangedMeanwhile):
        settlements.accept(made.pk, by=sarah)
    assert settlements.decide(made.pk, approve=False, by=dana).status == "refused"
    offer(account, sarah)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal(500)}, "amount"),
        ({"amount": Decimal("1.001")}, "amount"),
        ({"amount": None}, "amount"),
        ({"percent": Decimal(80)}, "amount"),
        ({"amount": None, "percent": Decimal(100)}, "percent"),
        ({"instalments": 0}, "instalments"),
        ({"instalments": 13}, "instalments"),
        ({"expires_on": -1}, "expires_on"),
        ({"expires_on": 91}, "expires_on"),
    ],
)
def test_unsound_terms_are_refused_by_their_field(
    facts: dict[str, Any], field: str, account: Account, sarah: User
) -> None:
    if "expires_on" in facts:
        facts = {"expires_on": until(facts["expires_on"])}
    with pytest.raises(SettlementRefused) as refusal:
        offer(account, sarah, **facts)
    assert refusal.value.field == field


def test_one_offer_stands_at_a_time(account: Account, sarah: User, dana: User) -> None:
    offer(account, sarah)
    with pytest.raises(ChangedMeanwhile, match=r"Sarah Mitchell offered to settle for \$400.00"):
        offer(account, dana, "300.00")


# --- paid -------------------------------------------------------------------------------------------------------------


def test_the_rest_is_waived_when_the_amount_has_come(account: Account, sarah: User) -> None:
    made = offer(account, sarah)
    settlements.accept(made.pk, by=sarah)
    assert state(account, made) == ("accepted", "negotiating", Decimal(500))
    cash(account, "150.00", sarah)
    assert state(account, made)[0] == "accepted"
    cash(account, "250.00", sarah)
    assert state(account, made) == ("paid", "settled", Decimal(0))
    assert (made.received, made.waived) == (Decimal(400), Decimal(100))
    entry = BalanceEntry.objects.get(account=account, kind="waiver")
    assert (entry.amount, entry.reason) == (Decimal(-100), "Settlement of $400.00")
    assert books_agree() == []


def test_who_pays_more_is_waived_less(account: Account, sarah: User) -> None:
    made = offer(account, sarah)
    cash(account, "450.00", sarah)
    assert state(account, made) == ("paid", "settled", Decimal(0))
    assert made.waived == 50


def test_what_goes_back_beyond_the_amount_is_not_owed_again(account: Account, sarah: User, dana: User) -> None:
    made = offer(account, sarah)
    give_back(cash(account, "450.00", sarah), "30.00", dana)
    assert state(account, made) == ("paid", "settled", Decimal(0))
    assert (made.received, made.waived) == (Decimal(420), Decimal(80))
    assert books_agree() == []


def test_in_instalments_it_is_a_plan_of_its_amount(account: Account, sarah: User) -> None:
    made = offer(account, sarah, instalments=4)
    with pytest.raises(SettlementRefused, match="agree their plan"):
        settlements.accept(made.pk, by=sarah)
    with pytest.raises(PlanRefused, match="at most 4 instalments"):
        plans.agree(account.pk, PlanTerms("weekly", until(1), number=5, offer=made.pk), by=sarah)
    plan = plans.agree(account.pk, PlanTerms("weekly", until(1), number=4, offer=made.pk), by=sarah)
    assert (plan.total, *state(account, made)) == (400, "accepted", "payment_plan", Decimal(500))
    cash(account, "400.00", sarah)
    plan.refresh_from_db()
    assert (plan.status, *state(account, made)) == ("completed", "paid", "settled", Decimal(0))


def test_it_breaks_with_its_plan_and_all_is_owed(account: Account, sarah: User) -> None:
    made = offer(account, sarah, instalments=4)
    plan = plans.agree(account.pk, PlanTerms("weekly", until(1), number=4, offer=made.pk), by=sarah)
    cash(account, "100.00", sarah)
    with pytest.raises(SettlementRefused, match="Cancel the plan"):
        settlements.withdraw(made.pk, by=sarah)
    plans.cancel(plan.pk, "Lost the job", by=sarah)
    assert state(account, made) == ("broken", "negotiating", Decimal(400))
    cash(account, "300.00", sarah)
    assert state(account, made) == ("broken", "negotiating", Decimal(100))


def test_a_plan_for_all_of_it_withdraws_the_offer(account: Account, sarah: User) -> None:
    made = offer(account, sarah)
    plans.agree(account.pk, PlanTerms("weekly", until(1), number=5), by=sarah)
    assert state(account, made)[0] == "withdrawn"


def test_what_is_taken_back_makes_all_of_it_owed_and_what_comes_again_settles_again(
    account: Account, sarah: User, dana: User
) -> None:
    made = offer(account, sarah)
    payment = cash(account, "400.00", sarah)
    give_back(payment, "10.00", dana)
    assert state(account, made) == ("broken", "in_contact", Decimal(110))
    settling.follow(account.pk)
    give_back(payment, "10.00", dana)
    assert state(account, made) == ("broken", "in_contact", Decimal(120))
    entries = BalanceEntry.objects.filter(account=account, kind="waiver").order_by("created_at")
    assert [entry.amount for entry in entries] == [Decimal(-100), Decimal(100)]
    cash(account, "20.00", sarah)
    assert state(account, made) == ("paid", "settled", Decimal(0))
    assert books_agree() == []


# --- time -------------------------------------------------------------------------------------------------------------


def after(days: int) -> Any:
    return time_machine.travel(timezone.now() + timedelta(days=days), tick=True)


def later(days: int) -> int:
    with after(days):
        return settling.expire_due()


def test_an_offer_expires_after_its_day(account: Account, sarah: User) -> None:
    made = offer(account, sarah, expires_on=until(10))
    assert [later(9), later(12), later(13)] == [0, 1, 0]
    assert state(account, made)[0] == "expired"


def test_an_offer_is_not_accepted_after_its_day(account: Account, sarah: User) -> None:
    """Though the job that ends it has not run yet."""
    made = offer(account, sarah, expires_on=until(10))
    with after(12), pytest.raises(SettlementRefused, match="has expired"):
        settlements.accept(made.pk, by=sarah)
    assert state(account, made) == ("offered", "in_contact", Decimal(500))


def test_no_plan_of_an_offer_is_agreed_after_its_day(account: Account, sarah: User) -> None:
    made = offer(account, sarah, expires_on=until(10), instalments=4)
    with after(12), pytest.raises(PlanRefused, match="has expired"):
        plans.agree(account.pk, PlanTerms("weekly", until(1), number=4, offer=made.pk), by=sarah)
    assert state(account, made) == ("offered", "in_contact", Decimal(500))


def test_an_accepted_one_waits_for_the_mail_and_then_is_broken(account: Account, sarah: User) -> None:
    made = offer(account, sarah, expires_on=until(10))
    settlements.accept(made.pk, by=sarah)
    assert [later(12), later(17)] == [0, 1]
    assert state(account, made)[0] == "broken"
    assert account.next_action == "Broken settlement"


# --- any order --------------------------------------------------------------------------------------------------------


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    amount=st.integers(1, 49999),
    acts=st.lists(st.tuples(st.booleans(), st.integers(1, 30000)), min_size=1, max_size=7),
)
def test_a_waiver_stands_exactly_while_its_settlement_is_paid(
    amount: int, acts: list[tuple[bool, int]], inside: Agency, sarah: User, dana: User
) -> None:
    with tenancy.transaction():
        account = worked(sarah, dana)
        made = offer(account, dana, str(Decimal(amount) / 100))
        for pays, cents in acts:
            account.refresh_from_db()
            sum_ = Decimal(cents) / 100
            if pays and account.current_balance:
                cash(account, str(min(sum_, account.current_balance)), sarah)
            elif not pays and (payment := Payment.objects.filter(account=account, status="completed").last()):
                give_back(payment, str(min(sum_, refunding.refundable(payment))), dana)
            state(account, made)
            waived = -sum(e.amount for e in BalanceEntry.objects.filter(account=account, kind="waiver"))
            assert waived == made.waived
            assert (made.status == "paid") == (made.received >= made.amount)
            assert waived == 0 or account.current_balance == 0


# --- on the page ------------------------------------------------------------------------------------------------------


def typed(**facts: str) -> dict[str, str]:
    return {"amount": "400.00", "percent": "", "instalments": "1", "expires_on": until().isoformat()} | facts


def at(account: Account, more: str = "offers/") -> str:
    return f"/accounts/{account.pk}/{more}"


def act(browser: Client, account: Account, name: str, **headers: Any) -> Any:
    made = SettlementOffer.objects.order_by("-created_at").first()
    return browser.post(at(account, "offer-acts/"), {"offer": str(made.pk), "act": name}, **headers)


def test_an_offer_is_made_approved_accepted_and_shown(
    account: Account, sarahs_browser: Client, danas_browser: Client
) -> None:
    assert "You offer alone down to $400.00 (80%)" in text(sarahs_browser.get(at(account, "offers/new/")))
    assert sarahs_browser.post(at(account), typed(amount="300.00")).status_code == 303
    assert "Settlement Awaiting approval" in text(sarahs_browser.get(at(account, "")))
    assert act(danas_browser, account, "approve").status_code == 303
    assert act(sarahs_browser, account, "accept").status_code == 303
    page = text(sarahs_browser.get(at(account, "")))
    assert "Settlement Accepted" in page
    assert "$300.00 , 60% of $500.00; one payment, until" in page


def test_one_in_instalments_leads_to_its_plan(account: Account, sarahs_browser: Client) -> None:
    sarahs_browser.post(at(account), typed(instalments="4"))
    made = SettlementOffer.objects.get()
    page = sarahs_browser.get(at(account, "")).content.decode()
    assert f"/accounts/{account.pk}/plans/new/?offer={made.pk}" in page
    form = sarahs_browser.get(at(account, f"plans/new/?offer={made.pk}"))
    assert "Settlement in instalments" in text(form)
    assert "Total $400.00" in text(form)


@pytest.mark.parametrize("headers", [None, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"amount": ""}, "Enter either an amount or a percentage"),
        ({"amount": "lots"}, "Enter an amount such as 250.00."),
        ({"amount": "500"}, "less than the balance of $500.00"),
        ({"amount": "", "percent": "120"}, "Enter a percentage such as 80."),
        ({"instalments": ""}, "Enter between 1 and 12 instalments."),
        ({"instalments": "x"}, "Enter between 1 and 12 instalments."),
        ({"expires_on": ""}, "Enter until when the offer stands."),
        ({"expires_on": "2020-01-01"}, "between today and 90 days"),
    ],
)
def test_wrong_terms_are_refused_in_place(
    facts: dict[str, str], sentence: str, headers: dict[str, str] | None, account: Account, sarahs_browser: Client
) -> None:
    answer = sarahs_browser.post(at(account), typed(**facts), headers=headers)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not SettlementOffer.objects.exists()


def test_no_plan_of_a_settlement_while_a_payment_is_pending(
    account: Account, processor: PaymentProcessor, sarah: User
) -> None:
    made = offer(account, sarah, instalments=2)
    charge(account, save_method(processor, account), "100.00", by=sarah)
    with pytest.raises(PlanRefused, match=r"\$100.00 is pending"):
        plans.agree(account.pk, PlanTerms("weekly", until(1), number=2, offer=made.pk), by=sarah)
    work_off()
    plan = plans.agree(account.pk, PlanTerms("weekly", until(1), number=2, offer=made.pk), by=sarah)
    assert plan.total == 300


def test_a_second_offer_and_a_late_act_are_told(
    account: Account, sarahs_browser: Client, danas_browser: Client
) -> None:
    sarahs_browser.post(at(account), typed())
    second = danas_browser.post(at(account), typed(), headers=HTMX)
    assert second.status_code == 409
    assert "Sarah Mitchell offered to settle for $400.00 a moment ago. Withdraw it first." in text(second)
    assert act(sarahs_browser, account, "withdraw").status_code == 303
    assert act(danas_browser, account, "accept").status_code == 409
    assert act(danas_browser, account, "dance").status_code == 422
    gone = danas_browser.post(at(account, "offer-acts/"), {"offer": "nonsense", "act": "accept"})
    assert gone.status_code == 409
    assert "The offer does not stand any more." in text(gone)


def test_a_collector_does_not_approve(account: Account, sarahs_browser: Client) -> None:
    sarahs_browser.post(at(account), typed(amount="100"))
    assert act(sarahs_browser, account, "approve").status_code == 422
    assert SettlementOffer.objects.get().status == "awaiting"


def test_who_may_not_sees_nothing_and_changes_nothing(
    account: Account, strangers_browser: Client, auditors_browser: Client, as_user: Callable[[User], Client],
    james: User, sarah: User,
) -> None:  # fmt: skip
    made = offer(account, sarah)
    browsers = (strangers_browser, as_user(james), auditors_browser)
    assert [b.get(at(account, "offers/new/")).status_code for b in browsers] == [404, 404, 403]
    assert [b.post(at(account), typed()).status_code for b in browsers] == [404, 404, 403]
    assert [act(b, account, "withdraw").status_code for b in browsers] == [404, 404, 403]
    assert state(account, made)[0] == "offered"
