"""An admin takes a failed import up again, or stops one that runs; a second click is told that it came late."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ

from core import tenancy
from core.models import Account, User
from imports import importer
from imports.models import SFTPImportJob
from tests.imports.conftest import csv_of, make_job, row, work_off

Browser = Callable[[User], Client]


def url(name: str, job: SFTPImportJob) -> str:
    return reverse(f"imports:{name}", args=[job.pk])


@pytest.fixture
def failed(import_file: Any) -> SFTPImportJob:
    """Cancelled behind three of its rows."""
    job = import_file([row(n) for n in range(3)])
    with default_storage.open(job.stored_file, "wb") as file:
        file.write(csv_of([row(n) for n in range(8)]))
    SFTPImportJob.objects.update(status="failed", error_details="Cancelled by Dana.", total_records=8)
    job.refresh_from_db()
    return job


def test_a_failed_import_carries_on_behind_its_last_row(failed: SFTPImportJob, dana: User, as_user: Browser) -> None:
    browser = as_user(dana)
    assert b"Retry" in browser.get(url("job", failed)).content
    page = browser.post(url("retries", failed), follow=True)
    assert b"It carries on behind row 3." in page.content
    work_off()
    failed.refresh_from_db()
    assert (failed.status, failed.created_count) == ("completed", 8)
    assert Account.objects.count() == 8
    assert b"Retry" not in browser.get(url("job", failed)).content


def test_a_second_click_starts_nothing_and_says_so(failed: SFTPImportJob, dana: User, as_user: Browser) -> None:
    browser = as_user(dana)
    browser.post(url("retries", failed))
    page = browser.post(url("retries", failed), follow=True)
    assert b"Nothing was started: the import is pending already." in page.content
    assert OrmQ.objects.count() == 1


def test_what_has_no_stored_file_cannot_be_retried(failed: SFTPImportJob, dana: User, as_user: Browser) -> None:
    SFTPImportJob.objects.update(stored_file="", processed_ok=0, created_count=0)
    browser = as_user(dana)
    assert b"Retry" not in browser.get(url("job", failed)).content
    assert b"There is no stored file" in browser.post(url("retries", failed), follow=True).content


def test_an_unfinished_import_is_stopped_after_a_question(inside: Any, dana: User, as_user: Browser) -> None:
    job = make_job(csv_of([row(1)]))
    browser = as_user(dana)
    page = browser.get(url("job", job)).content.decode()
    assert 'data-dialog="cancel"' in page
    assert '<dialog id="cancel"' in page
    assert b"Stop this import?" in browser.get(url("cancellation", job)).content
    stopped = browser.post(url("cancellation", job), follow=True).content.decode()
    assert "The import is stopped." in stopped
    assert "The import was not finished" in stopped
    assert "Cancelled by Dana Whitlock with no row imported." in stopped
    importer.process(job.pk)
    assert Account.objects.count() == 0
    again = browser.post(url("cancellation", job), follow=True)
    assert b"There is nothing to stop: the import is failed." in again.content
    assert browser.get(url("cancellation", job)).status_code == 302


def test_who_may(failed: SFTPImportJob, sarah: User, auditor: User, stranger: User, as_user: Browser) -> None:
    with tenancy.acting_for(None):
        for name in ("retries", "cancellation"):
            statuses = [as_user(user).post(url(name, failed)).status_code for user in (sarah, auditor, stranger)]
            assert statuses == [404, 403, 404]
        assert b"Retry" not in as_user(auditor).get(url("job", failed)).content
