"""In which zone does this user read times? The agency's; for a superuser that of the agency he has entered."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from core import tenancy
from core.models import Agency, User


def zone_of(user: User) -> ZoneInfo:
    """The zone of the agency in which the user works."""
    agency = user.agency or Agency.objects.get(pk=tenancy.current_agency_id())
    return agency.zone


def today_of(user: User) -> date:
    """The date on the user's calendar."""
    return local_date(timezone.now(), zone_of(user))


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """The date of a moment in a zone."""
    return moment.astimezone(zone).date()
