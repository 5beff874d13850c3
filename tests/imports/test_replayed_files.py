"""Whatever valid files come, in whatever order and however often each is sent: the books are the same."""

from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import books, onboarding, tenancy
from core.models import Account, Agency, BalanceEntry, Debtor
from imports import importer
from tests.imports.conftest import csv_of, make_job

amounts = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(90_000), places=2).map(str)
rows = st.fixed_dictionaries(
    {
        "external_ref": st.sampled_from([f"A-{n}" for n in range(7)]),
        "debtor_name": st.sampled_from(["Ana Ruiz", "Bo Lund", "Ana Ruíz"]),
        "original_amount": amounts,
        "creditor_name": st.just("Northgate Hospital"),
    },
    optional={
        "debtor_phone": st.sampled_from(["614-555-0101", "614-555-0102", ""]),
        "debtor_email": st.sampled_from(["ana@example.com", "BO@example.com", ""]),
        "city": st.sampled_from(["Phoenix", "Boston", ""]),
        "zip": st.sampled_from(["85001", "02101", ""]),
        "due_date": st.sampled_from(["2026-01-31", "2025-12-01", ""]),
        "Ward": st.sampled_from(["East", "West", ""]),
    },
)
files = st.lists(st.lists(rows, min_size=1, max_size=9), min_size=1, max_size=4)
_names = iter(range(10**9))


def import_all(agency: Agency, files: list[list[dict[str, Any]]], *, times: int = 1) -> None:
    with tenancy.working_for(agency):
        for content in files:
            for _ in range(times):
                with tenancy.transaction():
                    job = make_job(csv_of(content))
                importer.process(job.pk)
                with tenancy.transaction():
                    job.refresh_from_db()
                assert (job.status, job.error_details) == ("completed", "")


def facts(agency: Agency) -> dict[str, list[tuple[Any, ...]]]:
    with tenancy.acting_for(agency):
        points = Debtor.objects.values_list("external_ref", "contact_points__kind", "contact_points__value")
        return {
            "accounts": list(
                Account.objects.order_by("external_ref").values_list(
                    *("external_ref", "status", "original_amount", "current_balance", "due_date", "particulars"),
                    *("debtor__external_ref", "debtor__full_name", "debtor__city", "debtor__zip", "debtor__time_zones"),
                )
            ),
            "points": sorted(points, key=str),
        }


def entries(agency: Agency) -> list[tuple[Any, ...]]:
    with tenancy.acting_for(agency):
        found = BalanceEntry.objects.values_list("account__external_ref", "kind", "bucket", "amount")
        return sorted(found, key=str)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=files)
def test_each_file_sent_twice_changes_nothing(files: list[list[dict[str, Any]]], db: None) -> None:
    once, twice = (onboarding.create_agency(f"Agency {next(_names)}") for _ in range(2))
    import_all(once, files)
    import_all(twice, files, times=2)
    assert facts(once) == facts(twice)
    assert entries(once) == entries(twice)
    assert books.check_books().broken == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=files)
def test_the_whole_sequence_again_ends_where_it_ended(files: list[list[dict[str, Any]]], db: None) -> None:
    agency = onboarding.create_agency(f"Agency {next(_names)}")
    import_all(agency, files)
    before = facts(agency)
    import_all(agency, files)
    after = facts(agency)
    # Facts that an empty cell leaves alone may now stand in accounts that came before them; money may not.
    money = [(ref, status, amount, balance) for ref, status, amount, balance, *_ in before["accounts"]]
    assert [(ref, status, amount, balance) for ref, status, amount, balance, *_ in after["accounts"]] == money
    assert after["points"] == before["points"]
    assert books.check_books().broken == []
