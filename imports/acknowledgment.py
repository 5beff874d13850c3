"""What do we tell the creditor about his file? Each row with its outcome and reason, then the control totals.

It is written in pieces (`imports.record_pieces`), so also outside a request or job.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

from core.spreadsheet_cells import line
from imports import record_pieces
from imports.models import ImportedRecord, SFTPImportJob

HEADER = ("line", "external_ref", "status", "outcome", "reason")
# In the place of a line's number, so that a total is told from a row by its first cell.
TOTAL = "total"
LONGEST_STEM = 80

Outcome = ImportedRecord.Outcome


def name_for(job: SFTPImportJob, what: str = "ack") -> str:
    """A name for the file after the sender's: `placements_ack_1f0c22aa.csv`. Safe as a path's last part anywhere."""
    name = PurePath(job.file_name.replace("\\", "/"))
    inner = PurePath(name.stem) if name.suffix.lower() in (".gz", ".zip") else name
    safe = re.sub(r"[^A-Za-z0-9_-]+", "_", inner.stem).strip("_-")[:LONGEST_STEM] or "file"
    # The end of the key: its beginning is the time, which files of one poll share.
    return f"{safe}_{what}_{job.pk.hex[-8:]}.csv"


def lines(job: SFTPImportJob) -> Iterator[str]:
    """The acknowledgment of a finished job as lines of CSV, each ended by CR LF; five cells in every line.

    Rows stand in file order. A total has `total` in its first cell, its name in the second, its value in the third.
    """
    yield line(HEADER)
    columns = ("account__external_ref", "external_ref", "outcome", "errors")
    for number, ref, rejected_ref, outcome, errors in record_pieces.values(job, *columns):
        status = "rejected" if outcome == Outcome.REJECTED else "accepted"
        yield line((number, ref if status == "accepted" else rejected_ref, status, outcome, reasons(errors)))
    for name, value, remark in _totals(job):
        yield line((TOTAL, name, value, "", remark))


def reasons(errors: list[dict[str, Any]]) -> str:
    """Why a line was rejected, in one cell: `original_amount: Must be more than 0; city: Too long: 120 characters`."""
    return "; ".join(f"{error['field']}: {error['message']}" for error in errors)


def _totals(job: SFTPImportJob) -> Iterator[tuple[str, object, str]]:
    yield "file", job.status, job.error_details
    yield "records", job.records_done, ""
    yield "accepted", job.processed_ok, ""
    yield "rejected", job.processed_errors, ""
    yield "amount_accepted", f"{job.accepted_amount:.2f}", ""
    yield "file_name", job.file_name, ""
    yield "sha256", job.file_sha256, ""
    yield "received_at", _utc(job.created_at), ""
    yield "completed_at", _utc(job.completed_at), ""


def _utc(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else ""
