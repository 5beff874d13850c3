"""Are waiting accounts distributed by themselves after each import? The agency chooses."""

from typing import TYPE_CHECKING

import structlog

from core import distribution, tenancy
from core.models import Agency
from core.sharing import Plan

if TYPE_CHECKING:
    from core.models import User

log = structlog.get_logger(__name__)


class SwitchRefused(ValueError):
    """The setting is as it was; `str()` is the sentence for the user."""


def is_on() -> bool:
    """Has the agency chosen it?"""
    return Agency.objects.get(pk=tenancy.current_agency_id()).choices.distribution == "automatic"


def switch(*, on: bool, by: "User") -> None:
    """Choose; the audit log says who did. Raises SwitchRefused when the user may not."""
    if not by.is_admin:
        raise SwitchRefused("Only an agency admin changes how accounts are distributed.")
    with tenancy.transaction():
        agency = Agency.objects.select_for_update().get(pk=tenancy.current_agency_id())
        agency.settings = agency.settings | {"distribution": "automatic" if on else "manual"}
        agency.save(update_fields=["settings", "updated_at"])


def after_import() -> Plan | None:
    """Distribute as the system; None when it was switched off meanwhile. What finds no place waits."""
    with tenancy.transaction():
        if not is_on():
            return None
        made = distribution.carry_out(by=None)
    log.info("distributed_automatically", placed=made.placed, left=len(made.left) + made.beyond)
    return made
