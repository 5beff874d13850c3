"""What would become of a file? The import's own questions, asked batch by batch, and nothing written.

Each batch is staged and compared as the import does it, in a transaction that the database allows no writing; no
lock of the agency is taken, so real imports go on beside it. It runs as a job, because a file may be large, and its
result stands on the Upload. A trial is of one mapping: when that changes, the result of an older one is thrown away.
One whose worker died is found by `imports.lost_trials`.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from time import monotonic
from typing import Any, BinaryIO
from uuid import UUID, uuid4

import structlog
from django.db.models import QuerySet
from django.utils import timezone

from core import claims, jobs, storage, tenancy
from core.models import Creditor
from imports import applying, batches, formats, importer
from imports.mapping import Spec
from imports.models import Upload

PROCESS = "imports.trial.process"
EXAMPLES = 20
TELL_EVERY_SECONDS = 1.0
# Then the file kills its worker, and a person has to look at it.
MAX_STARTS = 3
KILLS_ITS_WORKER = (
    f"The worker stopped {MAX_STARTS} times while it tried this file out. Correct the file and bring it again, or ask"
    " support."
)

log = structlog.get_logger(__name__)
Status = Upload.Trial


@dataclass
class Foresight:
    """What an import would count; `refusal` is the sentence when it would refuse the whole file."""

    records: int = 0
    done: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    refusal: str = ""
    # The first rejected lines: {"line", "reference", "errors": [{field, code, message, value}]}
    examples: list[dict[str, Any]] = field(default_factory=list)

    def add(self, counts: applying.Counts, rejections: list[applying.Rejection]) -> None:
        """One batch more."""
        self.created += counts.created
        self.updated += counts.updated
        self.unchanged += counts.unchanged
        self.rejected += counts.rejected
        self.done += counts.created + counts.updated + counts.unchanged + counts.rejected
        self.examples += [
            {"line": line, "reference": reference, "errors": errors} for line, reference, errors in rejections
        ]


class Superseded(RuntimeError):
    """Nobody waits for this trial any more."""


def start(upload: Upload) -> None:
    """Try the upload out with its mapping of now; whatever was found or is being found before counts no more."""
    upload.trial = Status.RUNNING
    upload.trial_result = {"run": uuid4().hex}
    upload.trial_heard_at, upload.trial_starts = timezone.now(), 0
    with tenancy.transaction():
        upload.save(update_fields=["trial", "trial_result", "trial_heard_at", "trial_starts"])
        enqueue(upload)


def enqueue(upload: Upload) -> None:
    """Have the worker carry out the run that is waited for, once the caller's transaction commits."""
    jobs.enqueue(PROCESS, str(upload.pk), upload.trial_result["run"])


def process(upload_id: str | UUID, run: str) -> None:
    """Find out what would become of the upload, as long as this run is the one that is waited for (a job)."""
    with claims.claimed(claims.IMPORT_TRIAL, UUID(run)) as mine:
        if mine and (upload := _begin(upload_id, run)):
            _try_out(upload, run)


def _begin(upload_id: str | UUID, run: str) -> Upload | None:
    """The upload; None when another run is waited for, or this one killed its worker too often."""
    with tenancy.transaction():
        upload = _awaited(upload_id, run).select_for_update().first()
        if upload is None:
            return None
        if upload.trial_starts >= MAX_STARTS:
            _write(upload, run, Status.FAILED, Foresight(refusal=KILLS_ITS_WORKER))
            return None
        upload.trial_starts += 1
        upload.trial_heard_at = timezone.now()
        upload.save(update_fields=["trial_starts", "trial_heard_at"])
    return upload


def _try_out(upload: Upload, run: str) -> None:
    def tell(so_far: Foresight) -> None:
        if not _write(upload, run, Status.RUNNING, so_far):
            raise Superseded

    try:
        with storage.opened(upload.stored_file) as file:
            found = of_file(file, upload.format, upload.spec, upload.creditor_id, tell)
    except FileNotFoundError:
        found = Foresight(refusal="The stored file is missing. Bring it again.")
    except Superseded:
        return
    except Exception:
        log.exception("trial_failed", upload=str(upload.pk))
        _write(upload, run, Status.FAILED, Foresight())
        return
    _write(upload, run, Status.DONE, found)


def of_file(
    file: BinaryIO,
    format: str,  # noqa: A002  (the trade's word)
    spec: Spec,
    creditor_id: UUID | None,
    tell: Callable[[Foresight], None] = lambda so_far: None,
) -> Foresight:
    """What an import of the file would count now, for the current agency; `creditor_id` is for rows that name none.

    `tell` hears about once a second how far it is.
    """
    found = Foresight()
    try:
        with formats.opened(file, format, spec) as document:
            _foresee(document, spec, creditor_id, found, tell)
    except formats.Refused as refused:
        return Foresight(refusal=str(refused))
    return found


def _foresee(
    document: formats.Document,
    spec: Spec,
    creditor_id: UUID | None,
    found: Foresight,
    tell: Callable[[Foresight], None],
) -> None:
    reading = importer.read(document, spec)
    found.records = reading.overview.records
    preparation = reading.preparation(default_creditor=creditor_id is not None)
    creditors: list[UUID | None] = [creditor_id]
    applying.make_foreseeing()
    told = monotonic()
    for batch in batches.ahead(preparation.batches(document.table().records, 0)):
        with tenancy.transaction():
            creditors += [creditor_of_name(name) for name in preparation.creditors[len(creditors) - 1 :]]
            wanted = EXAMPLES - len(found.examples)
            found.add(*applying.foresee(tenancy.current_agency_id(), batch, creditors, wanted))
        if monotonic() - told > TELL_EVERY_SECONDS:
            tell(found)
            told = monotonic()


def creditor_of_name(name: str) -> UUID:
    """The creditor of that name; for one who would be made, an id that no account has."""
    known = Creditor.objects.filter(name__iexact=name).values_list("pk", flat=True).first()
    return known or uuid4()


def _awaited(upload_id: str | UUID, run: str) -> QuerySet[Upload]:
    return Upload.objects.filter(pk=upload_id, trial=Status.RUNNING, trial_result__run=run)


def _write(upload: Upload, run: str, trial: str, found: Foresight) -> bool:
    """Write down what is known; False when another run, or nobody, is waited for."""
    with tenancy.transaction():
        facts = {"trial": trial, "trial_result": {"run": run} | asdict(found), "trial_heard_at": timezone.now()}
        return bool(_awaited(upload.pk, run).update(**facts))
