"""How does the timeline tell a contact, a promise and a plan? `called (305) 555-0109: Left a voicemail`."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from core.words import clock, day, money, phone

# By channel and direction; the point used is put in, or what stands behind the bar when none is known.
_CONTACTS = {
    ("call", "out"): ("called {}", "called"),
    ("call", "in"): ("had a call from {}", "had a call"),
    ("email", "out"): ("e-mailed {}", "sent an e-mail"),
    ("email", "in"): ("had an e-mail from {}", "had an e-mail"),
    ("letter", "out"): ("", "sent a letter"),
    ("letter", "in"): ("", "had a letter"),
    ("in_person", "out"): ("", "went to see the debtor"),
    ("in_person", "in"): ("", "had the debtor here"),
}
ICONS = {"call": "phone", "email": "mail", "letter": "file", "in_person": "user"}


def contact(data: dict[str, Any]) -> str:
    """What was done, to which number, and how it ended."""
    known = _CONTACTS.get((str(data.get("channel")), str(data.get("direction", "out"))))
    if known is None:
        return "logged a contact"
    with_point, alone = known
    point = phone(str(data.get("point") or ""))
    did = with_point.format(point) if point and with_point else alone
    outcome = data.get("outcome")
    return f"{did}: {outcome}" if outcome else did


def override(data: dict[str, Any]) -> str:
    """Why the rules were passed over, as a sentence of its own."""
    reason = str(data.get("override") or "")
    return f"Done against the contact rules: {reason}" if reason else ""


def promise(data: dict[str, Any], body: str, today: date) -> str:
    """`promised $250.00 by Mar 3`, `broken: $0.00 of $250.00 came`; the body when the entry is of another kind."""
    try:
        amount, due = money(Decimal(str(data["amount"]))), day(date.fromisoformat(str(data["due"])), today)
    except (KeyError, ValueError, InvalidOperation):
        return "recorded a promise"
    match data.get("what"):
        case "made":
            return f"took a promise: {amount} by {due}"
        case "withdrawn":
            return f"withdrew the promise of {amount} by {due}"
        case "kept" | "broken" as judged:
            return f"found the promise of {amount} by {due} {judged}: {body}"
        case "partial":
            return f"found the promise of {amount} by {due} partly kept: {body}"
        case _:
            return "recorded a promise"


def plan(data: dict[str, Any], zone: ZoneInfo, today: date) -> str:
    """`planned: Call the employer, Mar 3, 9:00 AM`; empty when the entry is no plan."""
    try:
        at = datetime.fromisoformat(str(data["at"])).astimezone(zone)
        return f"planned: {data['next_action']}, {day(at.date(), today)}, {clock(at)}"
    except (KeyError, ValueError):
        return ""
