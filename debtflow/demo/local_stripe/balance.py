"""How did the account's money at Stripe change?"""

from debtflow.demo.local_stripe import listing
from debtflow.demo.local_stripe.call import Call, Routes
from debtflow.demo.local_stripe.errors import JSON

DAYS_UNTIL_AVAILABLE = 2
DISPUTE_FEE = 1500
_CATEGORY = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "payment_failure_refund": "charge_failure",
}


def fee_of(kind: str, amount: int) -> int:
    """Cents: 2.9 % + 30 c of a card, 0.8 % of a bank debit and at most $5.00."""
    if kind == "us_bank_account":
        return min((amount * 8 + 500) // 1000, 500)
    return (amount * 29 + 500) // 1000 + 30


def record(
    call: Call, kind: str, amount: int, source: str, *, fee: int = 0, category: str = "", about: str = ""
) -> str:
    """A new balance transaction over `amount` cents, negative when they leave; its id."""
    details = [
        {
            "amount": fee,
            "application": None,
            "currency": "usd",
            "description": "Stripe processing fees",
            "type": "stripe_fee",
        }
    ]
    transaction = call.new(
        "balance_transaction",
        "txn",
        amount=amount,
        available_on=call.now + DAYS_UNTIL_AVAILABLE * 86_400,
        balance_type="payments",
        currency="usd",
        description=about or None,
        exchange_rate=None,
        fee=fee,
        fee_details=details if fee else [],
        net=amount - fee,
        reporting_category=category or _CATEGORY[kind],
        source=source,
        status="pending",
        type=kind,
    )
    del transaction["metadata"], transaction["livemode"]
    return str(call.save(transaction)["id"])


def list_transactions(call: Call) -> JSON:
    params = call.params
    params.only(*listing.PAGING, "type", "source", "currency", "payout")
    page = listing.page(
        call,
        "balance_transaction",
        type=params.text("type"),
        source=params.text("source"),
        currency=params.text("currency"),
    )
    page["data"] = [_as_of_now(call, each) for each in page["data"]]
    return page


def retrieve(call: Call, transaction_id: str) -> JSON:
    return _as_of_now(call, call.get("balance_transaction", transaction_id))


def _as_of_now(call: Call, transaction: JSON) -> JSON:
    return transaction | {"status": "available" if transaction["available_on"] <= call.now else "pending"}


def balance(call: Call) -> JSON:
    """`GET /v1/balance`: the sum of it all."""
    every = [_as_of_now(call, each) for each in call.store.all(call.account.id, "balance_transaction")]

    def total(status: str) -> list[JSON]:
        return [{"amount": sum(each["net"] for each in every if each["status"] == status), "currency": "usd"}]

    return {"object": "balance", "available": total("available"), "pending": total("pending"), "livemode": False}


ROUTES: Routes = {
    ("GET", "/v1/balance"): balance,
    ("GET", "/v1/balance_transactions"): list_transactions,
    ("GET", "/v1/balance_transactions/{id}"): retrieve,
    ("GET", "/v1/balance/history"): list_transactions,
}
