"""A file brought by browser: looked at, tried out, imported once or discarded."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from core.models import Account, Agency, Creditor, User
from imports import trial, uploads
from imports.mapping import read
from imports.models import Mapping, SFTPFeed, SFTPImportJob, Upload
from tests.at_once import at_once
from tests.imports.conftest import csv_of, row, work_off

Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
NEW = "/imports/uploads/"
GERMAN = b"Konto;Schuldner;Betrag\nK-1;Ann Abbot;1.234,50\nK-2;Ben Brown;20,00\n"
BY_HAND = {
    "format": "csv",
    "date_format": "YYYY-MM-DD",
    "amount_format": "eu",
    "external_ref-1": "Konto",
    "debtor_name-1": "Schuldner",
    "original_amount-1": "Betrag",
    "creditor_name-text": "Northgate Hospital",
}


def file_of(rows: list[dict[str, Any]] | bytes, name: str = "july.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, rows if isinstance(rows, bytes) else csv_of(rows))


def url(name: str, upload: Upload) -> str:
    return reverse(f"imports:{name}", args=[upload.pk])


@pytest.fixture
def browser(inside: Agency, dana: User, as_user: Browser) -> Client:
    return as_user(dana)


@pytest.fixture
def bring(browser: Client) -> Callable[..., Upload]:
    """Bring a file as Dana does, and let the worker try it out."""

    def brought(rows: list[dict[str, Any]] | bytes, *, wait: bool = True, **fields: Any) -> Upload:
        answer = browser.post(NEW, {"file": file_of(rows), **fields})
        assert answer.status_code == 302, answer.content.decode()
        if wait:
            work_off()
        return Upload.objects.latest("created_at")

    return brought


def test_a_file_is_brought_tried_out_and_imported(bring, browser: Client, dana: User) -> None:
    upload = bring([row(1), row(2), row(3, original_amount="0")])
    assert not Account.objects.exists()
    page = browser.get(url("upload", upload)).content.decode()
    for words in ("july.csv", "Would create", "Must be more than 0", "Desmond Okafor 1", "Import 3 rows"):
        assert words in page
    answer = browser.post(url("upload_job", upload), {"seen": upload.trial_result["run"]})
    job = SFTPImportJob.objects.get()
    assert answer.headers["Location"] == reverse("imports:job", args=[job.pk])
    work_off()
    job.refresh_from_db()
    assert (job.created_count, job.processed_errors, job.uploaded_by, job.feed) == (2, 1, dana, None)
    assert job.mapping is None


def test_a_second_click_finds_the_job_of_the_first(bring, browser: Client) -> None:
    upload = bring([row(1)])
    first, second = (browser.post(url("upload_job", upload), {"seen": upload.trial_result["run"]}) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert SFTPImportJob.objects.count() == 1
    told = browser.get(url("upload", upload), follow=True)
    assert b"This file was imported. You see its import." in told.content


def test_the_page_tells_when_the_result_it_showed_is_not_of_now(bring, browser: Client) -> None:
    upload = bring([row(1)])
    answer = browser.post(url("upload_job", upload), {"seen": "an older run"})
    assert answer.status_code == 409
    assert b"changed in another window" in answer.content
    assert not SFTPImportJob.objects.exists()


def test_nothing_is_imported_before_the_dry_run_is_done(bring, browser: Client) -> None:
    upload = bring([row(1)], wait=False)
    page = browser.get(url("upload", upload)).content.decode()
    assert 'hx-trigger="every 1s"' in page
    assert "Reload to see the result" in page
    answer = browser.post(url("upload_job", upload), {"seen": upload.trial_result["run"]})
    assert (answer.status_code, b"has no result yet" in answer.content) == (409, True)
    work_off()
    assert "every 1s" not in browser.get(url("upload_trial", upload), headers=HTMX).content.decode()


def test_a_file_with_foreign_columns_is_refused_mapped_and_imported(bring, browser: Client) -> None:
    upload = bring(GERMAN)
    page = browser.get(url("upload", upload)).content.decode()
    assert page.count("The header lacks external_ref") == 2  # by the dry run, and over the first rows
    assert "Import 2 rows" not in page
    answer = browser.post(url("upload_job", upload), {"seen": upload.trial_result["run"]})
    assert (answer.status_code, SFTPImportJob.objects.count()) == (409, 0)

    browser.post(url("upload", upload), BY_HAND | {"act": "save"})
    work_off()
    upload.refresh_from_db()
    assert upload.trial_result["created"] == 2
    browser.post(url("upload_job", upload), {"seen": upload.trial_result["run"]})
    work_off()
    assert sorted(map(str, Account.objects.values_list("original_amount", flat=True))) == ["1234.50", "20.00"]
    job = SFTPImportJob.objects.get()
    assert job.mapping is not None
    assert job.mapping.feed is None
    assert job.spec == upload.spec


def test_a_changed_mapping_throws_the_older_result_away(bring, browser: Client) -> None:
    upload = bring([row(1)])
    assert upload.trial_result["created"] == 1
    browser.post(
        url("upload", upload), {"format": "csv", "date_format": "YYYYMMDD", "amount_format": "us", "act": "save"}
    )
    upload.refresh_from_db()
    assert (upload.trial, "created" in upload.trial_result) == ("running", False)


def test_a_trial_that_nobody_waits_for_any_more_writes_nothing(bring) -> None:
    upload = bring([row(1)], wait=False)
    older = upload.trial_result["run"]
    trial.start(upload)
    trial.process(upload.pk, older)
    upload.refresh_from_db()
    assert upload.trial == "running"
    work_off()
    upload.refresh_from_db()
    assert (upload.trial, upload.trial_result["created"]) == ("done", 1)


def test_an_error_of_ours_is_told_not_shown_as_a_result(bring, browser: Client, monkeypatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(trial, "of_file", broken)
    upload = bring([row(1)])
    assert upload.trial == "failed"
    assert b"stopped with an error of ours" in browser.get(url("upload", upload)).content


def test_the_very_same_file_is_told_with_its_import(bring, browser: Client) -> None:
    first = bring([row(1)])
    browser.post(url("upload_job", first), {"seen": first.trial_result["run"]})
    work_off()
    second = bring([row(1)])
    page = browser.get(url("upload", second)).content.decode()
    assert "This very file came before" in page
    assert reverse("imports:job", args=[SFTPImportJob.objects.get().pk]) in page
    assert second.trial_result["unchanged"] == 1
    assert "This very file" not in browser.get(url("upload", bring([row(2)]))).content.decode()


def test_it_is_read_like_a_feed_s_files_and_its_mapping_is_kept_for_one(bring, browser: Client, dana: User) -> None:
    by_hand = {"external_ref": {"columns": ["Konto"]}, "debtor_name": {"columns": ["Schuldner"]}}
    spec = read({"fields": by_hand | {"original_amount": {"columns": ["Betrag"]}}, "amount_format": "eu"})
    creditor = Creditor.objects.create(name="Northgate")
    made = Mapping.objects.create(content=spec.model_dump(mode="json", exclude_defaults=True))
    feed = SFTPFeed.objects.create(name="N", host="h", username="u", host_key="k", creditor=creditor, mapping=made)
    upload = bring(GERMAN, feed=feed.pk)
    assert (upload.spec, upload.creditor, upload.trial_result["created"]) == (spec, creditor, 2)

    other = SFTPFeed.objects.create(name="O", host="h", username="u", host_key="k")
    browser.post(url("upload_feed_mapping", upload), {"feed": other.pk})
    other.refresh_from_db()
    assert other.mapping is not None
    assert (other.mapping.spec, other.mapping.version, other.mapping.made_by) == (spec, 1, dana)
    assert browser.post(url("upload_feed_mapping", upload), {"feed": "nonsense"}).status_code == 422


def test_a_discarded_upload_leaves_no_file(bring, browser: Client, django_capture_on_commit_callbacks) -> None:
    upload = bring([row(1)])
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(url("upload_removal", upload))
        assert default_storage.exists(upload.stored_file), "only after the commit"
    assert not default_storage.exists(upload.stored_file)
    assert not Upload.objects.exists()
    assert browser.get(url("upload", upload)).status_code == 404


def test_an_imported_upload_is_not_discarded(bring, browser: Client) -> None:
    upload = bring([row(1)])
    browser.post(url("upload_job", upload), {"seen": upload.trial_result["run"]})
    for name in ("upload_removal", "upload_trial", "upload"):
        assert browser.post(url(name, upload), BY_HAND | {"act": "save"}).status_code == 302
    upload.refresh_from_db()
    assert (upload.content, upload.trial, default_storage.exists(upload.stored_file)) == ({}, "done", True)


def test_what_nobody_imports_is_discarded_after_a_week(
    bring, browser: Client, django_capture_on_commit_callbacks
) -> None:
    kept, old, imported = bring([row(1)]), bring([row(2)]), bring([row(3)])
    browser.post(url("upload_job", imported), {"seen": imported.trial_result["run"]})
    eight_days = timezone.now() - timedelta(days=uploads.KEPT_DAYS, hours=1)
    Upload.objects.filter(pk__in=[old.pk, imported.pk]).update(created_at=eight_days)
    with tenancy.working_for(None), django_capture_on_commit_callbacks(execute=True):
        uploads.discard_forgotten()
    assert set(Upload.objects.all()) == {kept, imported}
    assert [default_storage.exists(one.stored_file) for one in (kept, old, imported)] == [True, False, True]


@override_settings(IMPORT_MAX_FILE_BYTES=100)
def test_a_file_too_large_is_refused_with_a_sentence(browser: Client) -> None:
    answer = browser.post(NEW, {"file": file_of(b"x" * 101)})
    assert answer.status_code == 422
    assert b"The file has 101 bytes; at most 100 are allowed." in answer.content
    assert not Upload.objects.exists()


@override_settings(IMPORT_MAX_FILE_BYTES=100)
def test_one_far_too_large_is_refused_unread(dana: User, inside: Agency) -> None:
    """Not a byte of it is taken: not even the token against forgery, which stands in the body, is looked for."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(dana)

    class Unread(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("was read")

    answer = client.generic(
        "POST", NEW, b"", "multipart/form-data; boundary=x", CONTENT_LENGTH="900000", **{"wsgi.input": Unread()}
    )
    assert answer.status_code == 422
    assert b"at most 100 are allowed" in answer.content


def test_no_form_of_another_site_brings_a_file(dana: User, inside: Agency) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(dana)
    assert client.post(NEW, {"file": file_of([row(1)])}).status_code == 403


def test_an_upload_is_written_to_disk_while_it_arrives(browser: Client, monkeypatch) -> None:
    seen: list[str] = []
    bring = uploads.bring

    def looking(file: Any, *args: Any, **facts: Any) -> Upload:
        seen.append(file.name)
        return bring(file, *args, **facts)

    monkeypatch.setattr(uploads, "bring", looking)
    browser.post(NEW, {"file": file_of([row(1)])})
    assert "upload" in seen[0], "a temporary file on disk, whatever its size"


def test_a_form_without_a_file_is_shown_again(browser: Client) -> None:
    answer = browser.post(NEW, {})
    assert (answer.status_code, b"Choose a file." in answer.content) == (422, True)
    empty = browser.post(NEW, {"file": file_of(b"")}, headers=HTMX)
    assert (empty.status_code, b"The file is empty." in empty.content, b"<html" in empty.content) == (422, True, False)


def test_htmx_is_sent_to_the_page_of_the_upload(browser: Client) -> None:
    answer = browser.post(NEW, {"file": file_of([row(1)])}, headers=HTMX)
    assert answer.headers["HX-Redirect"] == url("upload", Upload.objects.get())


def test_who_may_do_what(bring, sarah: User, auditor: User, stranger: User, as_user: Browser) -> None:
    upload = bring([row(1)])
    pages = [NEW, url("upload", upload), url("upload_trial", upload)]
    acts = [
        NEW,
        *(url(n, upload) for n in ("upload", "upload_trial", "upload_job", "upload_removal", "upload_feed_mapping")),
    ]
    with tenancy.acting_for(None):
        assert [as_user(sarah).get(page).status_code for page in pages] == [404] * 3
        assert [as_user(auditor).get(page, follow=True).status_code for page in pages] == [200] * 3
        assert [as_user(auditor).post(act).status_code for act in acts] == [403] * 6
        assert [as_user(stranger).get(page).status_code for page in pages] == [200, 404, 404]
        assert [as_user(stranger).post(act).status_code for act in acts] == [422, 404, 404, 404, 404, 404]
        assert b"july.csv" not in as_user(stranger).get(NEW).content
    assert b"Import 1 row<" not in as_user(auditor).get(pages[1]).content


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_make_one_job(harborline: Agency, dana: User) -> None:
    with tenancy.acting_for(harborline):
        upload = uploads.bring(io.BytesIO(csv_of([row(1)])), "july.csv", by=dana)
    with tenancy.working_for(harborline):
        work_off()

    def click() -> Any:
        with tenancy.acting_for(harborline):
            return uploads.import_it(upload, by=dana, seen=upload.trial_result["run"]).pk

    first, second = at_once(click, click)
    assert first == second
