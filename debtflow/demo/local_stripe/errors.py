"""How does Stripe say no?"""

from typing import Any

type JSON = dict[str, Any]

DOCUMENTATION = "https://docs.stripe.com/error-codes/"


class Refused(Exception):
    """An answer that is not 200.

    executed: the endpoint had begun its work, so what it wrote stays and the answer is replayed to whoever comes
        with the same idempotency key. Requests refused before that leave no trace.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        executed: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.executed = executed
        self.error: JSON = {"message": message, "type": kind}
        if code:
            self.error |= {"code": code, "doc_url": DOCUMENTATION + code.replace("_", "-")}
        if param:
            self.error["param"] = param
        self.error |= {name: value for name, value in more.items() if value is not None}

    @property
    def body(self) -> JSON:
        return {"error": self.error}


def missing(kind: str, wanted: str, param: str = "id") -> Refused:
    """404: no such object in this account."""
    word = {"payment_method": "PaymentMethod", "setup_intent": "setupintent", "checkout.session": "checkout.session"}
    return Refused(f"No such {word.get(kind, kind)}: '{wanted}'", status=404, code="resource_missing", param=param)


def wrong_state(message: str, **objects: Any) -> Refused:
    """400: the object's status does not allow it. Objects come along, as Stripe sends them."""
    kind = next(iter(objects), "payment_intent")
    return Refused(message, code=f"{kind}_unexpected_state", executed=True, **objects)


def declined(message: str, code: str, decline_code: str | None, **objects: Any) -> Refused:
    """402: the card's bank said no."""
    return Refused(
        message,
        status=402,
        kind="card_error",
        code=code,
        decline_code=decline_code,
        executed=True,
        **objects,
    )


def not_signed_in(message: str) -> Refused:
    return Refused(message, status=401)
