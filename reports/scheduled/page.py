"""What do the pages about schedules show? Each report with its moments, its readers, and what became of the last."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from core.models import Agency, User
from core.words import count
from reports import catalogue
from reports.models import ReportDelivery, ReportSchedule
from reports.scheduled import mail, moments, sending

Status = ReportDelivery.Status
MOST_SHOWN = 60
TONES: dict[str, str] = {
    Status.WAITING: "processing",
    Status.SENT: "completed",
    Status.FAILED: "failed",
    Status.SKIPPED: "closed",
}


@dataclass
class Moment:
    """What was sent for one due moment."""

    due_at: datetime
    deliveries: list[ReportDelivery] = field(default_factory=list)

    def _number(self, status: str) -> int:
        return sum(delivery.status == status for delivery in self.deliveries)

    @property
    def words(self) -> str:
        """`Sent to 3 of 4`."""
        sent, every = self._number(Status.SENT), len(self.deliveries)
        if self._number(Status.WAITING):
            return f"Being sent, to {sent:,} of {every:,} so far"
        return f"Sent to {sent:,}" if sent == every else f"Sent to {sent:,} of {every:,}"

    @property
    def tone(self) -> str:
        """Of its badge."""
        for status in (Status.FAILED, Status.WAITING, Status.SKIPPED):
            if self._number(status):
                return TONES[status]
        return TONES[Status.SENT]

    @property
    def errors(self) -> list[str]:
        """Why not everybody has it, each reason once."""
        return list(dict.fromkeys(one.error for one in self.deliveries if one.error and one.status != Status.SENT))


@dataclass(frozen=True)
class Line:
    """One schedule of the list."""

    schedule: ReportSchedule
    title: str
    when: str
    of: str
    readers: list[User]
    last: Moment | None

    @property
    def trouble(self) -> str:
        """Why a person is needed; nothing when all is well."""
        if catalogue.named(self.schedule.report) is None:
            return "There is no such report any more. Delete this schedule."
        if not self.readers:
            return "Nobody gets it: those chosen have left, or may not see reports. Choose somebody else."
        if self.last and self.last.tone == "failed":
            return " ".join(self.last.errors)
        return ""

    @property
    def to(self) -> str:
        """`3 people`."""
        return count(len(self.readers), "person", "people")


def lines(agency: Agency, schedules: Iterable[ReportSchedule]) -> list[Line]:
    """The schedules with what became of their last due moment, in three statements however many they are."""
    found = list(schedules)
    may_read = {str(user.pk): user for user in sending.may_read()}
    last = _last_moments([one.pk for one in found])
    return [_line(one, agency, may_read, last.get(one.pk)) for one in found]


def _line(schedule: ReportSchedule, agency: Agency, may_read: dict[str, User], last: Moment | None) -> Line:
    report = catalogue.named(schedule.report)
    return Line(
        schedule,
        title=report.title if report else schedule.report,
        when=moments.in_words(schedule),
        of=" · ".join(mail.page_of(schedule, agency).said) if report else "",
        readers=[may_read[pk] for pk in schedule.recipients if pk in may_read],
        last=last,
    )


def _last_moments(schedules: list[UUID]) -> dict[UUID, Moment]:
    """Of each its latest due moment."""
    of_these = ReportDelivery.objects.filter(schedule__in=schedules)
    newest = of_these.order_by("schedule_id", "-due_at").distinct("schedule_id")
    pairs = dict(newest.values_list("schedule_id", "due_at"))
    made = {pk: Moment(due_at) for pk, due_at in pairs.items()}
    for delivery in of_these.filter(due_at__in=set(pairs.values())):
        if pairs[delivery.schedule_id] == delivery.due_at:
            made[delivery.schedule_id].deliveries.append(delivery)
    return made


def history(schedule: ReportSchedule) -> list[Moment]:
    """What was sent lately, the newest first."""
    found: dict[datetime, Moment] = defaultdict(lambda: Moment(schedule.created_at))
    deliveries = ReportDelivery.objects.filter(schedule=schedule).select_related("recipient")
    for delivery in deliveries.order_by("-due_at", "id")[:MOST_SHOWN]:
        moment = found[delivery.due_at]
        moment.due_at = delivery.due_at
        moment.deliveries.append(delivery)
    return list(found.values())
