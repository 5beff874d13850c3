"""A placement file becomes debtors, contact points, accounts, entries and history."""

from datetime import date
from decimal import Decimal

from core.models import Account, Activity, BalanceEntry, ContactPoint, Creditor, Debtor
from imports.models import ImportedRecord
from tests.imports.conftest import csv_of, row


def test_every_fact_of_a_row_arrives(import_file) -> None:
    job = import_file(
        [
            row(
                1,
                original_amount="$1,234.50",
                debtor_external_ref="P-1",
                debtor_ssn_last4="0123",
                debtor_email="Desmond@Mail.Example",
                debtor_phone="(614) 555-0142",
                due_date="2026-05-01",
                account_type="medical",
                address_line1="1 Birch Lane",
                city="Phoenix",
                state="az",
                zip="85004",
                Branch="North\\East\t1",
            )
        ]
    )
    assert (job.status, job.created_count, job.processed_errors) == ("completed", 1, 0)
    account = Account.objects.select_related("debtor", "creditor").get()
    assert account.external_ref == "NGH-00001"
    assert (account.original_amount, account.current_balance) == (Decimal("1234.50"), Decimal("1234.50"))
    assert (account.status, account.due_date, account.account_type) == ("new", date(2026, 5, 1), "medical")
    assert account.particulars == {"Branch": "North\\East\t1"}
    assert account.last_import_job == job.pk
    assert account.creditor.name == "Northgate Hospital"
    debtor = account.debtor
    assert (debtor.external_ref, debtor.full_name, debtor.ssn_last4) == ("P-1", "Desmond Okafor 1", "0123")
    assert (debtor.address_line1, debtor.city, debtor.state, debtor.zip) == ("1 Birch Lane", "Phoenix", "AZ", "85004")
    assert debtor.time_zones == ["America/New_York", "America/Phoenix"]
    points = {(p.kind, p.value, p.is_primary, p.source, p.status) for p in ContactPoint.objects.all()}
    assert points == {
        ("phone", "+16145550142", True, "file", "active"),
        ("email", "desmond@mail.example", True, "file", "active"),
    }
    entry = BalanceEntry.objects.get()
    assert (entry.kind, entry.amount) == ("placement", Decimal("1234.50"))
    assert Activity.objects.get().body == "Imported from northgate.csv, line 2"
    record = ImportedRecord.objects.get()
    assert (record.line_number, record.outcome, record.account_id) == (2, "created", account.pk)


def test_the_same_file_again_changes_nothing(import_file) -> None:
    rows = [
        row(n, debtor_ssn_last4="0123", debtor_phone="614-555-0142", zip="43215", debtor_date_of_birth="1980-02-29")
        for n in range(25)
    ]
    import_file(rows)
    before = [list(m.objects.order_by("pk").values()) for m in (Account, Debtor, ContactPoint, BalanceEntry, Activity)]
    job = import_file(rows)
    after = [list(m.objects.order_by("pk").values()) for m in (Account, Debtor, ContactPoint, BalanceEntry, Activity)]
    assert (job.unchanged_count, job.updated_count, job.created_count, job.processed_errors) == (25, 0, 0, 0)
    assert before == after


def test_bad_rows_never_block_the_others(import_file) -> None:
    rows = [row(n, original_amount="N/A" if n % 100 == 7 else "250.00") for n in range(5000)]
    job = import_file(rows)
    assert (job.created_count, job.processed_ok, job.processed_errors, job.total_records) == (4950, 4950, 50, 5000)
    rejected = ImportedRecord.objects.filter(outcome="rejected").order_by("line_number")
    assert [record.line_number for record in rejected] == [n + 2 for n in range(5000) if n % 100 == 7]
    assert rejected[0].errors == [
        {
            "field": "original_amount",
            "code": "not_a_number",
            "message": "Not an amount. Write it as 1234.50 or $1,234.50",
            "value": "N/A",
        }
    ]
    assert rejected[0].external_ref == "NGH-00007"
    assert Account.objects.count() == 4950


def test_several_accounts_of_one_debtor_share_him(import_file) -> None:
    rows = [
        row(1, debtor_external_ref="P-1", debtor_name="Old Name", debtor_phone="614-555-0142"),
        row(2, debtor_external_ref="P-1", debtor_name="New Name", debtor_phone="808-555-0101"),
    ]
    assert import_file(rows).created_count == 2
    debtor = Debtor.objects.get()
    assert debtor.full_name == "New Name"
    assert debtor.time_zones == ["America/New_York", "Pacific/Honolulu"]
    assert debtor.contact_points.filter(is_primary=True).count() == 1
    assert import_file(rows).unchanged_count == 2


def test_debtors_without_a_reference_stay_apart(import_file) -> None:
    import_file([row(1), row(2, debtor_external_ref="NGH-00001")])
    assert Debtor.objects.count() == 2


def test_creditors_are_found_whatever_their_case_and_made_when_missing(import_file) -> None:
    import_file([row(1), row(2, creditor_name="NORTHGATE hospital"), row(3, creditor_name="Summit")])
    assert sorted(Creditor.objects.values_list("name", flat=True)) == ["Northgate Hospital", "Summit"]


def test_a_row_without_creditor_needs_the_feeds_own(import_file) -> None:
    rows = [row(1, creditor_name="")]
    job = import_file(rows)
    assert ImportedRecord.objects.get(job=job).errors[0]["field"] == "creditor_name"
    job = import_file(rows, creditor=Creditor.objects.create(name="Lakeshore"))
    assert job.created_count == 1
    assert Account.objects.get().creditor.name == "Lakeshore"


def test_the_last_valid_line_of_a_reference_wins_across_batches(import_file) -> None:
    rows = [row(n) for n in range(2500)]
    rows[10] = row(9999, original_amount="1.00")
    rows[1200] = row(9999, original_amount="2.00")
    rows[2400] = row(9999, original_amount="zero")
    job = import_file(rows)
    assert Account.objects.get(external_ref="NGH-09999").original_amount == Decimal("2.00")
    rejected = {r.line_number: r.errors[0]["code"] for r in ImportedRecord.objects.filter(job=job, outcome="rejected")}
    assert rejected == {12: "duplicate", 2402: "not_a_number"}
    again = import_file(rows)
    assert (again.unchanged_count, again.updated_count, again.processed_errors) == (2498, 0, 2)


def test_line_numbers_are_those_of_the_file(import_file) -> None:
    content = csv_of([row(1, debtor_name="Two\nlines"), row(2, original_amount="x")])
    job = import_file(content.replace(b"original", b"Original ", 1).replace(b"\r\n", b"\r\n\r\n", 1))
    assert [r.line_number for r in ImportedRecord.objects.filter(job=job)] == [3, 5]
    assert job.status == "completed"


def test_our_mark_for_debtors_without_a_reference_is_not_the_creditors(import_file) -> None:
    job = import_file([row(1), row(2, debtor_external_ref="account:NGH-00001")])
    assert (job.created_count, job.processed_errors) == (1, 1)
    assert job.records.get(outcome="rejected").errors[0]["code"] == "invalid"
