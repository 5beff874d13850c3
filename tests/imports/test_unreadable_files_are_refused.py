"""A file that cannot be read is refused as a whole, with one sentence, and nothing of it is written."""

import pytest

from core.models import Account
from imports.models import ImportedRecord

HEADER = b"external_ref,debtor_name,original_amount,creditor_name\n"
GOOD = b"A-1,Jane Doe,12.00,Northgate\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The file is empty."),
        (b"\n\n", "The file is empty."),
        (HEADER, "The file has a header, but no rows."),
        (b"external_ref,debtor_name\nA,B\n", "The header lacks original_amount."),
        (b"id,sum\nA,B\n", "The header lacks external_ref, debtor_name and original_amount."),
        (
            b"External Ref,external-ref,debtor_name,original_amount\n",
            "and “external-ref” are the same name.",
        ),
        (b"external_ref,debtor_name,original_amount,original_amount\n", "names “original_amount” more than once."),
        (b"external_ref,,debtor_name,original_amount\n", "Column 2 has no name."),
        (HEADER + GOOD + b"\x00\x01\x02\n", "Line 3 is not text"),
        (HEADER + "A-2,José,1.00,N\nA-3,Jos".encode() + b"\xe9,1.00,N\n", "not UTF-8 text: line 3 holds the byte 0xE9"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "This is a picture (PNG), not a table."),
        (HEADER + b'A-1,"Jane,12.00,N\n', "Is a quotation mark missing?"),
        (HEADER + b"A-1," + b"x" * 70_000 + b",1,N\n", "Line 2 is longer than 65,536 characters."),
    ],
)
def test_refused_with_one_sentence(import_file, content: bytes, says: str) -> None:
    job = import_file(content)
    assert job.status == "failed"
    assert says in job.error_details
    assert not Account.objects.exists()
    assert not ImportedRecord.objects.exists()


def test_too_many_rows_are_refused(import_file, settings) -> None:
    settings.IMPORT_MAX_ROWS = 2
    job = import_file(HEADER + GOOD * 3)
    assert "The file has 3 rows; at most 2 are allowed." in job.error_details


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + HEADER + GOOD,
        HEADER.replace(b"\n", b"\r\n") + GOOD.replace(b"\n", b"\r\n"),
        HEADER.replace(b"\n", b"\r") + GOOD.replace(b"\n", b"\r"),
        HEADER + GOOD.strip(),
        HEADER + b"\n\n" + GOOD + b"\n",
        HEADER.upper().replace(b"_", b" ") + GOOD,
        HEADER + b"  A-1 , Jane Doe ,$12.00,\tNorthgate\n",
    ],
)
def test_harmless_differences_are_read(import_file, content: bytes) -> None:
    job = import_file(content)
    assert (job.error_details, job.created_count) == ("", 1)
    assert Account.objects.get().external_ref == "A-1"


def test_a_row_with_too_few_cells_is_rejected_alone(import_file) -> None:
    job = import_file(HEADER + b"A-2,Short\n" + GOOD)
    assert (job.created_count, job.processed_errors) == (1, 1)
    assert ImportedRecord.objects.get(outcome="rejected").errors[0]["code"] == "columns"
