"""How is a schedule made, changed, paused, deleted, and sent at once? By admins of the agency."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from core import meanwhile, tenancy
from core.models import Agency, User
from core.refusals import ChangedMeanwhile, FieldRefused
from reports.models import ReportSchedule
from reports.scheduled import moments, sending

NOBODY = "Choose at least one person who may see reports."


@dataclass(frozen=True)
class Terms:
    """What is sent, when, how and to whom; `query` narrows the report as on its page."""

    query: str
    frequency: str
    weekday: int | None
    day: int | None
    hour: int
    format: str
    recipients: tuple[str, ...]


def version(schedule: ReportSchedule) -> str:
    """The mark of what its form shows."""
    return meanwhile.version_of(schedule.updated_at)


def make(report: str, terms: Terms, *, site: str, by: User) -> ReportSchedule:
    """A new schedule, due for the first time after now. Raises FieldRefused."""
    with tenancy.transaction():
        schedule = ReportSchedule(report=report, made_by=by, site=site)
        _set(schedule, terms)
        schedule.save()
    return schedule


def change(pk: UUID, terms: Terms, *, site: str, by: User, expected: str) -> ReportSchedule:
    """Other terms. Raises FieldRefused, and ChangedMeanwhile when it is not as its user saw it."""
    with tenancy.transaction():
        schedule = ReportSchedule.objects.locked().get(pk=pk)
        if version(schedule) != expected:
            raise ChangedMeanwhile(meanwhile.on_record(schedule, by, "saved this schedule"))
        schedule.site = site
        _set(schedule, terms)
        schedule.save()
    return schedule


def _set(schedule: ReportSchedule, terms: Terms) -> None:
    allowed = {str(user.pk) for user in sending.may_read()}
    if not terms.recipients or not set(terms.recipients) <= allowed:
        raise FieldRefused("recipients", NOBODY)
    for name, value in asdict(terms).items():
        setattr(schedule, name, value)
    schedule.recipients = list(terms.recipients)
    schedule.next_run_at = _next(schedule) if schedule.is_active else None


def pause(pk: UUID) -> None:
    """Send it no more until it is resumed."""
    _switch(pk, active=False)


def resume(pk: UUID) -> None:
    """Send it again, from the next due moment on: what was due meanwhile is not sent."""
    _switch(pk, active=True)


def _switch(pk: UUID, *, active: bool) -> None:
    with tenancy.transaction():
        schedule = ReportSchedule.objects.locked().get(pk=pk)
        if schedule.is_active != active:
            schedule.is_active = active
            schedule.next_run_at = _next(schedule) if active else None
            schedule.save()


def remove(pk: UUID) -> None:
    """Forget it, and what was sent; the audit log remembers."""
    with tenancy.transaction():
        ReportSchedule.objects.locked().get(pk=pk).delete()


def send_now(pk: UUID) -> int:
    """Send it as well now, to everybody who would get it; gives to how many. Twice within a minute is once."""
    with tenancy.transaction():
        schedule = ReportSchedule.objects.locked().get(pk=pk)
        return sending.deliver(schedule, timezone.now().replace(second=0, microsecond=0))


def _next(schedule: ReportSchedule) -> datetime:
    agency = Agency.objects.get(pk=tenancy.current_agency_id())
    return moments.next_after(schedule, timezone.now(), agency.zone)
