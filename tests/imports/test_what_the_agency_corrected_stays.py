"""A file that comes again does not undo what the agency found out about a debtor (SPEC 5.5)."""

from typing import Any

import pytest
from django.test import Client

from core import contact_points, debtors
from core.debtors import Facts
from core.models import Activity, ContactPoint, Debtor, DebtorChange, User
from imports.models import ImportedRecord, SFTPImportJob
from tests.imports.conftest import row

OLD = {"address_line1": "1 Old Road", "city": "Phoenix", "state": "AZ", "zip": "85004"}
OURS = {"address_line1": "9 New Lane", "city": "Boston", "state": "MA", "zip": "02108"}
THEIRS = {"address_line1": "7 Third Street", "city": "Denver", "state": "CO", "zip": "80202"}
NOTE = "Not taken over: corrected by your agency"


def correct(by: User, **facts: str) -> Debtor:
    debtor = Debtor.objects.get()
    before = Facts.of(debtor)
    return debtors.change(debtor.pk, Facts.read(vars(before) | facts, before), by=by)


def told(job: SFTPImportJob) -> dict[str, Any]:
    return ImportedRecord.objects.get(job=job).changes


def address() -> dict[str, str]:
    debtor = Debtor.objects.get()
    return {name: getattr(debtor, name) for name in OLD}


def test_an_address_corrected_on_the_page_outlives_the_same_file(import_file, as_user, dana: User) -> None:
    import_file([row(1, **OLD)])
    debtor = Debtor.objects.get()
    browser: Client = as_user(dana)
    typed = vars(Facts.of(debtor)) | OURS | {"expected": Facts.of(debtor).version}
    assert browser.post(f"/debtors/{debtor.pk}/facts/", typed).status_code == 303

    assert import_file([row(1, **OLD)]).unchanged_count == 1
    assert address() == OURS
    assert Debtor.objects.get().time_zones == ["America/New_York"]


def test_news_from_the_creditor_is_reported_once_and_not_taken_over(import_file, dana: User) -> None:
    import_file([row(1, **OLD)])
    correct(dana, **OURS)

    job = import_file([row(1, **THEIRS)])

    assert (job.updated_count, address()) == (1, OURS)
    assert told(job) == {
        name: {"old": OLD[name], "new": THEIRS[name], "note": NOTE}
        for name in ("address_line1", "city", "state", "zip")
    }
    latest = Activity.objects.order_by("id").last()
    assert latest is not None
    assert latest.body == (
        "Updated from northgate.csv, line 2: address (ours stays), city (ours stays), state (ours stays),"
        " zip (ours stays)"
    )
    assert not DebtorChange.objects.filter(actor=None).exists()
    assert Debtor.objects.get().time_zones == ["America/New_York"]
    assert import_file([row(1, **THEIRS)]).unchanged_count == 1


def test_what_nobody_corrected_still_follows_the_file(import_file, dana: User) -> None:
    import_file([row(1, **OLD)])
    correct(dana, **OURS)
    job = import_file([row(1, **OLD, debtor_name="Desmond Okafor-Reyes")])
    assert told(job) == {"debtor_name": {"old": "Desmond Okafor 1", "new": "Desmond Okafor-Reyes"}}
    assert (Debtor.objects.get().full_name, address()) == ("Desmond Okafor-Reyes", OURS)


def test_one_part_of_an_address_keeps_the_whole(import_file, dana: User) -> None:
    import_file([row(1, **OLD)])
    correct(dana, address_line1="2 Old Road")
    import_file([row(1, **THEIRS)])
    assert address() == OLD | {"address_line1": "2 Old Road"}


def test_entering_what_the_file_says_lets_the_file_lead_again(import_file, dana: User) -> None:
    import_file([row(1, **OLD)])
    correct(dana, **OURS)
    correct(dana, **OLD)
    import_file([row(1, **THEIRS)])
    assert (address(), Debtor.objects.get().corrected) == (THEIRS, {})


def test_a_new_account_of_the_debtor_does_not_overwrite_it_either(import_file, dana: User) -> None:
    import_file([row(1, debtor_external_ref="P-1", debtor_name="Marisol Whitfeld")])
    correct(dana, full_name="Marisol Whitfield")
    import_file([row(2, debtor_external_ref="P-1", debtor_name="Marisol Whitfeld")])
    assert Debtor.objects.get().full_name == "Marisol Whitfield"


def test_a_change_by_file_is_in_the_debtors_history_without_a_person(import_file) -> None:
    import_file([row(1, **OLD, debtor_ssn_last4="1234")])
    import_file([row(1, **(OLD | {"city": "Tempe"}), debtor_ssn_last4="9999")])
    [change] = DebtorChange.objects.all()
    assert (change.field, change.old, change.new, change.actor) == ("city", "Phoenix", "Tempe", None)
    assert change.reason == "northgate.csv, line 2"


@pytest.mark.parametrize("act", ["invalid", "opt_out"])
def test_a_number_marked_by_the_agency_stays_so(act: str, import_file, dana: User) -> None:
    file = [row(1, debtor_phone="808-555-0101", zip="43215")]
    import_file(file)
    point = ContactPoint.objects.get()
    contact_points.act(point.debtor_id, point.pk, act, by=dana)
    marked = (ContactPoint.objects.get().status, Debtor.objects.get().time_zones)

    assert import_file(file).unchanged_count == 1
    import_file([row(1, debtor_phone="614-555-0142", zip="43215")])

    assert ContactPoint.objects.get(pk=point.pk).status == marked[0]
    zones = ["America/New_York"] if act == "invalid" else ["America/New_York", "Pacific/Honolulu"]
    assert Debtor.objects.get().time_zones == zones == marked[1]
