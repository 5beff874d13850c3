"""The list of imports, one job's page, its progress, and "Import now"."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ

from core import tenancy
from core.models import Agency, User
from imports.job_page import LINES
from imports.models import SFTPFeed, SFTPImportJob
from tests.imports.conftest import row

HTMX = {"HX-Request": "true"}
Browser = Callable[[User], Client]


@pytest.fixture
def job(import_file) -> SFTPImportJob:
    rows = [row(n, debtor_ssn_last4="12A4" if n == 3 else "") for n in range(10)]
    return import_file(rows)


def url(name: str, job: SFTPImportJob) -> str:
    return reverse(f"imports:{name}", args=[job.pk])


def test_the_list_shows_each_file_with_its_counts(job: SFTPImportJob, dana: User, as_user: Browser) -> None:
    page = as_user(dana).get("/imports/")
    assert page.status_code == 200
    assert b"northgate.csv" in page.content
    assert b"Completed" in page.content


def test_the_list_is_filtered_by_status(job: SFTPImportJob, dana: User, as_user: Browser) -> None:
    browser = as_user(dana)
    assert b"northgate.csv" in browser.get("/imports/", {"status": "completed"}).content
    assert b"No import matches these filters" in browser.get("/imports/", {"status": "failed"}).content
    assert browser.get("/imports/", {"status": "nonsense", "page": "x"}).status_code == 200


def test_the_list_asks_a_constant_number_of_queries(
    job: SFTPImportJob, dana: User, as_user: Browser, django_assert_max_num_queries
) -> None:
    for number in range(30):
        SFTPImportJob.objects.create(file_name=f"{number}.csv", file_size=1, status="completed")
    browser = as_user(dana)
    with django_assert_max_num_queries(12):
        page = browser.get("/imports/")
    assert b"Older" in page.content
    assert b"Newer" in browser.get("/imports/", {"page": "2"}).content


def test_the_job_page_tells_what_to_fix_in_which_line(job: SFTPImportJob, dana: User, as_user: Browser) -> None:
    page = as_user(dana).get(url("job", job))
    text = page.content.decode()
    for shown in ("NGH-00003", "debtor_ssn_last4", "12A4", "Must be exactly 4 digits", job.file_sha256):
        assert shown in text
    assert "every 1s" not in text


def test_errors_are_paged_by_line(import_file, dana: User, as_user: Browser) -> None:
    job = import_file([row(n, original_amount="?") for n in range(LINES + 5)])
    browser = as_user(dana)
    first = browser.get(url("job", job)).content.decode()
    assert f"?after={LINES + 1}" in first
    second = browser.get(url("job", job), {"after": LINES + 1}, headers=HTMX).content.decode()
    assert "<html" not in second
    assert second.count("not_a_number") == 0
    assert f"NGH-{LINES + 4:05}" in second
    assert "NGH-00001" not in second


def test_progress_is_asked_for_only_while_it_runs(job: SFTPImportJob, dana: User, as_user: Browser) -> None:
    browser = as_user(dana)
    assert "every 1s" not in browser.get(url("progress", job), headers=HTMX).content.decode()
    SFTPImportJob.objects.update(status="processing", total_records=45, completed_at=None)
    running = browser.get(url("progress", job), headers=HTMX).content.decode()
    assert 'hx-trigger="every 1s"' in running
    assert "of 45 rows" in running
    assert "<html" not in running
    assert "<html" in browser.get(url("progress", job)).content.decode()


def test_import_now_polls_every_active_feed(harborline: Agency, dana: User, as_user: Browser) -> None:
    with tenancy.acting_for(harborline):
        for name, is_active in (("A", True), ("B", True), ("C", False)):
            SFTPFeed.objects.create(name=name, host="h", username="u", host_key="k", is_active=is_active)
    page = as_user(dana).post("/imports/runs/", follow=True)
    assert b"Looking into 2 feeds" in page.content
    assert sorted(task.func() for task in OrmQ.objects.all()) == ["debtflow.jobs.run"] * 2


def test_who_may_do_what(job: SFTPImportJob, sarah: User, auditor: User, stranger: User, as_user: Browser) -> None:
    with tenancy.acting_for(None):  # as nobody: each browser brings its own agency
        pages = ["/imports/", url("job", job), url("progress", job)]
        assert [as_user(sarah).get(page).status_code for page in pages] == [404] * 3
        assert [as_user(auditor).get(page).status_code for page in pages] == [200] * 3
        assert [as_user(stranger).get(page).status_code for page in pages] == [200, 404, 404]
        assert b"northgate.csv" not in as_user(stranger).get("/imports/").content
        assert as_user(sarah).post("/imports/runs/").status_code == 404
        assert as_user(auditor).post("/imports/runs/").status_code == 403
