"""The complete list of recurring jobs, as data. `sync` makes the queue's table agree with it after each migration."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Recurring:
    """A function without arguments, outside any agency, and the minutes between its runs."""

    name: str
    path: str
    minutes: int


SCHEDULES = (
    # Wakes each minute and re-arms itself for the next feed that is due (an agency may poll more often).
    Recurring("Poll due feeds", "imports.fetching.polling.poll_due_feeds", 1),
    Recurring("Resume abandoned imports", "imports.importer.resume_abandoned", 1),
    Recurring("Resume lost dry runs", "imports.lost_trials.resume_all", 1),
    Recurring("Discard forgotten uploads", "imports.uploads.discard_forgotten", 60),
    # Wakes each minute, and earlier for the next try of a payment.
    Recurring("Resolve undecided payments", "payments.reconciliation.run", 1),
    Recurring("Charge and judge instalments", "payments.instalments.run", 15),
    Recurring("Remind of instalments", "payments.reminders.run", 60),
    Recurring("Expire settlement offers", "payments.settling.expire_all", 60),
    Recurring("Compare money with the processors", "payments.daily_comparison.run", 24 * 60),
    Recurring("Resume abandoned exports", "reports.exports.making.resume_all", 1),
    Recurring("Delete expired exports", "reports.exports.keeping.expire_all", 60),
    Recurring("Send scheduled reports", "reports.scheduled.sending.run", 1),
    Recurring("Judge promises", "core.promises.judge_all", 15),
    Recurring("Make audit partitions ahead", "core.audit.ensure_partitions", 24 * 60),
    Recurring("Compact the account tallies", "core.tallies.compact", 5),
    Recurring("Fold the tallies of reports", "reports.tallies.compact", 1),
)


def sync(**_: Any) -> None:
    """Create, change and delete the queue's schedules until they equal SCHEDULES."""
    from django_q.models import Schedule

    for job in SCHEDULES:
        Schedule.objects.update_or_create(
            name=job.name,
            defaults={
                "func": "debtflow.jobs.run",
                "args": repr((job.path, "", "", [])),
                "schedule_type": Schedule.MINUTES,
                "minutes": job.minutes,
                "repeats": -1,
            },
        )
    Schedule.objects.exclude(name__in=[job.name for job in SCHEDULES]).delete()
