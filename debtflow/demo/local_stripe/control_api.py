"""What may a test or the human page do to an account, that no caller of Stripe may?

`POST /_control/<act>` with a JSON object, signed in by the account's secret key. The client: `control.Control`.
"""

import json
from collections.abc import Callable
from typing import Any

from debtflow.demo.local_stripe import (
    accounts,
    bank_debits,
    disputes,
    events,
    faults,
    mail,
    refunds,
    webhook_endpoints,
)
from debtflow.demo.local_stripe.accounts import Account
from debtflow.demo.local_stripe.call import Call
from debtflow.demo.local_stripe.errors import JSON, Refused
from debtflow.demo.local_stripe.store import public
from debtflow.demo.local_stripe.world import Answer, Request, World

type Act = Callable[..., Any]


def answer(world: World, request: Request) -> Answer:
    try:
        account, by_browser = accounts.of_header(world.store.accounts, request.headers.get("authorization"))
        if by_browser or request.method != "POST":
            raise Refused("POST with the secret key.", status=401)
        act = request.path.removeprefix("/_control/")
        body: Any = {"result": public(perform(world, account, act, _arguments(request)))}
        status = 200
    except Refused as refused:
        status, body = refused.status, public(refused.body)
    return Answer(status, json.dumps(body).encode())


def _arguments(request: Request) -> JSON:
    try:
        arguments = json.loads(request.body or b"{}")
    except ValueError:
        arguments = None
    if not isinstance(arguments, dict):
        raise Refused("The body must be a JSON object.")
    return arguments


def perform(world: World, account: Account, act: str, arguments: JSON) -> Any:
    """Do it. 404 for an act that there is not, 400 for wrong arguments."""
    try:
        if act in OF_WORLD:
            return OF_WORLD[act](world, account, **arguments)
        if act not in OF_ACCOUNT:
            raise Refused(f"No such act: {act}", status=404)
        with world.store.transaction():
            result = OF_ACCOUNT[act](world.call(account), **arguments)
    except (AttributeError, TypeError, ValueError) as error:
        raise Refused(f"{act}: {error}") from None
    world.stirred.set()
    return result


def _intent(call: Call, wanted: str) -> JSON:
    """The payment intent of that id, or of that charge."""
    if not wanted.startswith("pi_"):
        wanted = call.get("charge", wanted)["payment_intent"]
    return call.get("payment_intent", wanted)


def _charge(call: Call, wanted: str) -> JSON:
    """The charge of that id, or the latest of that payment intent."""
    if wanted.startswith("pi_"):
        wanted = call.get("payment_intent", wanted)["latest_charge"] or wanted
    return call.get("charge", wanted)


def _dispute(call: Call, wanted: str) -> JSON:
    """The dispute of that id, or the one of that charge or payment intent."""
    if not wanted.startswith("du_"):
        charge = _charge(call, wanted)["id"]
        every = call.store.all(call.account.id, "dispute", charge=charge)
        wanted = every[0]["id"] if every else wanted
    return call.get("dispute", wanted)


def fail_debit(call: Call, payment: str, code: str = "insufficient_funds") -> JSON:
    return bank_debits.fail(call, _intent(call, payment), code)


def return_debit(call: Call, payment: str, reason: str = "insufficient_funds") -> JSON:
    return bank_debits.give_back(call, _intent(call, payment), reason)


def open_dispute(call: Call, payment: str, reason: str = "fraudulent") -> JSON:
    return disputes.begin(call, _charge(call, payment), reason)


def ledger(call: Call) -> list[JSON]:
    """Every charge that this account took, oldest first, and what became of it."""
    names = ("amount", "amount_refunded", "disputed", "status", "payment_intent", "metadata", "currency", "created")
    every = reversed(call.store.all(call.account.id, "charge"))
    return [
        {"charge": each["id"], "dispute": disputes.status_of(call, each)} | {name: each[name] for name in names}
        for each in every
    ]


def advance_time(call: Call, seconds: float) -> float:
    ahead = float(call.store.setting(call.account.id, "ahead") or 0) + float(seconds)
    call.store.set(call.account.id, "ahead", ahead)
    return ahead


def add_fault(world: World, account: Account, **fault: Any) -> None:
    world.faults.add(account.id, faults.Fault(**fault))


OF_WORLD: dict[str, Act] = {
    "fault": add_fault,
    "clear_faults": lambda world, account: world.faults.clear(account.id),
    "requests": lambda world, account: world.logged(account.id),
    "forget_requests": lambda world, account: world.forget_log(account.id),
    "deliver": mail.deliver,
    "deliver_event": mail.deliver_event,
}
OF_ACCOUNT: dict[str, Act] = {
    "settle": lambda call, payment: bank_debits.settle(call, _intent(call, payment)),
    "fail_debit": fail_debit,
    "return_debit": return_debit,
    "settle_after": lambda call, seconds: call.store.set(call.account.id, "settles_after", seconds),
    "settle_due": bank_debits.settle_due,
    "open_dispute": open_dispute,
    "win_dispute": lambda call, dispute: disputes.close(call, _dispute(call, dispute), "won"),
    "lose_dispute": lambda call, dispute: disputes.close(call, _dispute(call, dispute), "lost"),
    "succeed_refund": lambda call, refund: refunds.succeed(call, call.get("refund", refund)),
    "fail_refund": lambda call, refund, why="expired_or_canceled_card": refunds.fail(
        call, call.get("refund", refund), why
    ),
    "ledger": ledger,
    "advance_time": advance_time,
    "search_lag": lambda call, seconds: call.store.set(call.account.id, "search_lag", seconds),
    "hold": lambda call: call.store.set(call.account.id, "hold", value=True),
    "release": mail.release,
    "take": mail.take,
    "send_events_to": lambda call, url: webhook_endpoints.point(call.store, call.account, url),
    "roll_secret": lambda call, endpoint, keep_seconds: webhook_endpoints.roll(call, endpoint, keep_seconds),
    "emit": lambda call, kind, thing: events.emit(call, kind, thing),
}
