"""What does a developer see and do at the stand-in's own address?"""

from html import escape
from urllib.parse import parse_qsl

from debtflow.demo.local_stripe import control_api, disputes, pages, test_cards
from debtflow.demo.local_stripe.accounts import Account
from debtflow.demo.local_stripe.call import Call
from debtflow.demo.local_stripe.errors import JSON, Refused
from debtflow.demo.local_stripe.world import Answer, Request, World

SHOWN = 50
CARDS = (
    *("visa", "chargeDeclined", "chargeDeclinedInsufficientFunds", "authenticationRequiredOnSetup"),
    *("createDispute", "refundFail"),
)


def answer(world: World, request: Request, message: str = "") -> Answer:
    """Accounts, their latest payments, and what may be done to each."""
    accounts = world.store.accounts.all()
    rows = "".join(f"<tr><td>{escape(each.name)}</td><td><code>{each.id}</code></td></tr>" for each in accounts)
    body = (
        "<p>This stands in for Stripe on this machine. No money moves.</p>"
        f"{pages.wrong(message)}<h2>Accounts</h2><table><tr><th>Name</th><th>Account</th></tr>{rows}</table>"
        + "".join(_payments(world.call(each)) for each in accounts)
        + _numbers()
    )
    return pages.page("Stripe stand-in", body, 400 if message else 200)


def _payments(call: Call) -> str:
    intents = call.store.all(call.account.id, "payment_intent")[:SHOWN]
    if not intents:
        return ""
    rows = "".join(_row(call, intent) for intent in intents)
    head = "<tr><th>Payment</th><th>Amount</th><th>Status</th><th>By</th><th>Acts</th></tr>"
    return f'<h2>Payments of {escape(call.account.name)}</h2><div class="scroll"><table>{head}{rows}</table></div>'


def _row(call: Call, intent: JSON) -> str:
    charge = call.store.find(call.account.id, intent["latest_charge"] or "")
    return (
        f"<tr><td><code>{intent['id']}</code></td>"
        f"<td class='sum'>{pages.dollars(intent['amount'], intent['currency'])}</td>"
        f"<td>{escape(_status(call, intent, charge))}</td><td>{escape(_means(charge))}</td>"
        f"<td>{''.join(_button(call, intent, *act) for act in _acts(call, intent, charge))}</td></tr>"
    )


def _status(call: Call, intent: JSON, charge: JSON | None) -> str:
    words = str(intent["status"]).replace("_", " ")
    if charge and (dispute := disputes.status_of(call, charge)):
        words += f", dispute {dispute.replace('_', ' ')}"
    if charge and charge["amount_refunded"]:
        words += f", {pages.dollars(charge['amount_refunded'])} refunded"
    return words


def _means(charge: JSON | None) -> str:
    if charge is None:
        return ""
    details = charge["payment_method_details"]
    facts = details[details["type"]]
    return f"{facts.get('brand') or facts.get('bank_name')} •••• {facts['last4']}"


def _acts(call: Call, intent: JSON, charge: JSON | None) -> list[tuple[str, str]]:
    if intent["status"] == "processing":
        return [("settle", "Settle"), ("fail_debit", "Fail: insufficient funds")]
    if intent["status"] != "succeeded" or charge is None:
        return []
    dispute = disputes.status_of(call, charge)
    if dispute in ("needs_response", "under_review", "warning_needs_response"):
        return [("win_dispute", "Win dispute"), ("lose_dispute", "Lose dispute")]
    if dispute:
        return []
    is_bank = charge["payment_method_details"]["type"] == "us_bank_account"
    return [("return_debit", "Return debit")] if is_bank else [("open_dispute", "Open dispute")]


def _button(call: Call, intent: JSON, act: str, label: str) -> str:
    return (
        '<form class="act" method="post" action="/act">'
        f'<input type="hidden" name="account" value="{call.account.id}">'
        f'<input type="hidden" name="payment" value="{intent["id"]}">'
        f'<button name="act" value="{act}">{escape(label)}</button></form>'
    )


def _numbers() -> str:
    shown = [test_cards.BY_TOKEN[token] for token in CARDS]
    cards = "".join(f"<tr><td>{card.number}</td><td>{escape(card.token)}</td></tr>" for card in shown)
    banks = "".join(f"<tr><td>{bank.number}</td><td>{escape(bank.token)}</td></tr>" for bank in test_cards.BANKS)
    return (
        f"<h2>Test cards</h2><table>{cards}</table>"
        f"<h2>Test bank accounts, routing number {test_cards.ROUTING_NUMBER}</h2><table>{banks}</table>"
    )


def act(world: World, request: Request) -> Answer:
    """A button was pressed. A page from elsewhere may not press it."""
    origin = request.headers.get("origin")
    if origin not in (None, "null", f"http://{request.headers.get('host')}"):
        return pages.page("Refused", "<p>That came from another page.</p>", 403)
    given = dict(parse_qsl(request.body.decode(errors="replace")))
    account: Account | None = world.store.accounts.of_id(given.get("account", ""))
    wanted = given.get("act", "")
    if account is None or wanted not in ACTS:
        return pages.not_found()
    try:
        control_api.perform(world, account, wanted, {ACTS[wanted]: given.get("payment", "")})
    except Refused as refused:
        return answer(world, request, str(refused))
    return pages.sent_on("/")


ACTS = {
    "settle": "payment",
    "fail_debit": "payment",
    "return_debit": "payment",
    "open_dispute": "payment",
    "win_dispute": "dispute",
    "lose_dispute": "dispute",
}


def receipt(world: World, request: Request) -> Answer:
    """`receipt_url` of a charge."""
    wanted = request.path.removeprefix("/receipts/")
    account = world.store.accounts.of_id(world.store.owner(wanted) or "")
    charge = world.store.find(account.id, wanted) if account else None
    if account is None or charge is None or charge["object"] != "charge":
        return pages.not_found()
    sum_ = pages.dollars(charge["amount"], charge["currency"])
    return pages.page("Receipt", f"<p>{escape(account.name)} received {sum_} from {escape(_means(charge))}.</p>")
