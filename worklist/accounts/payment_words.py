"""What does the timeline say of a payment? From the facts beside each entry."""

from decimal import Decimal, InvalidOperation
from typing import Any

from core.words import money

# What happened -> (what was done, badge).
DID = {
    "begun": ("began a payment of {}", "pending"),
    "completed": ("recorded a payment of {}", "completed"),
    "failed": ("could not take a payment of {}", "failed"),
    "link_sent": ("sent the link to pay {}", ""),
    "link_unsent": ("did not send the link to pay {}", ""),
    "canceled": ("canceled a payment of {}", "failed"),
    "refund_begun": ("began a refund", "pending"),
    "refunded": ("gave money back", "refunded"),
    "refund_failed": ("could not give money back", "failed"),
    "charged_back": ("saw money taken back by the bank", "failed"),
    "won": ("won money back from the bank", "completed"),
}
LABELS = {"canceled": "Canceled", "charged_back": "Taken back", "won": "Won", "refund_failed": "Refund failed"}


def _what(data: dict[str, Any]) -> str:
    what = str(data.get("what"))
    return "canceled" if what == "failed" and data.get("code") == "canceled" else what


def did(data: dict[str, Any]) -> str:
    """`recorded a payment of $250.00`."""
    words, _ = DID.get(_what(data), ("told of a payment of {}", ""))
    return words.format(_amount(data))


def badge(data: dict[str, Any]) -> tuple[str, str]:
    """(status, label) of what came of it; empty when nothing is known."""
    what = _what(data)
    status = DID.get(what, ("", ""))[1]
    return (status, LABELS.get(what, "")) if status else ("", "")


def said(data: dict[str, Any], body: str) -> str:
    """The rest of the sentence, without the amount that the heading says."""
    rest = body
    if what := {"failed": " was not taken: "}.get(str(data.get("what"))):
        rest = body.partition(what)[2] or body
    elif data.get("what") in ("begun", "completed", "canceled"):
        rest = body.removeprefix(_amount(data)).strip()
    return rest[:1].upper() + rest[1:]


def _amount(data: dict[str, Any]) -> str:
    try:
        return money(Decimal(str(data["amount"])))
    except (KeyError, InvalidOperation):
        return ""
