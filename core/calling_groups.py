"""Which groups of debtors may be called now? As many questions as the agency has combinations of zones, not debtors."""

from datetime import datetime

from core import contact_rules
from core.contact_rules import Facts
from core.models.contacts import Channel, Direction
from core.prepared import rows_of
from core.tenancy import current_agency_id


def open_now(now: datetime) -> list[int]:
    """The numbers of the current agency's groups that the rules let us call at this moment."""
    return [number for number, zones in zones_by_number().items() if _allows(zones, now)]


def zones_by_number() -> dict[int, tuple[str, ...]]:
    """The zones of every group of the current agency."""
    # Whoever asks for his next account asks this first.
    found = rows_of("SELECT number, time_zones FROM core_callinggroup WHERE agency_id = %s", [current_agency_id()])
    return {number: tuple(zones) for number, zones in found}


def _allows(zones: tuple[str, ...], now: datetime) -> bool:
    return contact_rules.evaluate(Facts(zones), Channel.CALL, Direction.OUT, now).allows
