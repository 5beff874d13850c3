"""Which of a file's new accounts went to collectors by themselves, and why do the others wait?

Automatic distribution is the agency's choice and the kernel's work; here it is asked for when an import has ended, and
what it came to is written on the job, in the transaction that did it.
"""

from dataclasses import asdict, dataclass
from typing import Literal
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from core import automatic_distribution, jobs, tenancy
from core.models import Account, Hold
from core.sharing import Plan
from imports.models import ImportedRecord, SFTPImportJob

HAND_OUT = "imports.handing_out.hand_out"

type Why = Literal["", "nobody", "full", "together"]


@dataclass(frozen=True)
class Told:
    """Of the file's new accounts: how many a collector has, how many wait, how many of these a hold keeps back.

    `why` the others wait: no collector is active, every desk is full, or none has room for all of a debtor's accounts.
    """

    new: int
    placed: int
    waiting: int
    held: int
    why: Why = ""


def enqueue(job: SFTPImportJob) -> None:
    """The import has ended: have its new accounts distributed if the agency wants it, once the transaction commits."""
    waits = automatic_distribution.is_on()
    SFTPImportJob.objects.filter(pk=job.pk).update(distribution={"waits": True} if waits else {})
    if waits:
        jobs.enqueue(HAND_OUT, str(job.pk))


def hand_out(job_id: str) -> None:
    """Distribute what waits, and write on the job what became of its own accounts (a job)."""
    key = UUID(job_id)
    with tenancy.transaction():
        awaited = SFTPImportJob.objects.filter(pk=key, distribution__waits=True)
        if not awaited.exists():
            return
        # Accounts before the job's row, as the importer locks them.
        made = automatic_distribution.after_import()
        awaited.update(distribution=asdict(_told(key, made)) if made else {})


def _told(job_id: UUID, made: Plan) -> Told:
    own = ImportedRecord.objects.filter(job_id=job_id, outcome=ImportedRecord.Outcome.CREATED).values("account_id")
    of_it = Q(account_id=OuterRef("pk")) | Q(debtor_id=OuterRef("debtor_id"))
    hold = Exists(Hold.objects.filter(of_it, lifted_at=None))
    waiting = Q(assigned_to=None, status="new")
    counts = Account.objects.filter(pk__in=own).aggregate(
        new=Count("pk"),
        placed=Count("pk", filter=~Q(assigned_to=None)),
        waiting=Count("pk", filter=waiting),
        held=Count("pk", filter=waiting & Q(hold)),
    )
    return Told(**counts, why=_why(made) if counts["waiting"] > counts["held"] else "")


def _why(made: Plan) -> Why:
    if not made.shares:
        return "nobody"
    return "full" if all(not share.has_room_for(1) for share in made.shares) else "together"
