"""The job page tells what automatic distribution did with the file's new accounts, and why some wait."""

from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from core import automatic_distribution
from core.models import Account, Agency, Collector, Hold, User
from imports import handing_out, importer
from imports.models import SFTPImportJob
from imports.pages import handing_out_words
from tests.imports.conftest import row, work_off


@pytest.fixture
def browser(inside: Agency, dana: User, as_user: Any) -> Client:
    automatic_distribution.switch(on=True, by=dana)
    return as_user(dana)


def page(browser: Client, job: SFTPImportJob) -> str:
    return browser.get(f"/imports/{job.pk}/").content.decode()


def room_for(accounts: int) -> None:
    Collector.objects.update(max_accounts=accounts)


def test_what_found_no_place_is_told_with_the_reason(browser: Client, sarah: User, import_file: Any) -> None:
    room_for(3)
    job = import_file([row(n) for n in range(5)])
    assert "about to be distributed" in page(browser, job)
    work_off()
    shown = page(browser, job)
    assert "3 of 5 new accounts went to collectors; 2 wait: every desk is full." in shown
    assert 'href="/team/distribution/"' in shown
    assert 'hx-trigger="every 1s"' not in shown


def test_all_of_them(browser: Client, sarah: User, import_file: Any) -> None:
    job = import_file([row(n) for n in range(3)])
    work_off()
    assert "All 3 new accounts went to collectors." in page(browser, job)


def test_nobody_is_there_to_take_them(browser: Client, import_file: Any) -> None:
    job = import_file([row(1)])
    work_off()
    assert "0 of 1 new account went to collectors; 1 waits: no collector is active." in page(browser, job)


def test_what_a_hold_keeps_back_is_not_called_a_full_desk(
    browser: Client, dana: User, sarah: User, import_file: Any
) -> None:
    job = import_file([row(1), row(2)])
    held = Account.objects.get(external_ref="NGH-00001")
    Hold.objects.create(account=held, kind=Hold.Kind.values[0], placed_by=dana)
    work_off()
    assert "1 of 2 new accounts went to collectors; 1 is on hold." in page(browser, job)


def test_two_imports_at_once_each_tell_of_their_own(browser: Client, sarah: User, import_file: Any) -> None:
    first, second = import_file([row(1), row(2)]), import_file([row(2), row(3)])
    work_off()
    assert "All 2 new accounts" in page(browser, first)
    assert "1 of 1 new account went" in page(browser, second)


def test_the_job_may_run_twice(browser: Client, sarah: User, import_file: Any) -> None:
    room_for(1)
    job = import_file([row(1), row(2)])
    work_off()
    room_for(9)
    handing_out.hand_out(str(job.pk))
    assert "1 of 2 new accounts" in page(browser, job)
    assert Account.objects.exclude(assigned_to=None).count() == 1


def test_a_job_that_is_taken_up_again_is_told_anew(browser: Client, sarah: User, import_file: Any) -> None:
    job = import_file([row(1), row(2)])
    work_off()
    SFTPImportJob.objects.update(status="failed", processed_ok=F("processed_ok"))
    importer.retry(job)
    work_off()
    job.refresh_from_db()
    assert job.distribution["placed"] == 2


@pytest.mark.parametrize("rows", [[row(1, original_amount="?")], []])
def test_nothing_is_said_where_nothing_is_new(browser: Client, import_file: Any, rows: list[Any]) -> None:
    job = import_file(rows or b"external_ref\n")
    work_off()
    assert "went to collectors" not in page(browser, job)


def test_nothing_is_said_where_the_agency_distributes_by_hand(
    inside: Agency, dana: User, sarah: User, as_user: Any, import_file: Any
) -> None:
    job = import_file([row(1)])
    work_off()
    assert job.distribution == {}
    assert "collectors" not in page(as_user(dana), job)


def test_a_debtor_s_accounts_that_fit_nowhere_together() -> None:
    told = {"new": 45, "placed": 38, "waiting": 7, "held": 1, "why": "together"}
    assert handing_out_words.sentence(told) == (
        "38 of 45 new accounts went to collectors; 6 wait: no desk has room for all accounts of their debtor;"
        " 1 is on hold."
    )
