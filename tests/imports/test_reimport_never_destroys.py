"""A file that comes again updates facts, adjusts amounts by an entry, and leaves alone what the agency did."""

from decimal import Decimal

import pytest

from core import balances, moves
from core.models import Account, Activity, BalanceEntry, ContactPoint, Debtor, User
from imports.models import ImportedRecord, SFTPImportJob
from tests.cast import bring_to
from tests.imports.conftest import row


def changes_of(job: SFTPImportJob) -> dict[str, object]:
    record = ImportedRecord.objects.get(job=job)
    assert record.outcome == "updated"
    return record.changes


def the_account() -> Account:
    return Account.objects.select_related("debtor").get()


def test_a_changed_amount_becomes_an_adjustment(import_file) -> None:
    import_file([row(1, original_amount="100.00")])
    job = import_file([row(1, original_amount="150.00")])
    account = the_account()
    assert (account.original_amount, account.current_balance) == (Decimal("150.00"), Decimal("150.00"))
    entries = BalanceEntry.objects.order_by("id").values_list("kind", "amount", "reason")
    assert list(entries) == [
        ("placement", Decimal("100.00"), ""),
        ("adjustment", Decimal("50.00"), "Amount in northgate.csv, line 2"),
    ]
    assert changes_of(job) == {"original_amount": {"old": "100.00", "new": "150.00"}}
    latest = Activity.objects.order_by("id").last()
    assert latest is not None
    assert latest.body == "Updated from northgate.csv, line 2: amount from $100.00 to $150.00"
    assert import_file([row(1, original_amount="150.00")]).unchanged_count == 1


def test_an_adjustment_never_goes_below_zero_and_says_so(import_file) -> None:
    import_file([row(1, original_amount="100.00")])
    balances.post_entry(the_account().pk, "payment", Decimal("-80.00"), by=None)
    job = import_file([row(1, original_amount="50.00")])
    account = the_account()
    assert (account.original_amount, account.current_balance) == (Decimal("50.00"), Decimal("0.00"))
    assert changes_of(job)["balance"] == {"old": "20.00", "new": "0.00", "note": "Not reduced below zero"}
    assert import_file([row(1, original_amount="50.00")]).unchanged_count == 1


def test_changed_facts_update_with_old_and_new_value(import_file) -> None:
    import_file([row(1, city="Phoenix", zip="85004", due_date="2026-01-01", debtor_ssn_last4="0123", Branch="Main")])
    job = import_file([row(1, city="Boston", zip="02108", due_date="2026-02-01", debtor_ssn_last4="0124", Branch="Up")])
    assert changes_of(job) == {
        "city": {"old": "Phoenix", "new": "Boston"},
        "zip": {"old": "85004", "new": "02108"},
        "due_date": {"old": "2026-01-01", "new": "2026-02-01"},
        "debtor_ssn_last4": {"old": "••••", "new": "••••"},
        "particulars": {"old": {"Branch": "Main"}, "new": {"Branch": "Up"}},
    }
    debtor = the_account().debtor
    assert (debtor.city, debtor.ssn_last4, debtor.time_zones) == ("Boston", "0124", ["America/New_York"])


def test_an_empty_or_missing_cell_erases_nothing(import_file) -> None:
    import_file([row(1, city="Phoenix", debtor_ssn_last4="0123", due_date="2026-01-01", Branch="Main")])
    assert import_file([row(1, city="", debtor_ssn_last4="", due_date="", Branch="")]).unchanged_count == 1
    assert import_file([row(1)]).unchanged_count == 1
    assert the_account().particulars == {"Branch": "Main"}


def test_a_new_number_is_added_and_an_opted_out_one_stays_so(import_file) -> None:
    import_file([row(1, debtor_phone="614-555-0142", zip="43215")])
    ContactPoint.objects.update(status="opted_out", is_primary=False)
    assert import_file([row(1, debtor_phone="614-555-0142", zip="43215")]).unchanged_count == 1
    job = import_file([row(1, debtor_phone="808-555-0101", zip="43215")])
    assert changes_of(job) == {"debtor_phone": {"old": None, "new": "+18085550101"}}
    points = set(ContactPoint.objects.values_list("value", "status", "is_primary"))
    assert points == {("+16145550142", "opted_out", False), ("+18085550101", "active", True)}
    assert Debtor.objects.get().time_zones == ["America/New_York", "Pacific/Honolulu"]


def test_desk_status_and_priority_are_the_agencys(import_file, dana: User, sarah: User) -> None:
    import_file([row(1)])
    account = bring_to(the_account(), "negotiating", admin=dana, to=sarah)
    Account.objects.update(priority=3, next_action="Call")
    import_file([row(1, original_amount="999.00", city="Boston")])
    after = the_account()
    assert (after.status, after.assigned_to_id, after.priority, after.next_action) == (
        "negotiating",
        account.assigned_to_id,
        3,
        "Call",
    )


def test_a_closed_account_is_not_revived(import_file, dana: User, sarah: User) -> None:
    import_file([row(1, original_amount="100.00")])
    moves.move(
        bring_to(the_account(), "assigned", admin=dana, to=sarah).pk, "withdraw", by=dana, reason="uncollectible"
    )
    job = import_file([row(1, original_amount="200.00")])
    assert ImportedRecord.objects.get(job=job).errors[0]["code"] == "not_open"
    after = the_account()
    assert (after.status, after.original_amount, after.current_balance) == (
        "closed",
        Decimal("100.00"),
        Decimal("100.00"),
    )
    assert import_file([row(1, original_amount="100.00")]).unchanged_count == 1


@pytest.mark.parametrize(
    ("cells", "code"),
    [({"creditor_name": "Summit"}, "other_creditor"), ({"debtor_external_ref": "P-2"}, "other_debtor")],
)
def test_an_account_does_not_move_to_another_creditor_or_debtor(import_file, cells: dict[str, str], code: str) -> None:
    import_file([row(1, debtor_external_ref="P-1")])
    job = import_file([row(1, **({"debtor_external_ref": "P-1"} | cells))])
    record = ImportedRecord.objects.get(job=job)
    assert (record.outcome, record.errors[0]["code"], record.account_id) == ("rejected", code, the_account().pk)


def test_a_new_account_of_a_known_debtor_brings_news_of_him(import_file) -> None:
    import_file([row(1, debtor_external_ref="P-1", city="Phoenix")])
    assert import_file([row(2, debtor_external_ref="P-1", city="Boston", debtor_name="New")]).created_count == 1
    assert list(Debtor.objects.values_list("city", "full_name")) == [("Boston", "New")]


def test_a_recalled_account_that_is_placed_again_is_reported(import_file, dana: User) -> None:
    import_file([row(1), row(2)])
    moves.move(Account.objects.get(external_ref="NGH-00001").pk, "withdraw", by=dana, reason="recalled")
    job = import_file([row(1), row(2)])
    assert (job.processed_errors, job.unchanged_count) == (1, 1)
    record = ImportedRecord.objects.get(job=job, outcome="rejected")
    assert record.errors[0]["code"] == "recalled"
    assert record.account == Account.objects.get(external_ref="NGH-00001")
    assert Account.objects.get(external_ref="NGH-00001").status == "closed"
