"""What does a debtor see who opens a payment link?"""

import re
from html import escape

from debtflow.demo.local_stripe import checkout, form, pages
from debtflow.demo.local_stripe.call import Call
from debtflow.demo.local_stripe.errors import JSON, Refused
from debtflow.demo.local_stripe.form import Params
from debtflow.demo.local_stripe.world import Answer, Request, World

PATH = re.compile(r"^/c/pay/(cs_test_[A-Za-z0-9]+)(/return)?$")
FIELDS = """
<fieldset><legend>Pay by</legend>
<label><span><input type="radio" name="method" value="card" {card}> Card</span></label>
<label><span><input type="radio" name="method" value="us_bank_account" {bank}> US bank account</span></label></fieldset>
<fieldset class="card"><legend>Card</legend>
<label>Card number
<input name="number" inputmode="numeric" autocomplete="cc-number" placeholder="4242 4242 4242 4242"></label>
<label>Expiry <input name="expiry" autocomplete="cc-exp" placeholder="12 / 34"></label>
<label>CVC <input name="cvc" inputmode="numeric" autocomplete="cc-csc" placeholder="123"></label></fieldset>
<fieldset class="bank"><legend>US bank account</legend>
<label>Name of the account holder <input name="holder" autocomplete="name"></label>
<label>Routing number <input name="routing" inputmode="numeric" placeholder="110000000"></label>
<label>Account number <input name="account" inputmode="numeric" placeholder="000123456789"></label></fieldset>
"""


def answer(world: World, request: Request) -> Answer:
    """The form, and what became of it: back to `success_url` when it is paid."""
    match = PATH.match(request.path)
    account = world.store.accounts.of_id(world.store.owner(match[1]) or "") if match else None
    if match is None or account is None:
        return pages.not_found()
    call = world.call(account)
    call.is_publishable = True
    with world.store.transaction():
        session = checkout.current(call, match[1])
        if match[2]:
            return _returned(call, session)
        if request.method == "POST" and session["status"] == "open":
            return _paid(call, session, request)
        return _form(call, session)


def _paid(call: Call, session: JSON, request: Request) -> Answer:
    try:
        typed = Params(form.parse(request.body.decode(errors="replace")))
        call.params = Params(data_of(typed) | {"return_url": f"{call.base_url}/c/pay/{session['id']}/return"})
        intent = checkout.pay(call, session)
    except Refused as refused:
        return _form(call, session, str(refused), refused.status)
    if intent["status"] == "requires_action":
        return pages.sent_on(intent["next_action"]["redirect_to_url"]["url"])
    return _returned(call, session)


def data_of(typed: Params) -> JSON:
    """What was typed, as Stripe's parameters. 400 when something is missing."""
    if typed.text("method") == "us_bank_account":
        bank = {"routing_number": typed.needed("routing"), "account_number": typed.needed("account")}
        bank["account_holder_type"] = "individual"
        data: JSON = {"type": "us_bank_account", "us_bank_account": bank}
        return {"payment_method_data": data | {"billing_details": {"name": typed.needed("holder")}}}
    expiry = re.fullmatch(r"\s*(\d{1,2})\s*/?\s*(\d{2}|\d{4})\s*", typed.text("expiry") or "")
    if expiry is None:
        raise Refused("Your card's expiration date is incomplete.", code="incomplete_expiry")
    card = {"number": typed.needed("number"), "exp_month": expiry[1], "exp_year": expiry[2]}
    return {"payment_method_data": {"type": "card", "card": card | {"cvc": typed.needed("cvc")}}}


def _returned(call: Call, session: JSON) -> Answer:
    intent = call.get("payment_intent", session["payment_intent"]) if session["payment_intent"] else None
    done = checkout.complete(call, intent) if intent else None
    if intent is None or done is None or done["status"] != "complete":
        return _form(call, session, "The payment was not completed. Please try again.", 402)
    return pages.sent_on(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))


def _form(call: Call, session: JSON, message: str = "", status: int = 200) -> Answer:
    if session["status"] == "complete":
        return pages.page("Paid", "<p>This payment was already made. Nothing more is due here.</p>")
    if session["status"] == "expired":
        return pages.page("This link has expired", "<p>Please ask for a new one.</p>", 410)
    total = pages.dollars(session["amount_total"], session["currency"])
    items = "".join(
        f"<tr><td>{escape(item['description'])}</td><td class='sum'>"
        f"{pages.dollars(item['amount_total'], item['currency'])}</td></tr>"
        for item in session["_items"]
    )
    back = f'<p><a href="{escape(session["cancel_url"])}">Back</a></p>' if session["cancel_url"] else ""
    form_ = f'<form class="pay" method="post" action="/c/pay/{session["id"]}">'
    body = (
        f'<p class="test">Test mode: no money moves. Only test numbers are accepted.</p><table>{items}</table>'
        f"{pages.wrong(message)}{form_}{FIELDS.format(card='checked', bank='')}"
        f'<button type="submit">Pay {total}</button></form>{back}'
    )
    return pages.page(f"Pay {call.account.name}", body, status)
