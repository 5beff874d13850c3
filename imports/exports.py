"""Which facts of the import jobs leave as a file?"""

from typing import Any

from django.http import QueryDict

from core import calendar
from core.addresses import address
from core.exportable import Exportable, managers
from core.filters_in_words import in_words
from core.models import User
from core.sheet import Column, Kind, Sheet
from core.streaming import Streamed
from imports.models import SFTPImportJob
from imports.pages.listing import JobFilter

COLUMNS = (
    Column("received", "Received", Kind.MOMENT),
    Column("file", "File"),
    Column("feed", "Feed"),
    Column("creditor", "Creditor", about="Of rows that name none"),
    Column("status", "Status"),
    Column("records", "Rows", Kind.NUMBER, "Worked off so far"),
    Column("created", "New accounts", Kind.NUMBER),
    Column("updated", "Updated", Kind.NUMBER),
    Column("unchanged", "Unchanged", Kind.NUMBER),
    Column("errors", "Errors", Kind.NUMBER),
    Column("amount", "Accepted amount", Kind.MONEY, "Of the accepted rows, as the file has them"),
    Column("started", "Started", Kind.MOMENT),
    Column("completed", "Completed", Kind.MOMENT),
    Column("trouble", "Why it was refused, or not finished"),
)
READ = (
    "created_at", "file_name", "feed__name", "creditor__name", "status", "processed_ok", "created_count",
    "updated_count", "unchanged_count", "processed_errors", "accepted_amount", "started_at", "completed_at",
    "error_details",
)  # fmt: skip
STATUSES = dict(SFTPImportJob.Status.choices)


def _jobs(user: User, query: QueryDict) -> list[Sheet]:
    narrowed = JobFilter(query, SFTPImportJob.objects.all(), zone=calendar.zone_of(user))
    rows = Streamed.of(narrowed.qs.order_by("-created_at", "-id").values_list(*READ), _job)
    return [Sheet("Imports", COLUMNS, rows, notes=in_words(narrowed.form))]


def _job(row: tuple[Any, ...]) -> list[object]:
    received, name, feed, creditor, status, accepted, *counts, rejected, amount, started, completed, trouble = row
    records = accepted + rejected
    return [
        received, name, feed or "Imported by hand", creditor, STATUSES[status], records, *counts, rejected, amount,
        started, completed, trouble or None,
    ]  # fmt: skip


LISTS = (Exportable("imports.list", "Imports", managers, _jobs, lambda: address("imports:list")),)
