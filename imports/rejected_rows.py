"""Which rows go back to the creditor to be mended? The rejected ones, as he wrote them, each with line and reason.

His cells are not kept in the database: they are read once more out of the stored original. A download is written after
its request's transaction has ended, so what is asked of the database here is asked in transactions of its own.
"""

from collections.abc import Iterator
from contextlib import ExitStack

import structlog

from core import storage, tenancy
from core.spreadsheet_cells import line
from imports import formats, record_pieces
from imports.acknowledgment import reasons
from imports.formats import sent_back
from imports.models import ImportedRecord, SFTPImportJob

# So that a spreadsheet takes the file for UTF-8; our own reader passes over it.
BYTE_ORDER_MARK = "\ufeff"

log = structlog.get_logger(__name__)


def lines(job: SFTPImportJob) -> Iterator[str]:
    """The rejected rows as lines of CSV in file order: `line`, `reason`, and the columns under their own titles.

    Ours come first, so that a row with too many or too few cells stands as it was; when the file comes back,
    `imports.formats.sent_back` takes them off. A line that the file no longer
    yields (it is gone, or is read otherwise today) has no cells, but its reason.
    """
    with ExitStack() as closing:
        header, records = _original(job, closing)
        yield BYTE_ORDER_MARK + line((*sent_back.titles(header), *header))
        record = next(records, None)
        for number, errors in record_pieces.values(job, "errors", outcome=ImportedRecord.Outcome.REJECTED):
            while record is not None and record[0] < number:
                record = next(records, None)
            cells = record[1] if record is not None and record[0] == number else []
            yield line((number, reasons(errors), *cells))


def _original(job: SFTPImportJob, closing: ExitStack) -> tuple[list[str], Iterator[formats.Record]]:
    """Header and records of the stored file; nothing of both when it cannot be read."""
    with tenancy.acting_for(job.agency_id):
        spec = job.spec
    try:
        file = closing.enter_context(storage.opened(job.stored_file))
        table = closing.enter_context(formats.opened(file, job.format, spec)).table()
    except (FileNotFoundError, formats.Refused) as error:
        log.warning("original_not_read", import_job=str(job.pk), error=str(error))
        return [], iter(())
    return table.header, _until_refused(job, table)


def _until_refused(job: SFTPImportJob, table: formats.Table) -> Iterator[formats.Record]:
    try:
        yield from table.records
    except formats.Refused as error:
        log.warning("original_not_read", import_job=str(job.pk), error=str(error))
