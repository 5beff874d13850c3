"""What happens to a file between a browser and its job? It is kept, tried out, and then imported or discarded."""

from datetime import timedelta
from typing import BinaryIO
from uuid import UUID

from django.utils import timezone

from core import crossings, storage, tenancy
from core.models import Creditor, User
from imports import feeds, importer, mapping, receiving, trial
from imports.mapping import NOTHING, Spec
from imports.models import Format, SFTPFeed, SFTPImportJob, Upload

KEPT_DAYS = 7


class NotNow(ValueError):
    """It cannot be done at this moment; `str()` is the sentence for the user."""


def bring(
    file: BinaryIO, name: str, *, by: User, creditor: Creditor | None = None, like: SFTPFeed | None = None
) -> Upload:
    """Keep the file, read as the feed `like` reads its files, and try it out. Raises Refused when it is too large."""
    spec, creditor = NOTHING, creditor or (like.creditor if like else None)
    if like and like.mapping:
        spec = like.mapping.spec
    with tenancy.transaction():
        upload = Upload.objects.create(
            **receiving.stored(file, name),
            creditor=creditor,
            format=like.format if like else Format.CSV,
            content=mapping.as_json(spec),
            uploaded_by=by,
        )
        trial.start(upload)
    return upload


def earlier_job(upload: Upload) -> SFTPImportJob | None:
    """The newest import of this very file, byte for byte; None when it is new to us."""
    return SFTPImportJob.objects.filter(file_sha256=upload.file_sha256).order_by("-created_at", "-id").first()


def change(upload: Upload, *, spec: Spec, format: str, creditor: Creditor | None) -> None:  # noqa: A002
    """Read the file in another way, and try it out again. Raises NotNow when it is imported already."""
    with tenancy.transaction():
        kept = _still_there(upload.pk)
        kept.content, kept.format, kept.creditor = mapping.as_json(spec), format, creditor
        kept.save(update_fields=["content", "format", "creditor"])
        trial.start(kept)


def try_again(upload: Upload) -> None:
    """Count anew: accounts may have changed since. Raises NotNow when it is imported already."""
    with tenancy.transaction():
        trial.start(_still_there(upload.pk))


def import_it(upload: Upload, *, by: User, seen: str) -> SFTPImportJob:
    """Make the job, once; `seen` is the run of the dry run whose result the user saw.

    Raises NotNow when that is not the result of now, is not there yet, or says that the file would be refused.
    """
    with tenancy.transaction():
        upload = Upload.objects.locked().get(pk=upload.pk)  # joined to nothing: a join is not read anew after the wait
        if upload.job:
            return upload.job
        if upload.trial != Upload.Trial.DONE:
            raise NotNow("The dry run has no result yet. Wait for it, then import.")
        if seen != upload.trial_result["run"]:
            raise NotNow("The mapping was changed in another window meanwhile. Look at the new result, then import.")
        if upload.trial_result["refusal"]:
            raise NotNow(upload.trial_result["refusal"])
        upload.job = SFTPImportJob.objects.create(
            creditor=upload.creditor,
            format=upload.format,
            mapping=feeds.mapping_of_one_file(upload.spec, by),
            uploaded_by=by,
            file_name=upload.file_name,
            file_size=upload.file_size,
            file_sha256=upload.file_sha256,
            stored_file=upload.stored_file,
        )
        upload.save(update_fields=["job"])
        importer.enqueue(upload.job)
        return upload.job


def keep_for_feed(upload: Upload, feed: SFTPFeed, by: User) -> None:
    """The feed's next files are read as this one."""
    with tenancy.transaction():
        feeds.keep_mapping(feed, upload.spec, by)
        feeds.keep_format(feed, upload.format)


def discard(upload: Upload) -> None:
    """Forget the upload and its stored file. Raises NotNow when it is imported already."""
    with tenancy.transaction():
        kept = _still_there(upload.pk)
        storage.discard(kept.stored_file)
        kept.delete()


def discard_forgotten() -> None:
    """Discard what nobody imported within KEPT_DAYS (a recurring job)."""
    for agency_id in crossings.active_agencies():
        with tenancy.working_for(agency_id):
            for key in _forgotten():
                with tenancy.transaction():
                    upload = Upload.objects.locked().filter(pk=key, job=None).first()
                    if upload:
                        discard(upload)


def _forgotten() -> list[UUID]:
    before = timezone.now() - timedelta(days=KEPT_DAYS)
    with tenancy.transaction():
        return list(Upload.objects.filter(job=None, created_at__lt=before).values_list("pk", flat=True))


def _still_there(key: UUID) -> Upload:
    """The upload, locked. Raises NotNow when it is imported, or gone."""
    upload = Upload.objects.locked().filter(pk=key).first()
    if upload is None:
        raise NotNow("This upload was discarded a moment ago. Bring the file again.")
    if upload.job_id:
        raise NotNow("This file was imported a moment ago.")
    return upload
