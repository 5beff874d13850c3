"""Which webhooks are held back, and in which order do they go out when a test says so?"""

import random

from debtflow.demo.local_stripe import delivery, events
from debtflow.demo.local_stripe.accounts import Account
from debtflow.demo.local_stripe.call import Call
from debtflow.demo.local_stripe.errors import JSON, Refused
from debtflow.demo.local_stripe.world import World

ORDERS = ("sent", "reversed", "shuffled")


def deliver(
    world: World, account: Account, order: str = "sent", times: int = 1, seed: int | None = None, most: int = 1000
) -> list[JSON]:
    """Sends what was held back or waits, one after the other, before this answers; what each endpoint said."""
    if order not in ORDERS:
        raise Refused(f"Unknown order {order}: one of {', '.join(ORDERS)}")
    rows = world.store.rows(
        "UPDATE deliveries SET state = 'sending' WHERE account = ? AND state IN ('held', 'waiting') RETURNING id",
        account.id,
    )
    waiting = sorted(row[0] for row in rows)[: int(most)]
    if order == "reversed":
        waiting.reverse()
    elif order == "shuffled":
        random.Random(seed).shuffle(waiting)  # noqa: S311
    return [told for each in waiting for _ in range(int(times)) if (told := delivery.send(world, each))]


def deliver_event(world: World, account: Account, event: str, times: int = 1) -> list[JSON]:
    """That one again, however often it went out before: late, or twice."""
    rows = world.store.rows("SELECT id FROM deliveries WHERE account = ? AND event = ?", account.id, event)
    if not rows:
        raise Refused(f"No delivery of {event}", status=404)
    return [told for row in rows for _ in range(int(times)) if (told := delivery.send(world, row[0]))]


def release(call: Call) -> int:
    """Nothing is held back any more; how many were."""
    call.store.set(call.account.id, "hold", value=False)
    return call.store.run(
        "UPDATE deliveries SET state = 'waiting' WHERE account = ? AND state = 'held'", call.account.id
    )


def take(call: Call, again: bool = False, at: float | None = None) -> list[JSON]:
    """What came up since the last time, signed with the account's own secret: for who carries it himself.

    again: everything since the account was made. at: when it was signed, in seconds since 1970.
    """
    after = 0 if again else int(call.store.setting(call.account.id, "taken") or 0)
    rows = call.store.rows(
        "SELECT seq, id FROM objects WHERE account = ? AND kind = 'event' AND seq > ? ORDER BY seq",
        *(call.account.id, after),
    )
    if rows:
        call.store.set(call.account.id, "taken", rows[-1][0])
    return [_signed(call, call.get("event", row[1]), at) for row in rows]


def _signed(call: Call, event: JSON, at: float | None) -> JSON:
    payload = events.body_of(event)
    signature = events.signature(payload, [call.account.webhook_secret], at)
    return {"id": event["id"], "type": event["type"], "payload": payload, "signature": signature}
