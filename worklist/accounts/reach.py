"""May the debtor be called now, on which number, and if not, when again? The rules' verdict in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core import contact_rules
from core.contact_rules import Facts, Reason
from core.models import ContactPoint
from core.models.contacts import Channel, Direction
from core.words import clock, day, phone

Kind = ContactPoint.Kind
STATUSES = dict(ContactPoint.Status.choices)


@dataclass(frozen=True)
class Point:
    """A phone or an e-mail address, with its link when it may be used."""

    id: str
    kind: str
    text: str
    href: str
    remark: str
    citation: str

    @property
    def label(self) -> str:
        """For a list to choose from."""
        return f"{self.text} ({self.remark.lower()})" if self.remark else self.text

    @property
    def kind_label(self) -> str:
        return str(Kind(self.kind).label)


@dataclass(frozen=True)
class Reach:
    """Where the debtor can be reached, and whether now."""

    points: list[Point]
    reasons: tuple[Reason, ...]
    opens: str

    @property
    def now(self) -> bool:
        """May he be called at this moment?"""
        return not self.reasons

    def of(self, kind: str) -> list[Point]:
        """The points of a kind, usable ones first, the primary one before the others."""
        return sorted((point for point in self.points if point.kind == kind), key=lambda point: bool(point.remark))


def reach(points: list[dict[str, Any]], zones: list[str], holds: list[str], now: datetime, here: ZoneInfo) -> Reach:
    """The verdict on a call to a number that is in order, and each point with its own."""
    facts = Facts(tuple(zones), tuple(sorted(set(holds))))
    verdict = contact_rules.evaluate(facts, Channel.CALL, Direction.OUT, now)
    opening = None if verdict.allows or holds else contact_rules.next_opening(facts.zones, now)
    return Reach([_point(point, now) for point in points], verdict.reasons, _words(opening, now, here))


def _words(opening: datetime | None, now: datetime, here: ZoneInfo) -> str:
    """`today at 9:00 AM`, `tomorrow at 10:00 AM`, in the agency's time; empty when there is none."""
    if opening is None:
        return ""
    local, today = opening.astimezone(here), now.astimezone(here).date()
    days = (local.date() - today).days
    when = ("today", "tomorrow")[days] if days in (0, 1) else day(local.date(), today)
    return f"{when} at {clock(local)}"


def _point(point: dict[str, Any], now: datetime) -> Point:
    usable = point["status"] == ContactPoint.Status.ACTIVE
    is_phone = point["kind"] == Kind.PHONE
    # What the number's own state forbids; a letter is asked about, because no hour forbids one.
    verdict = contact_rules.evaluate(Facts(point_status=point["status"]), Channel.LETTER, Direction.OUT, now)
    return Point(
        id=point["id"],
        kind=point["kind"],
        text=phone(point["value"]) if is_phone else point["value"],
        href=f"{'tel' if is_phone else 'mailto'}:{point['value']}" if usable else "",
        remark="" if usable else STATUSES[point["status"]],
        citation=" ".join(reason.citation for reason in verdict.reasons),
    )
