"""How do the events reach their endpoints? By HTTP, in the background, again and again until they answer 2xx."""

import http.client
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from debtflow.demo.local_stripe import bank_debits, checkout, events, webhook_endpoints
from debtflow.demo.local_stripe.call import Call, clock
from debtflow.demo.local_stripe.errors import JSON
from debtflow.demo.local_stripe.world import World

logger = logging.getLogger(__name__)
PATIENCE = 10.0  # seconds for one endpoint's answer
ATTEMPTS = 12
AT_ONCE = 4
NAP = 0.5
SWEEP = 5.0


def send(world: World, delivery: int) -> JSON | None:
    """One attempt, now. What was answered: status 0 when nobody did. None when event or endpoint are gone."""
    row = world.store.row("SELECT account, endpoint, event FROM deliveries WHERE id = ?", delivery)
    if row is None:
        return None
    account, endpoint_id, event_id = row
    endpoint, event = world.store.find(account, endpoint_id), world.store.find(account, event_id)
    if endpoint is None or event is None:
        return None
    secrets = webhook_endpoints.active_secrets(endpoint, clock(world.store, account))
    payload = events.body_of(event)
    status = _post(endpoint["url"], payload, events.signature(payload, secrets))
    _note(world, delivery, account, status)
    return {"event": event_id, "type": event["type"], "endpoint": endpoint_id, "status": status}


def _post(url: str, payload: str, signature: str) -> int:
    """A redirect is a failure, as it is for Stripe."""
    parts = urlsplit(url)
    to = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    try:
        connection = to(parts.netloc, timeout=PATIENCE)
        headers = {
            "Accept": "*/*",
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature,
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        try:
            connection.request(
                "POST", f"{parts.path or '/'}{'?' * bool(parts.query)}{parts.query}", payload.encode(), headers
            )
            response = connection.getresponse()
            response.read(1 << 16)
            return response.status
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError):
        return 0


def _note(world: World, delivery: int, account: str, status: int) -> None:
    attempts = (world.store.row("SELECT attempts FROM deliveries WHERE id = ?", delivery) or (0,))[0] + 1
    arrived = 200 <= status < 300
    state = "done" if arrived else "waiting" if attempts < ATTEMPTS else "given_up"
    due = clock(world.store, account) + 2 ** (attempts - 1)
    world.store.run(
        "UPDATE deliveries SET attempts = ?, status = ?, state = ?, due = ? WHERE id = ?",
        *(attempts, status, state, due, delivery),
    )


class Postman(threading.Thread):
    """Delivers what is due, and lets bank debits settle whose time has come. Never blocks a request."""

    def __init__(self, world: World) -> None:
        super().__init__(name="stripe-webhooks", daemon=True)
        self._world = world
        self._stopped = threading.Event()
        self._swept = 0.0
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="stripe-webhook")

    def stop(self) -> None:
        self._stopped.set()
        self._world.stirred.set()
        self.join(PATIENCE)
        self._pool.shutdown(wait=True, cancel_futures=True)

    def run(self) -> None:
        self._world.store.run("UPDATE deliveries SET state = 'waiting' WHERE state = 'sending'")
        while not self._stopped.is_set():
            try:
                self._round()
            except Exception:
                logger.exception("webhooks")
            self._world.stirred.wait(NAP)
            self._world.stirred.clear()

    def _round(self) -> None:
        store = self._world.store
        for account in self._that_settle():
            self._let(account, bank_debits.settle_due)
        if time.monotonic() > self._swept + SWEEP:
            self._swept = time.monotonic()
            for row in store.rows("SELECT DISTINCT account FROM objects WHERE kind = 'checkout.session'"):
                self._let(row[0], checkout.expire_due)
        for row in store.rows("SELECT DISTINCT account FROM deliveries WHERE state = 'waiting'"):
            self._hand_out(row[0])

    def _that_settle(self) -> list[str]:
        if self._world.store.setting("", "settles_after") is not None:
            return [account.id for account in self._world.store.accounts.all()]
        chosen = "SELECT account FROM settings WHERE name = 'settles_after' AND value <> 'null' AND account <> ''"
        return [row[0] for row in self._world.store.rows(chosen)]

    def _let(self, account_id: str, happen: Callable[[Call], object]) -> None:
        account = self._world.store.accounts.of_id(account_id)
        if account:
            with self._world.store.transaction():
                happen(self._world.call(account))

    def _hand_out(self, account: str) -> None:
        now = clock(self._world.store, account)
        for row in _rows(self._world, account, "waiting", now):
            if self._stopped.is_set():
                return
            claimed = "UPDATE deliveries SET state = 'sending' WHERE id = ? AND state = 'waiting'"
            if self._world.store.run(claimed, row[0]):
                self._pool.submit(send, self._world, row[0])


def _rows(world: World, account: str, state: str, until: float) -> list[tuple[Any, ...]]:
    return world.store.rows(
        "SELECT id FROM deliveries WHERE account = ? AND state = ? AND due <= ? ORDER BY id", account, state, until
    )
