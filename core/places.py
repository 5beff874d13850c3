"""In which time zones may somebody be, judging by his ZIP code and his telephone numbers?

A call must be convenient in every zone where the debtor may be, so all candidates count: a number tells the zones of
its whole area code, because people take numbers along when they move.
"""

import re
from functools import cache, lru_cache

import phonenumbers
import zipcodes
from phonenumbers import timezone
from phonenumbers.tzdata import TIMEZONE_DATA

type Zones = tuple[str, ...]

# Ten digits of the North American plan, as people write them; almost every number takes this way.
_NANP = re.compile(r"(?:\+?1[ .-]?)?\(?([2-9][0-9]{2})\)?[ .-]*([2-9][0-9]{2})[ .-]*([0-9]{4})")
# A number that could be in more zones than this is a toll-free one: it tells nothing.
_TELLS_NOTHING = 8
NOWHERE: Zones = ()


def phone(text: str) -> tuple[str, Zones] | None:
    """The number in E.164 and its possible zones; None when it is no telephone number. US unless it says +…"""
    found = _NANP.fullmatch(text)
    if found:
        area, exchange, line = found.groups()
        zones = _areas().get(area)
        if zones is not None:
            return f"+1{area}{exchange}{line}", zones
    return _any_phone(text)


@lru_cache(maxsize=4096)
def _any_phone(text: str) -> tuple[str, Zones] | None:
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    zones = tuple(zone for zone in timezone.time_zones_for_number(number) if zone != timezone.UNKNOWN_TIMEZONE)
    known = zones if len(zones) <= _TELLS_NOTHING else NOWHERE
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), known


@cache
def _areas() -> dict[str, Zones]:
    """Area code to every zone in which some exchange of it lies."""
    zones: dict[str, set[str]] = {}
    for prefix, names in TIMEZONE_DATA.items():
        if prefix.startswith("1") and len(prefix) >= 4:
            zones.setdefault(prefix[1:4], set()).update(names)
    return {area: tuple(sorted(names)) for area, names in zones.items()}


def zip_code(text: str) -> Zones:
    """The zone of a ZIP or ZIP+4; nothing for what we do not know."""
    zone = _zips(text[:1]).get(text[:5])
    return (zone,) if zone else NOWHERE


@cache
def _zips(first: str) -> dict[str, str]:
    """ZIP to zone for all that begin with that digit. A look-up in the package walks all of them, so walk once."""
    if not (first.isascii() and first.isdigit()):
        return {}
    known = zipcodes.similar_to(first)
    return {row["zip_code"]: row["timezone"] for row in known if "/" in row["timezone"]}


@lru_cache(maxsize=4096)
def union(first: Zones, second: Zones) -> Zones:
    """Every zone of both, sorted."""
    return tuple(sorted({*first, *second}))
