"""Refunds, disputes and bank debits go at the stand-in as they go at Stripe."""

import threading
from typing import Any

import pytest
import stripe

from debtflow.demo.local_stripe.accounts import Account
from debtflow.demo.local_stripe.control import Control
from tests.payments.stripe_server import client_of, take

MANDATE = {"mandate_data": {"customer_acceptance": {"type": "offline"}}}


def debit(client: stripe.StripeClient, token: str = "success", amount: int = 4000, **more: Any) -> stripe.PaymentIntent:
    return take(client, amount, payment_method=f"pm_usBankAccount_{token}", **(MANDATE | more))


def charge_of(client: stripe.StripeClient, intent: stripe.PaymentIntent) -> stripe.Charge:
    found = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]}).latest_charge
    assert isinstance(found, stripe.Charge)
    return found


def moves(client: stripe.StripeClient) -> list[tuple[str, int, int]]:
    """Balance transactions, oldest first: type, amount, net."""
    every = client.v1.balance_transactions.list({"limit": 100}).data
    return [(each.type, each.amount, each.net) for each in reversed(every)]


def kinds(control: Control) -> list[str]:
    return [each.type for each in control.take_webhooks()]


def test_a_card_is_refunded_in_parts(stripe_client: stripe.StripeClient, stripe_control: Control) -> None:
    intent = take(stripe_client, 1000)
    kinds(stripe_control)
    first = stripe_client.v1.refunds.create({"payment_intent": intent.id, "amount": 400, "metadata": {"refund": "1"}})
    assert (first.status, first.amount, first.metadata and first.metadata["refund"]) == ("succeeded", 400, "1")
    assert kinds(stripe_control) == ["refund.created", "charge.refunded"]
    charge = charge_of(stripe_client, intent)
    assert (charge.amount_refunded, charge.refunded) == (400, False)
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount") as refusal:
        stripe_client.v1.refunds.create({"payment_intent": intent.id, "amount": 601})
    assert refusal.value.param == "amount"
    stripe_client.v1.refunds.create({"charge": charge.id, "reason": "requested_by_customer"})
    charge = charge_of(stripe_client, intent)
    assert (charge.amount_refunded, charge.refunded) == (1000, True)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        stripe_client.v1.refunds.create({"charge": charge.id})
    assert refusal.value.code == "charge_already_refunded"
    assert [each.amount for each in stripe_client.v1.refunds.list({"payment_intent": intent.id}).data] == [600, 400]
    assert moves(stripe_client) == [("charge", 1000, 941), ("refund", -400, -400), ("refund", -600, -600)]


def test_refunds_at_the_same_moment_never_exceed_the_charge(
    stripe_client: stripe.StripeClient, stripe_account: Account, stripe_control: Control
) -> None:
    intent = take(stripe_client, 1000)
    start = threading.Barrier(8)
    refused: list[str] = []

    def give_back() -> None:
        client = client_of(stripe_account.secret_key, stripe_account.base_url)
        start.wait()
        try:
            client.v1.refunds.create({"payment_intent": intent.id, "amount": 300})
        except stripe.InvalidRequestError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=give_back) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(refused) == 5
    assert stripe_control.ledger()[0]["amount_refunded"] == 900


def test_what_took_nothing_cannot_be_refunded(stripe_client: stripe.StripeClient) -> None:
    intent = stripe_client.v1.payment_intents.create({"amount": 900, "currency": "usd"})
    for params in ({"payment_intent": intent.id}, {}, {"payment_intent": "pi_x"}, {"charge": "ch_x"}):
        with pytest.raises(stripe.InvalidRequestError):
            stripe_client.v1.refunds.create(params)
    with pytest.raises(stripe.InvalidRequestError):
        stripe_client.v1.refunds.create({"payment_intent": intent.id, "reason": "regret"})


def test_a_refund_may_fail_later(stripe_client: stripe.StripeClient, stripe_control: Control) -> None:
    intent = take(stripe_client, 1000, payment_method="pm_card_refundFail")
    refund = stripe_client.v1.refunds.create({"payment_intent": intent.id})
    assert refund.status == "succeeded"
    kinds(stripe_control)
    stripe_control.settle_after(0)
    stripe_control.settle_due()
    failed = stripe_client.v1.refunds.retrieve(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert kinds(stripe_control) == ["refund.updated", "charge.refund.updated", "refund.failed"]
    charge = charge_of(stripe_client, intent)
    assert (charge.amount_refunded, charge.refunded) == (0, False)
    assert moves(stripe_client)[-1] == ("refund_failure", 1000, 1000)


def test_a_bank_debit_is_processing_then_succeeds(stripe_client: stripe.StripeClient, stripe_control: Control) -> None:
    intent = debit(stripe_client)
    assert intent.status == "processing"
    assert kinds(stripe_control) == ["payment_intent.created", "charge.pending", "payment_intent.processing"]
    with pytest.raises(stripe.InvalidRequestError):
        stripe_client.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError):
        stripe_client.v1.payment_intents.cancel(intent.id)
    stripe_control.settle(intent.id)
    assert kinds(stripe_control) == ["charge.succeeded", "payment_intent.succeeded"]
    charge = charge_of(stripe_client, intent)
    details = charge.payment_method_details
    assert details
    assert details.us_bank_account
    assert (charge.status, details.us_bank_account.bank_name, details.us_bank_account.last4) == (
        "succeeded",
        "STRIPE TEST BANK",
        "6789",
    )
    refund = stripe_client.v1.refunds.create({"payment_intent": intent.id, "amount": 1000})
    assert refund.status == "pending"
    stripe_control.succeed_refund(refund.id)
    assert stripe_client.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert moves(stripe_client) == [("payment", 4000, 3968), ("payment_refund", -1000, -1000)]


@pytest.mark.parametrize(
    ("token", "code", "return_code"),
    [
        ("insufficientFunds", "insufficient_funds", "R01"),
        ("accountClosed", "account_closed", "R02"),
        ("noAccount", "no_account", "R03"),
    ],
)
def test_a_bank_debit_fails_before_it_succeeded(
    stripe_client: stripe.StripeClient, stripe_control: Control, token: str, code: str, return_code: str
) -> None:
    intent = debit(stripe_client, token)
    assert intent.status == "processing"
    kinds(stripe_control)
    stripe_control.settle(intent.id)
    assert kinds(stripe_control) == ["charge.failed", "payment_intent.payment_failed"]
    after = stripe_client.v1.payment_intents.retrieve(intent.id)
    assert after.status == "requires_payment_method"
    assert after.last_payment_error
    assert (after.last_payment_error.code, after.last_payment_error.network_decline_code) == (code, return_code)
    assert moves(stripe_client) == [("payment", 4000, 3968), ("payment_failure_refund", -4000, -4000)]


def test_a_bank_debit_is_returned_after_it_succeeded(
    stripe_client: stripe.StripeClient, stripe_control: Control
) -> None:
    intent = debit(stripe_client)
    stripe_control.settle(intent.id)
    kinds(stripe_control)
    stripe_control.return_debit(intent.id, "insufficient_funds")
    told = ["charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.closed"]
    assert kinds(stripe_control) == told
    dispute = stripe_client.v1.disputes.list({"payment_intent": intent.id}).data[0]
    assert (dispute.status, dispute.reason, dispute.amount) == ("lost", "insufficient_funds", 4000)
    assert charge_of(stripe_client, intent).disputed
    assert moves(stripe_client)[-1] == ("adjustment", -4000, -5500)


def test_bank_debits_settle_by_themselves_after_their_delay(
    stripe_client: stripe.StripeClient, stripe_control: Control
) -> None:
    stripe_control.settle_after(3 * 86_400)
    intent = debit(stripe_client)
    assert stripe_control.settle_due() == 0
    stripe_control.advance_time(3 * 86_400 + 1)
    stripe_control.settle_due()
    assert stripe_client.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_a_bank_debit_needs_a_mandate(stripe_client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        take(stripe_client, payment_method="pm_usBankAccount_success")
    assert refusal.value.code == "payment_intent_mandate_invalid"
    assert stripe_client.v1.payment_intents.list().data == []


def test_a_card_disputes_by_itself_and_is_won(stripe_client: stripe.StripeClient, stripe_control: Control) -> None:
    intent = take(stripe_client, 2000, payment_method="pm_card_createDispute")
    assert kinds(stripe_control)[-2:] == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
    dispute = stripe_client.v1.disputes.list({"charge": str(intent.latest_charge)}).data[0]
    assert (dispute.status, dispute.reason, dispute.amount) == ("needs_response", "fraudulent", 2000)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        stripe_client.v1.refunds.create({"payment_intent": intent.id})
    assert refusal.value.code == "charge_disputed"
    stripe_control.win_dispute(dispute.id)
    assert kinds(stripe_control) == ["charge.dispute.funds_reinstated", "charge.dispute.closed"]
    won = stripe_client.v1.disputes.retrieve(dispute.id)
    assert (won.status, len(won.balance_transactions)) == ("won", 2)
    assert moves(stripe_client)[-2:] == [("adjustment", -2000, -3500), ("adjustment", 2000, 2000)]
    assert [(each["disputed"], each["dispute"]) for each in stripe_control.ledger()] == [(True, "won")]
    assert stripe_client.v1.refunds.create({"payment_intent": intent.id}).status == "succeeded"


def test_a_dispute_is_opened_and_lost(stripe_client: stripe.StripeClient, stripe_control: Control) -> None:
    intent = take(stripe_client, 2000)
    dispute = stripe_control.open_dispute(intent.id, "product_not_received")
    kinds(stripe_control)
    assert stripe_control.ledger()[0]["disputed"] is True
    stripe_control.lose_dispute(intent.id)
    closed = stripe_control.take_webhooks()
    assert [each.type for each in closed] == ["charge.dispute.closed"]
    assert closed[0].event["data"]["object"]["status"] == "lost"
    assert stripe_client.v1.disputes.retrieve(dispute["id"]).status == "lost"


def test_balance_transactions_are_listed_by_page_type_time_and_source(
    stripe_client: stripe.StripeClient, stripe_control: Control
) -> None:
    for _ in range(5):
        take(stripe_client, 1000)
    stripe_control.advance_time(100)
    late = take(stripe_client, 2000)
    stripe_client.v1.refunds.create({"payment_intent": late.id})
    transactions = stripe_client.v1.balance_transactions
    page = transactions.list({"limit": 3, "type": "charge"})
    assert (len(page.data), page.has_more) == (3, True)
    assert len(list(page.auto_paging_iter())) == 6
    assert [each.amount for each in transactions.list({"created": {"gte": late.created}}).data] == [-2000, 2000]
    assert len(transactions.list({"created": {"lt": late.created}}).data) == 5
    source = transactions.list({"source": str(late.latest_charge)}).data
    assert [each.amount for each in source] == [2000]
    assert transactions.retrieve(source[0].id).fee == 88
