"""The dry run counts what the import then counts, and leaves nothing behind."""

import io
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core import tenancy
from core.models import Account, ContactPoint, Creditor, Debtor
from imports import applying, batches, importer, trial
from imports.mapping import NOTHING, read
from imports.models import Format, ImportedRecord, SFTPImportJob
from tests.imports.conftest import csv_of, make_job, row

COUNTS = ("created", "updated", "unchanged", "rejected")


def tried(content: bytes | list[dict[str, Any]], spec: Any = NOTHING, **facts: Any) -> trial.Foresight:
    data = content if isinstance(content, bytes) else csv_of(content)
    return trial.of_file(io.BytesIO(data), Format.CSV, spec, facts.get("creditor_id"))


def counts(found: trial.Foresight) -> list[int]:
    return [getattr(found, name) for name in COUNTS]


def counted(job: SFTPImportJob) -> list[int]:
    return [job.created_count, job.updated_count, job.unchanged_count, job.processed_errors]


def everything() -> list[Any]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (Account, Debtor, ContactPoint, Creditor, ImportedRecord, SFTPImportJob)
    ]


def test_it_foresees_new_changed_same_and_wrong_rows(import_file) -> None:
    import_file([row(1), row(2, debtor_phone="614-555-0142"), row(3)])
    before = everything()
    rows = [
        row(1),
        row(2, debtor_phone="614-555-0143"),
        row(3, city="Boston"),
        row(4),
        row(5, original_amount="0"),
        row(3, city="Austin", creditor_name="Summit"),
    ]
    found = tried(rows)
    assert counts(found) == [1, 1, 1, 3]
    assert (found.records, found.done, found.refusal) == (6, 6, "")
    assert [(line["line"], line["errors"][0]["code"]) for line in found.examples] == [
        (4, "duplicate"),
        (6, "not_positive"),
        (7, "other_creditor"),
    ]
    assert everything() == before


def test_a_file_that_would_be_refused_is_told_so(import_file) -> None:
    assert tried(b"a,b\n1,2\n").refusal.startswith("The header lacks external_ref")
    assert tried(b"").refusal == "The file is empty."


def test_it_reads_by_the_mapping(inside: Any) -> None:
    spec = read({"fields": {"external_ref": {"columns": ["Konto"]}}, "amount_format": "eu"})
    content = b'Konto,Name,Amount\nA-1,Ann,"1.234,50"\n'
    assert counts(tried(content, spec)) == [0, 0, 0, 1]
    assert counts(tried(content, spec, creditor_id=Creditor.objects.create(name="Northgate").pk)) == [1, 0, 0, 0]


def test_the_database_itself_refuses_to_write_meanwhile(inside: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement that slipped in would fail loudly, not be undone silently."""
    monkeypatch.setattr(applying.foreseeing, "FORESEE_OUTCOMES", "DELETE FROM core_creditor RETURNING 'created', 1, 1")
    with pytest.raises(Exception, match="read-only transaction"), tenancy.transaction():
        tried([row(1)])
    tenancy_still_writes = Creditor.objects.create(name="After")
    assert tenancy_still_writes.pk


def test_no_import_waits_for_it(inside: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []
    foresee = applying.foresee

    def looking(*args: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
            held.append(cursor.fetchone()[0])
        return foresee(*args)

    monkeypatch.setattr(applying, "foresee", looking)
    tried([row(1)])
    assert held == [0]


# --- any file, against any data that is there ---------------------------------------------------------------------


def mostly(usual: list[str], *rare: str) -> st.SearchStrategy[str]:
    """Seldom what makes a row wrong or strange: else hardly two rows agree in anything."""
    return st.sampled_from([*usual * 4, *rare])


cells = st.fixed_dictionaries(
    {
        "external_ref": st.sampled_from(["A-1", "A-2", "A-3", "A-4"]),
        "debtor_name": mostly(["Ann Abbot"], "Ben Brown", ""),
        "original_amount": mostly(["100.00"], "120.00", "0", "abc"),
        "creditor_name": mostly([""], "northgate", "NORTHGATE", "Summit"),
        "debtor_external_ref": mostly(["P-1", ""], "P-2"),
        "debtor_phone": mostly([""], "614-555-0142", "614-555-0143", "808-555-0101"),
        "debtor_email": mostly([""], "a@example.com", "b@example.com"),
        "debtor_ssn_last4": mostly([""], "1234", "5678", "12A4"),
        "debtor_date_of_birth": mostly([""], "1970-01-01", "1980-02-02"),
        "city": mostly([""], "Austin", "Boston"),
        "due_date": mostly([""], "2026-01-01"),
        "Branch": mostly([""], "Main"),
    }
)
files = st.lists(cells, min_size=1, max_size=8)
PERSON = {"debtor_external_ref": "P-1", "creditor_name": "Northgate"}
TWO_ACCOUNTS = [row(n, **PERSON) for n in (1, 2)]
ONE_NEW_PHONE = [row(n, debtor_phone="614-555-0142", **PERSON) for n in (1, 3, 2)]


@pytest.mark.slow
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@example(earlier=[TWO_ACCOUNTS], file=ONE_NEW_PHONE, closed=False, size=2)
@given(earlier=st.lists(files, max_size=2), file=files, closed=st.booleans(), size=st.sampled_from([1, 2, 1000]))
def test_it_counts_what_the_import_counts(
    earlier: list[list[dict[str, str]]], file: list[dict[str, str]], closed: bool, size: int, inside: Any
) -> None:
    """Whatever is there, also across batches: what one batch adds, a later one finds."""
    with pytest.MonkeyPatch.context() as patch, tenancy.transaction():
        patch.setattr(batches, "SIZE", size)
        default = Creditor.objects.get_or_create(name="Northgate")[0]
        for content in earlier:
            importer.process(make_job(csv_of(content), creditor=default).pk)
        if closed:
            Account.objects.filter(external_ref="A-1").update(status="closed", closed_reason="recalled")
        found = tried(file, creditor_id=default.pk)
        job = make_job(csv_of(file), creditor=default)
        importer.process(job.pk)
        job.refresh_from_db()
        assert (counts(found), found.records, found.refusal) == (counted(job), job.total_records, job.error_details)
        rejected = ImportedRecord.objects.filter(job=job, outcome="rejected").order_by("line_number")
        assert [(e["line"], e["reference"], e["errors"]) for e in found.examples] == list(
            rejected.values_list("line_number", "external_ref", "errors")
        )
        transaction.set_rollback(True)
