"""How long is a file kept, and by which link is it had? Seven days, by a link that is signed for who asked for it."""

from datetime import timedelta
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir
from uuid import UUID

from django.core import signing
from django.db.models import Q
from django.utils import timezone

from core import crossings, storage, tenancy
from core.addresses import address
from core.models import User
from reports.models import Export

KEPT = timedelta(days=7)
LEFT_AFTER = timedelta(hours=1)
HALF_MADE_FOR = timedelta(days=1)
WORKPLACE = "debtflow-export-"
SALT = "reports.exports"
# A presigned address of the storage asks nobody who he is, so it lives only for as long as a browser needs.
DIRECT_SECONDS = 60


def link(export: Export) -> str:
    """The address of the file, for its requester alone; it expires with the file."""
    return f"{address('exports:file', export.pk)}?key={signing.dumps(_about(export), salt=SALT)}"


def opens(key: str, export: Export) -> bool:
    """Is the key of `link` for this file, and still good?"""
    try:
        return bool(signing.loads(key, salt=SALT, max_age=KEPT) == _about(export))
    except signing.BadSignature:
        return False


def _about(export: Export) -> list[str]:
    return [str(export.pk), str(export.requested_by_id)]


def direct_link(export: Export, file_name: str) -> str | None:
    """Where the storage gives the file itself; never longer than the file may be had. None: it comes through us."""
    left = int((export.expires_at - timezone.now()).total_seconds()) if export.expires_at else 0
    return storage.link(export.stored_file, file_name=file_name, seconds=max(min(DIRECT_SECONDS, left), 1))


def workplace(pk: UUID) -> Path:
    """The folder in which the file of one export is put together; nobody but us looks into it."""
    return Path(gettempdir()) / f"{WORKPLACE}{pk}"


def expire_all() -> None:
    """Delete every file whose time is over, and what killed workers left half-made here (a recurring job)."""
    for folder in Path(gettempdir()).glob(f"{WORKPLACE}*"):
        if folder.stat().st_mtime < (timezone.now() - HALF_MADE_FOR).timestamp():
            rmtree(folder, ignore_errors=True)
    for agency_id in crossings.active_agencies():
        with tenancy.working_for(agency_id):
            expire()


def expire() -> int:
    """The same for the current agency; gives how many."""
    now = timezone.now()
    # A worker that died while somebody cancelled may have left a file without a term.
    left = Q(status__in=[Export.Status.FAILED, Export.Status.CANCELLED], finished_at__lte=now - LEFT_AFTER)
    with tenancy.transaction():
        over = Export.objects.exclude(stored_file="").filter(Q(expires_at__lte=now) | left)
        found = list(over.values_list("pk", "stored_file"))
    for pk, name in found:
        storage.delete(name)  # the file first: a row without one is found again, a file without a row never
        with tenancy.transaction():
            Export.objects.filter(pk=pk, stored_file=name).update(stored_file="")
    return len(found)


def of(user: User) -> "tenancy.TenantQuerySet[Export]":
    """The files that a user asked for."""
    return Export.objects.get_queryset().filter(requested_by=user)
