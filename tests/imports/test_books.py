"""check_books also proves the imports: counts are records, and every row is accounted for."""

import pytest
from django.test import override_settings

from core import books
from core.models import Agency
from debtflow.demo import files
from imports.models import ImportedRecord, SFTPImportJob

FILE = (
    b"external_ref,debtor_name,original_amount,creditor_name\r\n"
    b"A-1,Ann Abbot,100.00,Northgate Hospital\r\n"
    b"A-2,Ben Brown,0,Northgate Hospital\r\n"
    b"A-1,Ann Abbot,120.00,Northgate Hospital\r\n"
)


@pytest.fixture
def job(inside: Agency, tmp_path_factory: pytest.TempPathFactory) -> SFTPImportJob:
    """An import of a created, a wrong and a superseded row."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")):
        files.import_file("august.csv", FILE)
    return SFTPImportJob.objects.get()


def broken_rules() -> dict[str, list[str]]:
    return {broken.rule: broken.sentences for broken in books.check_books().broken}


def test_after_an_import_the_books_agree(job: SFTPImportJob) -> None:
    assert (job.created_count, job.processed_errors) == (1, 2)
    assert broken_rules() == {}


def test_a_lost_record_is_found(job: SFTPImportJob) -> None:
    ImportedRecord.objects.filter(line_number=3).delete()
    assert broken_rules() == {
        "an import job's counts are its records": [
            "The import of august.csv counts 3 records, 2 are kept, or with other outcomes."
        ]
    }


def test_rows_that_nobody_looked_at_are_found(job: SFTPImportJob) -> None:
    SFTPImportJob.objects.update(total_records=4)
    assert broken_rules() == {
        "a completed import has a record for every row": ["The import of august.csv is completed with 3 of 4 records."]
    }


def test_an_imported_row_without_its_account_is_found(job: SFTPImportJob) -> None:
    ImportedRecord.objects.exclude(outcome="rejected").update(account=None)
    assert broken_rules() == {
        "an imported row and its account are of one agency": [
            "august.csv, line 4: its account is missing or not of this agency."
        ]
    }
