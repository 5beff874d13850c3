"""A plan is agreed with sound terms, in the words that were read; it is replaced and cancelled; the account moves."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core import moves
from core.models import Account, Activity, Agency, Hold, User
from core.refusals import ChangedMeanwhile
from payments import plans
from payments.drafting import PlanRefused, Terms, draft
from payments.models import Payment, PaymentPlan, PaymentProcessor
from tests.cast import bring_to, make_account, today
from tests.payments.cast import books_agree, charge, save_method, work_off


def terms(**facts: Any) -> Terms:
    return Terms(**({"frequency": "monthly", "first_due": today() + timedelta(days=5), "number": 5} | facts))


def test_a_plan_has_rows_that_sum_and_moves_the_account(account: Account, sarah: User) -> None:
    plan = plans.agree(account.pk, terms(number=3), by=sarah)
    account.refresh_from_db()
    assert account.status == "payment_plan"
    assert [str(row.amount) for row in plan.instalments.all()] == ["166.66", "166.66", "166.68"]
    told = list(
        Activity.objects.filter(account=account, kind="status").order_by("id").values_list("data__move", "body")
    )
    assert told[-2:] == [("negotiate", ""), ("agree_plan", "Plan of $500.00: 3 instalments")]
    assert books_agree() == []


def test_the_authorization_is_made_of_the_terms_and_stored(
    account: Account, processor: PaymentProcessor, sarah: User
) -> None:
    saved = save_method(processor, account)
    plan = plans.agree(account.pk, terms(number=2, saved_method=saved.pk), by=sarah)
    words = plan.authorization
    assert "authorize Harborline Recovery to charge my Visa ending in 4242 $500.00 in 2 payments, every month" in words
    assert all(
        f"{row.due_date:%B} {row.due_date.day}, {row.due_date.year}: $250.00" in words for row in plan.instalments.all()
    )
    assert "at least three business days before" in words


@pytest.mark.parametrize(
    ("facts", "field", "sentence"),
    [
        ({"total": Decimal("500.01")}, "total", "at most $500.00"),
        ({"total": Decimal(0)}, "total", "more than zero"),
        ({"first_due": -1}, "first_due", "between today and 60 days"),
        ({"first_due": 61}, "first_due", "between today and 60 days"),
        ({"frequency": "hourly"}, "frequency", "Choose how often"),
        ({"number": 0}, "number", "between 1 and"),
        ({"number": None, "amount": None}, "amount", "either the amount"),
        ({"number": 21}, "number", "An instalment is at least $25.00."),
        ({"number": None, "amount": Decimal("24.99")}, "amount", "An instalment is at least $25.00."),
        ({"saved_method": "018f0000-0000-7000-8000-000000000000"}, "saved_method", "Choose a saved card"),
        ({"offer": "018f0000-0000-7000-8000-000000000000"}, "", "does not stand any more"),
    ],
)
def test_unsound_terms_are_refused_by_their_field(
    facts: dict[str, Any], field: str, sentence: str, account: Account, sarah: User
) -> None:
    if isinstance(days := facts.get("first_due"), int):
        facts = facts | {"first_due": today() + timedelta(days=days)}
    with pytest.raises(PlanRefused) as refusal:
        plans.agree(account.pk, terms(**facts), by=sarah)
    assert refusal.value.field == field
    assert sentence in str(refusal.value)
    account.refresh_from_db()
    assert account.status == "in_contact"
    assert not PaymentPlan.objects.exists()


def test_an_agency_limits_how_long_a_plan_is_and_how_small(account: Account, inside: Agency, sarah: User) -> None:
    inside.settings = {"plan_longest_months": 3, "plan_smallest_instalment": "100.00"}
    inside.save()
    with pytest.raises(PlanRefused, match="A plan ends within 3 months"):
        plans.agree(account.pk, terms(number=5), by=sarah)
    with pytest.raises(PlanRefused, match=r"An instalment is at least \$100.00"):
        plans.agree(account.pk, terms(frequency="weekly", number=10), by=sarah)


def test_what_is_pending_is_not_planned_again(account: Account, processor: PaymentProcessor, sarah: User) -> None:
    charge(account, save_method(processor, account), "200.00", by=sarah)
    assert plans.agree(account.pk, terms(), by=sarah).total == 300


def test_a_method_that_has_run_out_is_refused(account: Account, processor: PaymentProcessor, sarah: User) -> None:
    saved = save_method(processor, account)
    saved.expires = today() + timedelta(days=2)
    saved.save()
    with pytest.raises(PlanRefused, match="not run out"):
        plans.agree(account.pk, terms(saved_method=saved.pk), by=sarah)


def test_another_debtors_card_is_refused(account: Account, processor: PaymentProcessor, sarah: User) -> None:
    saved = save_method(processor, make_account())
    with pytest.raises(PlanRefused, match="of this debtor"):
        plans.agree(account.pk, terms(saved_method=saved.pk), by=sarah)


@pytest.mark.parametrize("status", ["disputed", "closed", "new"])
def test_no_plan_where_nothing_is_collected(status: str, inside: Agency, dana: User, sarah: User) -> None:
    account = bring_to(make_account(), status, admin=dana, to=sarah)
    with pytest.raises(PlanRefused, match="being worked"):
        plans.agree(account.pk, terms(), by=dana)


def test_no_plan_under_a_hold(account: Account, sarah: User) -> None:
    Hold.objects.create(debtor=account.debtor, kind="bankruptcy")
    with pytest.raises(PlanRefused, match="Bankruptcy"):
        plans.agree(account.pk, terms(), by=sarah)


def test_words_that_were_not_read_are_refused(account: Account, sarah: User) -> None:
    with pytest.raises(PlanRefused, match="Read the authorization"):
        plans.agree(account.pk, terms(), by=sarah, shown="another text")
    account.debtor.refresh_from_db()
    version = draft(account, terms()).version
    assert plans.agree(account.pk, terms(), by=sarah, shown=version).status == "active"


def test_a_form_sent_twice_is_one_plan(account: Account, sarah: User) -> None:
    first = plans.agree(account.pk, terms(), by=sarah)
    assert plans.agree(account.pk, terms(), by=sarah).pk == first.pk
    assert PaymentPlan.objects.count() == 1


def test_whoever_comes_second_is_told(account: Account, sarah: User, dana: User) -> None:
    plans.agree(account.pk, terms(), by=sarah)
    with pytest.raises(ChangedMeanwhile, match=r"Sarah Mitchell agreed a plan of \$500.00 a moment ago"):
        plans.agree(account.pk, terms(number=2), by=dana)
    with pytest.raises(ChangedMeanwhile, match=r"does not stand any more|agreed a plan"):
        plans.agree(account.pk, terms(number=2), by=dana, replaces="018f0000-0000-7000-8000-000000000000")


def test_a_new_plan_replaces_the_old_one(account: Account, processor: PaymentProcessor, sarah: User) -> None:
    old = plans.agree(account.pk, terms(), by=sarah)
    new = plans.agree(account.pk, terms(number=2), by=sarah, replaces=str(old.pk))
    old.refresh_from_db()
    account.refresh_from_db()
    assert (old.status, old.ended_because, account.status) == ("cancelled", "Replaced by a new plan", "payment_plan")
    assert set(old.instalments.values_list("status", flat=True)) == {"cancelled"}
    assert [row.amount for row in new.instalments.all()] == [250, 250]


def test_a_cancelled_plan_leaves_the_account_to_be_negotiated(account: Account, sarah: User) -> None:
    plan = plans.agree(account.pk, terms(), by=sarah)
    with pytest.raises(moves.MoveRefused, match="Cancel the plan that stands"):
        moves.move(account.pk, "break_plan", by=sarah)
    with pytest.raises(PlanRefused, match="Enter why"):
        plans.cancel(plan.pk, " ", by=sarah)
    plans.cancel(plan.pk, "Lost the job", by=sarah)
    account.refresh_from_db()
    assert account.status == "negotiating"
    with pytest.raises(ChangedMeanwhile, match="cancelled already: Lost the job"):
        plans.cancel(plan.pk, "Again", by=sarah)


def test_what_waits_to_be_charged_is_stopped_with_the_plan(
    account: Account, processor: PaymentProcessor, sarah: User
) -> None:
    from payments import instalments

    saved = save_method(processor, account)
    plan = plans.agree(account.pk, terms(first_due=today(), saved_method=saved.pk), by=sarah)
    instalments.run_for_agency()
    plans.cancel(plan.pk, "Stopped by the debtor", by=sarah)
    work_off()
    assert Payment.objects.get().failure_code == "plan_ended"
