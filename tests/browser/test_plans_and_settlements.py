"""A plan is agreed and charged, its money given back, a settlement approved and paid: status and balance follow."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from debtflow.demo.local_stripe.accounts import Account as StripeAccount
from payments import instalments, plans
from payments.drafting import Terms
from payments.models import Payment, PaymentPlan, PaymentProcessor, SettlementOffer
from tests.browser.conftest import Stage, Watched
from tests.browser.test_taking_a_payment import processor, work, worked_until
from tests.cast import today
from tests.payments.cast import save_method
from tests.payments.stripe_server import stripe_account, stripe_client, stripe_server

__all__ = ["processor", "stripe_account", "stripe_client", "stripe_server"]
pytestmark = pytest.mark.browser


def open_plan(page: Page, stage: Stage, who: str = "Bertrand") -> None:
    page.goto(stage.account(who))
    page.evaluate("window.same = true")
    page.locator("#plan-new").click()
    expect(page.locator("#plan_total")).to_be_focused()


def count(stage: Stage) -> int:
    return stage.within(lambda: PaymentPlan.objects.count())


def test_a_plan_is_agreed_charged_and_its_money_given_back(
    processor: PaymentProcessor, stripe_account: StripeAccount, stage: Stage, windows: Watched
) -> None:
    stage.within(lambda: save_method(processor, stage.accounts["Bertrand"]))
    page = windows.open(stage.sarah)
    open_plan(page, stage)
    page.locator("#plan_number").fill("5")
    page.locator("#plan_first_due").fill(today().isoformat())
    expect(page.locator("#plan-preview tfoot")).to_contain_text("$500.00")
    expect(page.locator("#plan-preview")).to_contain_text("authorize Harborline Recovery to charge my Visa")
    page.get_by_role("button", name="Agree the plan").dblclick()
    expect(page.locator("#deal")).to_be_hidden()
    expect(page.get_by_role("heading", name="Payment plan", exact=True)).to_be_focused()
    expect(page.locator("#plan")).to_contain_text("$100.00 due today")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Payment plan")
    assert page.evaluate("window.same")
    assert count(stage) == 1

    stage.within(instalments.run_for_agency)
    page.reload()
    page.evaluate("window.same = true")
    expect(page.locator("#payments")).to_contain_text("Pending")
    worked_until(page, stage, "completed")
    expect(page.locator("#payments")).to_contain_text("Completed")
    expect(page.locator("#balance")).to_contain_text("$400.00")
    expect(page.locator("#plan")).to_contain_text("1 of 5 paid")
    assert page.evaluate("window.same")

    boss = windows.open(stage.dana)
    payment = stage.within(lambda: Payment.objects.get().pk)
    boss.goto(f"/payments/{payment}/")
    boss.get_by_role("link", name="Refund").click()
    boss.get_by_label("Why it is given back").fill("The wrong card")
    boss.get_by_role("button", name="Continue").click()
    boss.get_by_role("button", name="Refund $100.00").dblclick()
    expect(boss.locator("main")).to_contain_text("is being given back")
    work(stage)
    expect(boss.locator("h1")).to_contain_text("Refunded")
    page.reload()
    expect(page.locator("#balance")).to_contain_text("$500.00")
    expect(page.locator("#plan")).to_contain_text("0 of 5 paid")
    expect(page.locator("#timeline")).to_contain_text("given back")


def test_the_schedule_says_what_is_wrong_and_keeps_what_was_typed(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    open_plan(page, stage)
    page.locator("#plan_number").fill("400")
    expect(page.locator("#plan-preview")).to_contain_text("Enter a number between 1 and 260.")
    page.get_by_role("button", name="Agree the plan").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.locator("#plan_number")).to_have_value("400")
    page.locator("#plan_number").fill("")
    page.locator("#plan_amount").fill("125")
    expect(page.locator("#plan-preview tbody tr")).to_have_count(4)
    page.get_by_role("button", name="Agree the plan").click()
    expect(page.locator("#plan")).to_contain_text("0 of 4 paid")


def test_a_second_tab_is_told_and_sees_the_plan_that_stands(stage: Stage, windows: Watched) -> None:
    first, second = windows.open(stage.sarah), windows.open(stage.dana)
    for page, number in ((first, "5"), (second, "4")):
        open_plan(page, stage)
        page.locator("#plan_number").fill(number)
        expect(page.locator("#plan-preview tbody tr")).to_have_count(int(number))
    first.get_by_role("button", name="Agree the plan").click()
    expect(first.locator("#plan")).to_contain_text("0 of 5 paid")
    second.get_by_role("button", name="Agree the plan").click()
    expect(second.get_by_role("alert")).to_contain_text("Sarah Mitchell agreed a plan of $500.00")
    expect(second.locator("#deal")).to_be_hidden()
    expect(second.locator("#plan")).to_contain_text("0 of 5 paid")
    assert count(stage) == 1


def test_a_plan_is_replaced_and_cancelled(stage: Stage, windows: Watched) -> None:
    account = stage.accounts["Bertrand"]
    due = today() + timedelta(days=9)
    stage.within(lambda: plans.agree(account.pk, Terms("weekly", due, number=5), by=stage.sarah))
    page = windows.open(stage.sarah)
    page.goto(stage.account("Bertrand"))
    page.locator("#plan-anew").click()
    expect(page.locator("#deal")).to_contain_text("It takes the place of the plan of $500.00 that stands.")
    page.locator("#plan_number").fill("2")
    expect(page.locator("#plan-preview tbody tr")).to_have_count(2)
    page.get_by_role("button", name="Agree the plan").click()
    expect(page.locator("#plan")).to_contain_text("0 of 2 paid")
    page.locator("#plan").get_by_text("Cancel the plan…").click()
    page.locator("#plan-reason").fill("Lost the job")
    page.get_by_role("button", name="Cancel the plan", exact=True).click()
    expect(page.locator("#plan")).to_contain_text("Lost the job.")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Negotiating")


def test_on_pages_of_their_own_the_forms_lead_back_to_the_account(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    account = stage.account("Bertrand")
    page.goto(f"{account}offers/new/")
    page.locator("#offer_amount").fill("450")
    page.get_by_role("button", name="Offer the settlement").click()
    expect(page).to_have_url(f"{account}#offer")
    page.goto(f"{account}plans/new/")
    page.locator("#plan_number").fill("5")
    expect(page.locator("#plan-preview tbody tr")).to_have_count(5)
    page.get_by_role("button", name="Agree the plan").click()
    expect(page).to_have_url(f"{account}#plan")
    page.goto(f"{account}payments/new/")
    page.locator("#pay-amount").fill("100")
    page.get_by_text("Cash", exact=True).click()
    page.get_by_role("button", name="Record $100.00").click()
    expect(page).to_have_url(f"{account}#payments")
    expect(page.locator("#plan")).to_contain_text("1 of 5 paid")


def test_without_a_script_the_words_come_before_they_are_agreed_to(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah, java_script_enabled=False)
    page.goto(stage.account("Bertrand"))
    page.locator("#plan-new").click()
    page.locator("#plan_number").fill("5")
    page.get_by_role("button", name="Show the schedule").click()
    expect(page.locator("#plan-preview")).to_contain_text("agree to pay Harborline Recovery $500.00 in 5 payments")
    expect(page.locator("#plan_number")).to_have_value("5")
    page.get_by_role("button", name="Agree the plan").click()
    expect(page).to_have_url(re.compile("#plan$"))
    expect(page.locator("#plan")).to_contain_text("0 of 5 paid")


def test_a_settlement_is_approved_accepted_and_paid(stage: Stage, windows: Watched) -> None:
    page, boss = windows.open(stage.sarah), windows.open(stage.dana)
    page.goto(stage.account("Celia"))
    page.locator("#offer-new").click()
    page.locator("#offer_percent").fill("40")
    page.locator("#offer_note").fill("Lives on a pension")
    page.get_by_role("button", name="Offer the settlement").dblclick()
    expect(page.get_by_role("heading", name="Settlement")).to_be_focused()
    expect(page.locator("#offer")).to_contain_text("Do not tell the debtor yet.")
    assert stage.within(lambda: SettlementOffer.objects.count()) == 1

    boss.goto("/payments/settlements/")
    expect(boss.locator("#results")).to_contain_text("Lives on a pension")
    boss.get_by_label("Why, about Celia Hartman").fill("Once")
    boss.get_by_role("button", name="Approve the settlement with Celia Hartman").click()
    expect(boss.locator("main")).to_contain_text("The settlement of $200.00 with Celia Hartman is approved.")

    page.reload()
    expect(page.locator("#next")).to_contain_text("Settlement approved")
    page.get_by_role("button", name="The debtor accepts").click()
    expect(page.locator("#offer")).to_contain_text("Accepted")
    page.keyboard.press("p")
    page.locator("#pay-amount").fill("200")
    page.locator("form.pay").get_by_text("Cash", exact=True).click()
    page.get_by_role("button", name="Record $200.00").click()
    expect(page.locator("#balance")).to_contain_text("$0.00")
    expect(page.locator("#offer")).to_contain_text("$300.00 waived")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Settled")
