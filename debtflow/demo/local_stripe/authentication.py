"""What does the debtor's bank ask him before it lets a card pay?"""

import json
import re
from html import escape
from urllib.parse import parse_qsl, urlencode

from debtflow.demo.local_stripe import confirming, form, intent_rules, pages, setup_intents
from debtflow.demo.local_stripe.call import Call
from debtflow.demo.local_stripe.errors import JSON, Refused, missing
from debtflow.demo.local_stripe.form import Params
from debtflow.demo.local_stripe.store import public
from debtflow.demo.local_stripe.world import Answer, Request, World

PATH = re.compile(r"^/authenticate/((?:pi|seti)_[A-Za-z0-9]+)$")


def answer(world: World, request: Request) -> Answer:
    """A page with two buttons. The form goes back to the `return_url`; the payment fields get JSON."""
    try:
        text = request.body.decode() if request.method == "POST" else request.query
        call, intent = _intent(world, request.path, Params(form.parse(text)))
    except (Refused, UnicodeDecodeError):
        return pages.not_found()
    if request.method != "POST":
        return _page(call, intent)
    with world.store.transaction():
        status, body = _outcome(call, intent)
    world.stirred.set()
    if "application/json" in request.headers.get("accept", ""):
        return Answer(status, json.dumps(public(body)).encode())
    back = intent.get("_return_url")
    return pages.sent_on(_with_outcome(back, intent)) if back else pages.page("Done", "<p>You may close this page.</p>")


def _intent(world: World, path: str, params: Params) -> tuple[Call, JSON]:
    match = PATH.match(path)
    account = world.store.accounts.of_id(world.store.owner(match[1]) or "") if match else None
    if match is None or account is None:
        raise missing("payment_intent", path)
    call = world.call(account)
    call.is_publishable, call.params = True, params
    intent = call.get("payment_intent" if match[1].startswith("pi_") else "setup_intent", match[1])
    intent_rules.seen_by(call, intent)
    return call, intent


def _outcome(call: Call, intent: JSON) -> tuple[int, JSON]:
    act = confirming.authenticate if intent["object"] == "payment_intent" else setup_intents.authenticate
    try:
        after = act(call, intent, passed=call.params.text("outcome") == "pass")
    except Refused as refused:
        return refused.status, refused.body
    return 200, intent_rules.seen_by(call, after)


def _page(call: Call, intent: JSON) -> Answer:
    secret = escape(intent["client_secret"])
    body = (
        '<p class="test">Test mode: this page stands for the one of the card’s bank.</p>'
        f'<form class="pay" method="post"><input type="hidden" name="client_secret" value="{secret}">'
        '<button name="outcome" value="pass">Complete authentication</button>'
        '<button name="outcome" value="fail">Fail authentication</button></form>'
    )
    return pages.page("Your bank asks: is it you?", body)


def _with_outcome(url: str, intent: JSON) -> str:
    """As Stripe sends the debtor back."""
    kind = intent["object"]
    given = {
        kind: intent["id"],
        f"{kind}_client_secret": intent["client_secret"],
        "redirect_status": "succeeded" if intent["status"] in ("succeeded", "processing") else "failed",
    }
    address, _, query = url.partition("?")
    return f"{address}?{urlencode([*parse_qsl(query), *given.items()])}"
