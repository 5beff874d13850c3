"""Which dry runs lost their worker, and what becomes of them? They are taken up again by themselves, from the start.

Whether a worker is still at it is told by its claim, which goes away with its connection: one that reads a large
workbook for minutes says nothing, but lives.
"""

from datetime import timedelta
from uuid import UUID

import structlog
from django.db.models import Q
from django.utils import timezone

from core import claims, crossings, tenancy
from imports import trial
from imports.models import Upload

# A started run that says nothing for so long may be lost; one that never started may just be queued.
QUIET_AFTER = timedelta(seconds=30)
FORGOTTEN_AFTER = timedelta(minutes=10)

log = structlog.get_logger(__name__)


def is_lost(upload: Upload) -> bool:
    """Was a dry run of the upload started that nobody works on any more?"""
    if upload.trial != Upload.Trial.RUNNING or not upload.trial_starts:
        return False
    heard = upload.trial_heard_at
    return (heard is None or heard < timezone.now() - QUIET_AFTER) and not _is_claimed(upload)


def is_queued(upload: Upload) -> bool:
    """Did no worker take it up for longer than a free one needs?"""
    heard = upload.trial_heard_at
    waits = upload.trial == Upload.Trial.RUNNING and not upload.trial_starts
    return waits and heard is not None and heard < timezone.now() - QUIET_AFTER


def resume_all() -> None:
    """Enqueue every dry run that nobody works on (a recurring job)."""
    for agency_id in crossings.active_agencies():
        with tenancy.working_for(agency_id):
            for upload in _quiet():
                if not _is_claimed(upload):
                    _resume(upload)


def _quiet() -> list[Upload]:
    now = timezone.now()
    started = Q(trial_starts__gt=0, trial_heard_at__lt=now - QUIET_AFTER)
    queued = Q(trial_starts=0, trial_heard_at__lt=now - FORGOTTEN_AFTER)
    before_there_were_signs = Q(trial_heard_at=None)
    with tenancy.transaction():
        running = Upload.objects.filter(trial=Upload.Trial.RUNNING)
        return list(running.filter(started | queued | before_there_were_signs))


def _is_claimed(upload: Upload) -> bool:
    return claims.is_claimed(claims.IMPORT_TRIAL, UUID(upload.trial_result["run"]))


def _resume(upload: Upload) -> None:
    with tenancy.transaction():
        # Once a look: the condition keeps two sweepers from doing it twice.
        same = Upload.objects.filter(
            pk=upload.pk,
            trial=Upload.Trial.RUNNING,
            trial_result__run=upload.trial_result["run"],
            trial_heard_at=upload.trial_heard_at,
        )
        if same.update(trial_heard_at=timezone.now()):
            log.warning("trial_resumed", upload=str(upload.pk), starts=upload.trial_starts)
            trial.enqueue(upload)
