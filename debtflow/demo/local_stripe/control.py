"""How does a test make the stand-in misbehave, and see what it really took?

control = Control(account.base_url, account.secret_key)
control.fault("drop_after", path="/v1/payment_intents")
control.ledger(), control.requests()
"""

import http.client
import json
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from debtflow.demo.local_stripe.errors import JSON

type Order = Literal["sent", "reversed", "shuffled"]


class ControlError(RuntimeError):
    """The stand-in would not do it; the message says why."""


@dataclass(frozen=True)
class Webhook:
    """One signed event: post `payload` with the header `Stripe-Signature: signature`."""

    id: str
    type: str
    payload: str
    signature: str

    @property
    def event(self) -> JSON:
        return dict(json.loads(self.payload))


@dataclass(frozen=True)
class Control:
    """The acts of one account. A payment is named by the id of its payment intent or of its charge."""

    base_url: str
    secret_key: str

    def fault(
        self,
        kind: str,
        *,
        count: int = 1,
        method: str = "*",
        path: str = "*",
        seconds: float = 0.0,
        status: int = 500,
        stored: bool | None = None,
    ) -> None:
        """The next `count` requests of that method to that path pattern meet it; the kinds: `faults`."""
        self._do(
            "fault",
            kind=kind,
            count=count,
            method=method,
            path=path,
            seconds=seconds,
            status=status,
            stored=stored,
        )

    def clear_faults(self) -> None:
        self._do("clear_faults")

    def settle(self, payment: str) -> JSON:
        """A bank debit ends as its test account says; the payment intent."""
        return dict(self._do("settle", payment=payment))

    def fail_debit(self, payment: str, code: str = "insufficient_funds") -> JSON:
        """Before it succeeded: insufficient_funds (R01), account_closed (R02), no_account (R03), …"""
        return dict(self._do("fail_debit", payment=payment, code=code))

    def return_debit(self, payment: str, reason: str = "insufficient_funds") -> JSON:
        """After it succeeded: the dispute, already lost."""
        return dict(self._do("return_debit", payment=payment, reason=reason))

    def settle_after(self, seconds: float | None) -> None:
        """Bank debits and their refunds end by themselves after that time; None, as at first: never."""
        self._do("settle_after", seconds=seconds)

    def settle_due(self) -> int:
        """What is due by `settle_after` ends now; how many did."""
        return int(self._do("settle_due"))

    def open_dispute(self, payment: str, reason: str = "fraudulent") -> JSON:
        return dict(self._do("open_dispute", payment=payment, reason=reason))

    def win_dispute(self, dispute: str) -> JSON:
        """By its id, or by the payment's."""
        return dict(self._do("win_dispute", dispute=dispute))

    def lose_dispute(self, dispute: str) -> JSON:
        return dict(self._do("lose_dispute", dispute=dispute))

    def succeed_refund(self, refund: str) -> JSON:
        return dict(self._do("succeed_refund", refund=refund))

    def fail_refund(self, refund: str, why: str = "expired_or_canceled_card") -> JSON:
        return dict(self._do("fail_refund", refund=refund, why=why))

    def ledger(self) -> list[JSON]:
        """Every charge, oldest first: charge, amount, amount_refunded, status, payment_intent, metadata, currency,
        created, disputed (for ever, once it was) and dispute (how it stands, None when there never was one).
        """
        return list(self._do("ledger"))

    def taken(self) -> list[JSON]:
        """The charges of the ledger that took money."""
        return [each for each in self.ledger() if each["status"] == "succeeded"]

    def requests(self) -> list[JSON]:
        """Every request that came in: method, path, idempotency_key, status (0: dropped), at."""
        return list(self._do("requests"))

    def forget_requests(self) -> None:
        self._do("forget_requests")

    def advance_time(self, seconds: float) -> None:
        """The account's clock: idempotency keys, expiry of sessions, retries of webhooks."""
        self._do("advance_time", seconds=seconds)

    def search_lag(self, seconds: float) -> None:
        """What was made in the last seconds is not found by search yet, as it may be at Stripe."""
        self._do("search_lag", seconds=seconds)

    def hold_webhooks(self) -> None:
        """From now on nothing goes out but by `deliver_webhooks`."""
        self._do("hold")

    def release_webhooks(self) -> int:
        return int(self._do("release"))

    def deliver_webhooks(
        self, order: Order = "sent", *, times: int = 1, seed: int | None = None, most: int = 1000
    ) -> list[JSON]:
        """All that is held or waits goes out over HTTP before this returns; event, type and status of each."""
        return list(self._do("deliver", order=order, times=times, seed=seed, most=most))

    def deliver_event(self, event: str, *, times: int = 1) -> list[JSON]:
        """That event again."""
        return list(self._do("deliver_event", event=event, times=times))

    def take_webhooks(self, *, again: bool = False, at: float | None = None) -> list[Webhook]:
        """The events since the last time, signed with the account's `webhook_secret`, to be posted by the test.

        again: all of them once more. at: signed at that time.
        """
        return [Webhook(**each) for each in self._do("take", again=again, at=at)]

    def send_events_to(self, url: str) -> None:
        """An endpoint that wants all events, with the account's `webhook_secret`."""
        self._do("send_events_to", url=url)

    def roll_secret(self, endpoint: str, *, keep_seconds: float = 86_400) -> str:
        """A new secret of that endpoint; until then the old one signs as well."""
        return str(self._do("roll_secret", endpoint=endpoint, keep_seconds=keep_seconds))

    def emit(self, kind: str, thing: JSON) -> JSON:
        """An event of the test's own making, such as one of an unknown type."""
        return dict(self._do("emit", kind=kind, thing=thing))

    def _do(self, act: str, **arguments: Any) -> Any:
        connection = http.client.HTTPConnection(urlsplit(self.base_url).netloc, timeout=180)
        try:
            headers = {"Authorization": f"Bearer {self.secret_key}", "Content-Type": "application/json"}
            connection.request("POST", f"/_control/{act}", json.dumps(arguments), headers)
            response = connection.getresponse()
            body = json.loads(response.read())
        finally:
            connection.close()
        if response.status != 200:
            raise ControlError(body["error"]["message"])
        return body["result"]
