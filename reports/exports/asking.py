"""How does somebody get a file? She asks for it, may call it off, and may have it deleted before its time."""

from typing import Any
from urllib.parse import urlencode

from django.db import IntegrityError
from django.http import QueryDict
from django.utils import timezone

from core import audit, exportable, jobs, storage, tenancy
from core.exportable import Exportable
from core.models import AuditLog, User
from core.refusals import FieldRefused
from core.words import count
from reports.models import Export

RUN = "reports.exports.making.run"
MOST_UNFINISHED = 5
LONGEST_QUERY = 4000
# Where a page of the list begins says nothing about what all of it is.
OF_A_PAGE = ("page", "before", "after")
Status = Export.Status


def ask(source: str, query: str, format: str, *, by: User) -> Export:  # noqa: A002
    """Have the list at that query string made into a file; the same one that is being made already is given instead.

    Raises FieldRefused when it cannot be made.
    """
    what = _exportable(source, by)
    if format not in Export.Format.values:
        raise FieldRefused("format", "Choose CSV or Excel.")
    asked = {"requested_by": by, "source": source, "query": normalised(query), "format": format}
    with tenancy.transaction():
        if running := unfinished(by).filter(**asked).first():
            return running
        if unfinished(by).count() >= MOST_UNFINISHED:
            limit = count(MOST_UNFINISHED, "export")
            raise FieldRefused("", f"You have {limit} being made. Wait for one of them, or cancel it.")
        try:
            with tenancy.transaction():
                export = Export.objects.create(title=what.title, **asked)
        except IntegrityError:  # the other click of a double one was faster
            return unfinished(by).get(**asked)
        _audit(export, "asked for")
        jobs.enqueue(RUN)
    return export


def _exportable(source: str, user: User) -> Exportable:
    what = exportable.named(source)
    if what is None or not what.may(user):
        raise FieldRefused("source", "There is no such list to export, or it is not yours to take along.")
    return what


def normalised(query: str) -> str:
    """The parameters that say what is in a list, in one order. Raises FieldRefused for an endless one."""
    if len(query) > LONGEST_QUERY:
        raise FieldRefused("query", "There are too many filters for an export. Take some away.")
    said = QueryDict(query.replace("\x00", ""))
    pairs = [(name, value) for name, values in said.lists() for value in values if value.strip()]
    return urlencode(sorted(pair for pair in pairs if pair[0] not in OF_A_PAGE))


def unfinished(user: User) -> "tenancy.TenantQuerySet[Export]":
    """What is being made for a user."""
    return Export.objects.get_queryset().filter(requested_by=user, status__in=Export.UNFINISHED)


def cancel(export: Export) -> bool:
    """Call it off; the worker stops within a few thousand rows. False when it is finished."""
    with tenancy.transaction():
        same = Export.objects.filter(pk=export.pk, status__in=Export.UNFINISHED)
        return bool(same.update(status=Status.CANCELLED, finished_at=timezone.now()))


def remove(export: Export) -> bool:
    """Delete the file and forget that it was made. False while it is being made."""
    with tenancy.transaction():
        export = Export.objects.locked().get(pk=export.pk)
        if export.is_unfinished:
            return False
        if export.stored_file:
            storage.discard(export.stored_file)
        export.delete()
    return True


def record_download(export: Export) -> None:
    """Somebody took the file."""
    _audit(export, "downloaded")


def _audit(export: Export, what: str) -> None:
    changes: dict[str, Any] = {what: [None, str(export)], "source": [None, f"{export.source}?{export.query}"]}
    if export.status == Status.DONE:
        changes["rows"] = [None, export.rows_done]
    audit.record(export, AuditLog.Action.EXPORT, changes)
