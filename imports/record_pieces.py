"""How are all records of a job read, however many? In pieces of so many lines, each in a short transaction of its own.

Memory stays flat, and no transaction waits for somebody who downloads slowly. A piece is bounded by its first and last
line, not by a LIMIT alone: of a job that has just ended the planner knows nothing, and would sort the rest of it anew
for each piece.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Min

from core import tenancy
from imports.models import ImportedRecord, SFTPImportJob

LINES = 5000


def values(job: SFTPImportJob, *columns: str, **only: Any) -> Iterator[tuple[Any, ...]]:
    """Line number and these columns of the job's records in file order; `only` filters them. Needs no agency."""
    behind = -1
    while piece := _piece(job, behind, columns, only):
        yield from piece
        behind = piece[0][0] + LINES - 1


def _piece(job: SFTPImportJob, behind: int, columns: tuple[str, ...], only: dict[str, Any]) -> list[tuple[Any, ...]]:
    with tenancy.acting_for(job.agency_id):
        records = ImportedRecord.objects.filter(job=job, **only)
        first = records.filter(line_number__gt=behind).aggregate(first=Min("line_number"))["first"]
        if first is None:
            return []
        piece = records.filter(line_number__gte=first, line_number__lt=first + LINES).order_by("line_number")
        return list(piece.values_list("line_number", *columns))
