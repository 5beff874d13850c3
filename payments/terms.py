"""What may collectors agree by themselves? The agency's limits for plans and settlements, and each creditor's floor.

Set by admins; the audit log says who did. What was agreed before stays as it was agreed.
"""

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import ValidationError

from core import meanwhile, tenancy
from core.models import Agency, Creditor
from core.models.agencies import AgencySettings
from core.refusals import ChangedMeanwhile, FieldRefused

if TYPE_CHECKING:
    from core.models import User

LIMITS = (
    "settlement_floor", "plan_longest_months", "plan_smallest_instalment", "plan_grace_days", "plan_reminder_days",
)  # fmt: skip


class TermsRefused(FieldRefused):
    """Nothing was changed."""


def limits() -> dict[str, Any]:
    """The current agency's, by their names."""
    choices = Agency.objects.get(pk=tenancy.current_agency_id()).choices
    return {name: getattr(choices, name) for name in LIMITS}


def version(of: dict[str, Any]) -> str:
    """The mark of the limits that a user saw."""
    return meanwhile.version_of(*(of[name] for name in LIMITS))


def limit(said: dict[str, Any], *, by: "User", seen: str) -> None:
    """Set the agency's limits. Raises TermsRefused, and ChangedMeanwhile when they are not as the user saw them."""
    _refuse_all_but_admins(by)
    with tenancy.transaction():
        agency = Agency.objects.select_for_update().get(pk=tenancy.current_agency_id())
        if seen != version({name: getattr(agency.choices, name) for name in LIMITS}):
            raise ChangedMeanwhile(meanwhile.on_record(agency, by, "changed what may be agreed"))
        agency.settings = agency.settings | {name: _plain(said[name]) for name in LIMITS}
        try:
            AgencySettings.model_validate(agency.settings)
        except ValidationError as error:
            wrong = error.errors()[0]
            raise TermsRefused(str(wrong["loc"][0]), f"{wrong['msg']}.") from error
        agency.save(update_fields=["settings", "updated_at"])


def set_floor(creditor_id: UUID, share: Decimal | None, *, by: "User", seen: str) -> Creditor:
    """Down to which share of the balance collectors settle alone for a creditor; None: as the agency says.

    `seen` is the share that the user saw, as text. Raises TermsRefused and ChangedMeanwhile.
    """
    _refuse_all_but_admins(by)
    if share is not None and not 0 <= share <= 1:
        raise TermsRefused("floor", "Enter a percentage between 0 and 100, or nothing.")
    with tenancy.transaction():
        creditor = Creditor.objects.locked().get(pk=creditor_id)
        if seen != as_text(creditor.settlement_floor):
            raise ChangedMeanwhile(meanwhile.on_record(creditor, by, f"changed the floor of {creditor}"))
        creditor.settlement_floor = share
        creditor.save(update_fields=["settlement_floor"])
    return creditor


def as_text(share: Decimal | None) -> str:
    """`62.5` for 0.6250, nothing for None: as it is typed, and carried through a form."""
    return "" if share is None else f"{(share * 100).normalize():f}"


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _refuse_all_but_admins(by: "User") -> None:
    if not by.is_admin:
        raise TermsRefused("", "Only an admin of the agency changes what collectors may agree.")
