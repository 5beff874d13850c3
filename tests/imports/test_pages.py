"""The list of imports, one job's page, its progress, and "Import now"."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from core import tenancy
from core.models import Agency, User
from imports.models import Mapping, SFTPFeed, SFTPImportJob
from imports.pages.job_lines import LINES
from tests.imports.conftest import row

HTMX = {"HX-Request": "true"}
Browser = Callable[[User], Client]
QUERIES = {"errors": 7, "changes": 7}


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


def test_the_list_is_filtered_by_the_agencys_days(job: SFTPImportJob, dana: User, as_user: Browser) -> None:
    # Half past eleven at night in Chicago, and the next day already in London.
    SFTPImportJob.objects.update(created_at=datetime(2026, 3, 4, 5, 30, tzinfo=UTC))
    browser = as_user(dana)

    def finds(**days: str) -> bool:
        return b"northgate.csv" in browser.get("/imports/", days).content

    assert finds(received_from="2026-03-03", received_to="2026-03-03")
    assert not finds(received_from="2026-03-04")
    assert not finds(received_to="2026-03-02")
    assert finds(received_from="2026-02-30"), "a day that does not exist filters nothing, and is told"
    for day in ("0001-01-01", "9999-12-31", "2026-02-30"):
        page = browser.get("/imports/", {"received_from": day, "received_to": day})
        assert b"errorlist" in page.content or b'aria-invalid="true"' in page.content


def test_the_list_asks_a_constant_number_of_queries(
    job: SFTPImportJob, dana: User, as_user: Browser, django_assert_max_num_queries
) -> None:
    for number in range(30):
        SFTPImportJob.objects.create(file_name=f"{number}.csv", file_size=1, status="completed")
    browser = as_user(dana)
    with django_assert_max_num_queries(12):
        page = browser.get("/imports/")
    assert b"Older" in page.content
    with django_assert_max_num_queries(13):  # and where the page begins
        page = browser.get("/imports/", {"older_than": SFTPImportJob.objects.order_by("-created_at")[24].pk})
    assert b"Newer" in page.content


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
    assert "Previous lines" not in first
    second = browser.get(url("job", job), {"after": LINES + 1}, headers=HTMX).content.decode()
    assert "<html" not in second
    assert f"NGH-{LINES + 4:05}" in second
    assert "NGH-00001" not in second
    assert f"?before={LINES + 2}" in second
    assert "Next lines" not in second
    back = browser.get(url("job", job), {"before": LINES + 2}, headers=HTMX).content.decode()
    assert [f"NGH-{n:05}" in back for n in (0, LINES - 1, LINES)] == [True, True, False]
    assert "Previous lines" not in back


def test_errors_are_filtered_by_reason(import_file, dana: User, as_user: Browser) -> None:
    rows = [row(n, original_amount="?", state="Texas" if n < 3 else "TX") for n in range(LINES + 5)]
    job = import_file([*rows, row(900, state="Ohio"), row(901, state="")])
    browser = as_user(dana)
    page = browser.get(url("job", job)).content.decode()
    assert f"original_amount: not a number ({LINES + 5})" in page
    assert "state: invalid (4)" in page
    found = browser.get(url("job", job), {"reason": "state:invalid"}, headers=HTMX).content.decode()
    assert "NGH-00900" in found
    assert "NGH-00003" not in found
    paged = browser.get(url("job", job), {"reason": "original_amount:not_a_number"}, headers=HTMX).content.decode()
    assert "reason=original_amount%3Anot_a_number&amp;after=" in paged
    nothing = browser.get(url("job", job), {"reason": "city:too_long"}, headers=HTMX).content.decode()
    assert "No such line" in nothing
    assert "NGH-00003" in browser.get(url("job", job), {"reason": "'; DROP TABLE"}).content.decode()


def test_what_updates_changed_is_told_with_old_and_new_value(import_file, dana: User, as_user: Browser) -> None:
    import_file([row(n, debtor_ssn_last4="1234", ward="A") for n in range(LINES + 5)])
    job = import_file(
        [row(n, original_amount="90.00", debtor_ssn_last4="5678", ward="B") for n in range(LINES + 5)], name="again.csv"
    )
    browser = as_user(dana)
    page = browser.get(url("job", job), {"show": "changes"}, headers=HTMX).content.decode()
    for shown in ("100.50", "90.00", "ward", ">A<", ">B<", "NGH-00000", "debtor_ssn_last4", "••••"):
        assert shown in page
    assert "1234" not in page
    assert "5678" not in page
    assert f"?show=changes&amp;after={LINES + 1}" in page
    rest = browser.get(url("job", job), {"show": "changes", "after": LINES + 1}, headers=HTMX).content.decode()
    assert f"NGH-{LINES:05}" in rest
    assert "NGH-00000" not in rest


@pytest.mark.parametrize("query", [{}, {"reason": "original_amount:not_a_number"}, {"show": "changes"}])
def test_the_job_page_asks_a_constant_number_of_queries(
    query: dict[str, str], import_file, dana: User, as_user: Browser, django_assert_num_queries
) -> None:
    import_file([row(n) for n in range(40)])
    changed = [row(n, original_amount="90.00") for n in range(30)]
    job = import_file([*changed, *(row(n, original_amount="?") for n in range(50, 90))], name="again.csv")
    browser = as_user(dana)
    browser.get("/imports/")  # the frame's own counts are kept for a while
    with django_assert_num_queries(QUERIES[query.get("show", "errors")]):
        assert browser.get(url("job", job), query).status_code == 200


def test_a_file_that_waits_for_its_next_try_says_so(job: SFTPImportJob, dana: User, as_user: Browser) -> None:
    at = datetime(2026, 3, 3, 20, 32, tzinfo=UTC)
    SFTPImportJob.objects.update(status="pending", failures=1, retry_at=at, error_details="The disk is full.")
    page = " ".join(as_user(dana).get(url("job", job)).content.decode().split())
    assert "The disk is full. It is tried again at" in page
    assert "2:32 PM</time>; it failed 1 of 3 times." in page


def test_the_page_tells_where_a_file_came_from(job: SFTPImportJob, dana: User, as_user: Browser) -> None:
    feed = SFTPFeed.objects.create(name="Northgate nightly", host="h", username="u", host_key="k", outgoing_dir="back")
    mapping = Mapping.objects.create(feed=feed, version=3)
    facts = {"feed": feed, "mapping": mapping, "uploaded_by": dana, "dialect": "Windows-1252, semicolon"}
    SFTPImportJob.objects.update(**facts)
    page = as_user(dana).get(url("job", job)).content.decode()
    for shown in ("Northgate nightly", "version 3", "Dana Whitlock", "Windows-1252, semicolon", "Not sent back yet"):
        assert shown in page
    SFTPImportJob.objects.update(acknowledged_at=timezone.now(), archive_error="Permission denied.")
    page = as_user(dana).get(url("job", job)).content.decode()
    assert "Sent back" in page
    assert "Not moved: Permission denied." in page


def test_progress_is_asked_for_only_while_it_runs(job: SFTPImportJob, dana: User, as_user: Browser) -> None:
    browser = as_user(dana)
    assert "every 1s" not in browser.get(url("progress", job), headers=HTMX).content.decode()
    SFTPImportJob.objects.update(status="processing", total_records=45, completed_at=None)
    running = browser.get(url("progress", job), headers=HTMX).content.decode()
    assert 'hx-trigger="every 1s"' in running
    assert "of 45 records" in running
    assert "<html" not in running
    assert "<html" in browser.get(url("progress", job)).content.decode()


def test_progress_says_where_it_stands_only_when_that_changes(job: SFTPImportJob, dana: User, as_user: Browser) -> None:
    browser = as_user(dana)
    SFTPImportJob.objects.update(status="processing", total_records=45, completed_at=None)
    first = browser.get(url("progress", job), headers=HTMX).content.decode()
    assert 'id="told"' in first
    question = first.split(f'hx-get="{url("progress", job)}?')[1].split('"')[0].replace("&amp;", "&")
    again = browser.get(f"{url('progress', job)}?{question}", headers=HTMX).content.decode()
    assert 'id="told"' not in again
    assert 'id="lines"' not in again, "the list of errors stays while no error is added"
    SFTPImportJob.objects.update(total_records=12)
    half = browser.get(f"{url('progress', job)}?{question}", headers=HTMX).content.decode()
    assert "Half of the file is imported: 9 records imported, 1 error." in half
    SFTPImportJob.objects.update(processed_errors=2)
    assert 'id="lines"' in browser.get(f"{url('progress', job)}?{question}", headers=HTMX).content.decode()


def test_speed_is_that_of_the_last_seconds(job: SFTPImportJob, dana: User, as_user: Browser) -> None:
    now = timezone.now()
    started = now - timedelta(hours=1)  # its worker was away for most of that
    SFTPImportJob.objects.update(status="processing", started_at=started, last_progress_at=now, total_records=100)
    moment = int((now - timedelta(seconds=2)).timestamp() * 1000)
    page = as_user(dana).get(url("progress", job), {"records": 4, "at": moment}, headers=HTMX).content.decode()
    assert "3 a second" in page
    assert "30 s" in page.split("Time left")[1][:40]
    assert as_user(dana).get(url("progress", job), {"records": "x", "at": "9" * 13}, headers=HTMX).status_code == 200


def test_import_now_polls_every_active_feed(harborline: Agency, dana: User, as_user: Browser) -> None:
    with tenancy.acting_for(harborline):
        for name, is_active in (("A", True), ("B", True), ("C", False)):
            SFTPFeed.objects.create(name=name, host="h", username="u", host_key="k", is_active=is_active)
    page = as_user(dana).post("/imports/runs/", follow=True)
    assert b"Looking into 2 feeds" in page.content
    with tenancy.acting_for(harborline):
        feeds = SFTPFeed.objects.filter(is_active=True).values_list("pk", flat=True)
        queued = " ".join(str(task.task) for task in OrmQ.objects.all())
        assert [str(feed) in queued for feed in feeds] == [True, True]


def test_who_may_do_what(job: SFTPImportJob, sarah: User, auditor: User, stranger: User, as_user: Browser) -> None:
    with tenancy.acting_for(None):  # as nobody: each browser brings its own agency
        pages = ["/imports/", url("job", job), url("progress", job)]
        assert [as_user(sarah).get(page).status_code for page in pages] == [404] * 3
        assert [as_user(auditor).get(page).status_code for page in pages] == [200] * 3
        assert [as_user(stranger).get(page).status_code for page in pages] == [200, 404, 404]
        assert b"northgate.csv" not in as_user(stranger).get("/imports/").content
        assert as_user(sarah).post("/imports/runs/").status_code == 404
        assert as_user(auditor).post("/imports/runs/").status_code == 403
