"""How does a scheduled report come to its readers? A due moment makes a delivery for each, and each is mailed alone.

The schedule is moved on and the deliveries are written in one transaction, by the one worker that got the row (SKIP
LOCKED): a due moment is never taken twice. A mail is sent while its delivery is locked, and marked in the same
transaction: a worker that dies between the two sends it again, under the same Message-ID, rather than never.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db.models import Q
from django.utils import timezone

from core import audit, calendar, crossings, jobs, tenancy
from core.exportable import managers
from core.models import AuditLog, User
from reports.models import ReportDelivery, ReportSchedule
from reports.scheduled import mail, moments

SEND = "reports.scheduled.sending.send"
# After a failure it is tried again after so many minutes; then a person is told.
RETRY_MINUTES = (5, 30, 120)
# A delivery whose job was lost is taken up after so long.
LOST_AFTER = timedelta(minutes=15)
LEFT = "Is not of the agency any more, or may not see its reports."

log = structlog.get_logger(__name__)
Status = ReportDelivery.Status


def run() -> None:
    """Every agency's reports that are due, and deliveries that are to be tried again (a recurring job)."""
    for agency_id in crossings.active_agencies():
        with tenancy.working_for(agency_id):
            take_due()
            take_up_waiting()


def take_due() -> int:
    """Write down what is due for the current agency, and have it sent; gives how many schedules.

    What was missed while no worker ran is sent once, not for each missed moment.
    """
    now = timezone.now()
    with tenancy.transaction():
        zone = calendar.zone()
        due = ReportSchedule.objects.get_queryset().select_for_update(skip_locked=True, of=("self",))
        found = list(due.filter(is_active=True, next_run_at__lte=now))
        for schedule in found:
            assert schedule.next_run_at is not None  # noqa: S101  (asked for above)
            deliver(schedule, schedule.next_run_at)
            schedule.next_run_at = moments.next_after(schedule, now, zone)
            schedule.save(update_fields=["next_run_at"])
    return len(found)


def deliver(schedule: ReportSchedule, due_at: datetime) -> int:
    """Have the report sent for that moment, within the caller's transaction; gives to how many. Twice is once."""
    now = timezone.now()
    deliveries = [
        ReportDelivery(schedule=schedule, due_at=due_at, recipient=user, next_attempt_at=now + LOST_AFTER)
        for user in readers(schedule)
    ]
    ReportDelivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    jobs.enqueue(SEND, str(schedule.pk), due_at.isoformat())
    return len(deliveries)


def readers(schedule: ReportSchedule) -> list[User]:
    """Who gets it: those chosen who are active, of the agency, and may see its reports, now."""
    return [user for user in may_read() if str(user.pk) in schedule.recipients]


def may_read() -> list[User]:
    """Every user of the current agency to whom reports may be sent, by name."""
    users = User.objects.filter(agency_id=tenancy.current_agency_id(), is_active=True).exclude(email="")
    return [user for user in users.order_by("first_name", "last_name", "username") if managers(user)]


def send(schedule_id: str, due_at: str) -> None:
    """The job: make the report once, and mail it to everybody who waits for it."""
    schedule, waiting = _waiting(UUID(schedule_id), datetime.fromisoformat(due_at))
    if schedule is None or not waiting:
        return
    with structlog.contextvars.bound_contextvars(schedule=schedule_id):
        try:
            with tenancy.transaction():
                letter = mail.letter(schedule)
        except mail.NotThere as gone:
            _give_up(waiting, str(gone))
        except Exception:
            log.exception("report_not_made")
            _try_later(waiting, "The report could not be made: an error of ours.")
        else:
            for pk in waiting:
                _send(pk, letter)


def _waiting(schedule_id: UUID, due_at: datetime) -> tuple[ReportSchedule | None, list[UUID]]:
    with tenancy.transaction():
        schedule = ReportSchedule.objects.filter(pk=schedule_id).first()
        of_moment = ReportDelivery.objects.filter(schedule=schedule_id, due_at=due_at, status=Status.WAITING)
        return schedule, list(of_moment.order_by("id").values_list("pk", flat=True))


def _send(pk: UUID, letter: mail.Letter) -> None:
    try:
        with tenancy.transaction():
            waiting = ReportDelivery.objects.filter(pk=pk, status=Status.WAITING).select_related("schedule")
            delivery = waiting.select_for_update(skip_locked=True, of=("self",)).first()
            if delivery is None:  # another worker is at it, or was
                return
            recipient = User.objects.filter(pk=delivery.recipient_id).first()
            if recipient is None or not recipient.is_active or not managers(recipient) or not recipient.email:
                delivery.status, delivery.error, delivery.next_attempt_at = Status.SKIPPED, LEFT, None
            else:
                letter.send(recipient, delivery.pk)
                mailed = {"mailed": [None, f"{letter.name} to {recipient}"]}
                audit.record(delivery.schedule, AuditLog.Action.EXPORT, mailed)
                delivery.status, delivery.sent_at, delivery.next_attempt_at = Status.SENT, timezone.now(), None
                delivery.error = ""
            delivery.save()
    except Exception as error:
        log.exception("report_not_mailed", delivery=str(pk))
        _try_later([pk], f"The mail could not be sent: {error}"[:500])


def _try_later(pks: Sequence[UUID], why: str) -> None:
    """A few times more, each after a longer while."""
    with tenancy.transaction():
        for delivery in ReportDelivery.objects.locked().filter(pk__in=pks, status=Status.WAITING):
            delivery.attempts += 1
            delivery.error = why
            if delivery.attempts > len(RETRY_MINUTES):
                delivery.status, delivery.next_attempt_at = Status.FAILED, None
            else:
                wait = timedelta(minutes=RETRY_MINUTES[delivery.attempts - 1])
                delivery.next_attempt_at = timezone.now() + wait
            delivery.save()


def _give_up(pks: Sequence[UUID], why: str) -> None:
    with tenancy.transaction():
        waiting = ReportDelivery.objects.filter(pk__in=pks, status=Status.WAITING)
        waiting.update(status=Status.FAILED, error=why, next_attempt_at=None)


def take_up_waiting() -> int:
    """Have sent what is to be tried again, or whose job was lost; gives for how many due moments."""
    now = timezone.now()
    with tenancy.transaction():
        again = ReportDelivery.objects.filter(Q(next_attempt_at__lte=now), status=Status.WAITING)
        found = list(again.order_by("due_at").values_list("schedule_id", "due_at").distinct())
        # Once a look: it comes up again only when this try, too, is lost.
        again.update(next_attempt_at=now + LOST_AFTER)
        for schedule_id, due_at in found:
            jobs.enqueue(SEND, str(schedule_id), due_at.isoformat())
    return len(found)
