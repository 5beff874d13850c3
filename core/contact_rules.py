"""May this debtor be contacted now? The one function that decides; whoever records or offers a contact asks it.

Pure: facts and a moment in, a verdict with reasons and citations out. What is not known blocks. Call caps, consent and
state rules join here as further rules.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.models.contacts import Channel, Direction
from core.models.holds import Hold

# A call is inconvenient before 8:00 and after 21:00 at the debtor's place (12 CFR 1006.6(b)(1)(i)).
EARLIEST, LATEST = 8, 21
HOURS = "12 CFR 1006.6(b)(1)(i)"
EVERY_PLACE = "12 CFR 1006.6(b)(1)(i), comment 6(b)(1)(i)-2"
HOLDS = {
    "dispute": ("It is disputed", "15 USC 1692g(b)"),
    "cease": ("The debtor asked us to cease communication", "15 USC 1692c(c)"),
    "attorney": ("The debtor is represented by an attorney", "15 USC 1692c(a)(2)"),
    "bankruptcy": ("The debtor is in bankruptcy", "11 USC 362(a)(6)"),
    "deceased": ("The debtor is deceased", "12 CFR 1006.6(a)(4)"),
    "fraud": ("Fraud or identity theft is claimed", "15 USC 1681m(f)"),
    "military": ("The debtor is in military service", "50 USC 3937"),
    "recall": ("The creditor is recalling it", ""),
}


class Decision(StrEnum):
    """What may be done."""

    ALLOW = "allow"
    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True)
class Reason:
    """Why not, in a sentence without its full stop, and where that is written."""

    text: str
    citation: str = ""


@dataclass(frozen=True)
class Verdict:
    """The decision with every reason for it."""

    decision: Decision
    reasons: tuple[Reason, ...] = ()

    @property
    def allows(self) -> bool:
        """May it go on without a word?"""
        return self.decision is Decision.ALLOW

    @property
    def sentence(self) -> str:
        """All reasons in one line; empty when there is none."""
        return " ".join(f"{reason.text}." for reason in self.reasons)


@dataclass(frozen=True)
class Facts:
    """What the rules look at: the zones where the debtor may be, holds that stand, and the state of the number."""

    zones: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    point_status: str = "active"


def evaluate(facts: Facts, channel: str, direction: str, now: datetime) -> Verdict:
    """The verdict on one contact at one moment. Who contacts us may be answered at any time."""
    if direction == Direction.IN:
        return Verdict(Decision.ALLOW)
    reasons = [Reason(*HOLDS.get(kind, (Hold.Kind(kind).label, ""))) for kind in facts.holds]
    if facts.point_status == "opted_out":
        reasons.append(Reason("The debtor opted out of this number or address", "12 CFR 1006.6(e), 1006.14(h)"))
    elif facts.point_status == "invalid":
        reasons.append(Reason("This number or address is known to be wrong", "12 CFR 1006.14(b)(3)"))
    if channel != Channel.LETTER:
        reasons += _hours(facts.zones, now)
    return Verdict(Decision.BLOCK if reasons else Decision.ALLOW, tuple(reasons))


def _hours(zones: tuple[str, ...], now: datetime) -> list[Reason]:
    if not zones:
        return [Reason("Where the debtor is, and so his local time, is unknown", EVERY_PLACE)]
    if all(is_within_hours(zone, now) for zone in zones):
        return []
    several = "in some place where the debtor may be" if len(zones) > 1 else "where the debtor is"
    return [Reason(f"It is before 8 AM or after 9 PM {several}", EVERY_PLACE if len(zones) > 1 else HOURS)]


def is_within_hours(zone: str, now: datetime) -> bool:
    """Is it between 8:00 and 21:00 there? A zone that nobody knows is never within them."""
    try:
        local = now.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return EARLIEST <= local.hour < LATEST


def next_opening(zones: tuple[str, ...], now: datetime) -> datetime | None:
    """The next moment, to the quarter hour, when every zone is within hours; None when none ever is."""
    if not zones:
        return None
    moment = now.replace(minute=now.minute - now.minute % 15, second=0, microsecond=0)
    for _ in range(4 * 24 * 2):
        moment += timedelta(minutes=15)
        if all(is_within_hours(zone, moment) for zone in zones):
            return moment
    return None
