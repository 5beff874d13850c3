"""My exports: what is being made, how far it is, and the file: for its requester alone, for seven days."""

import os
import re
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from core import tenancy
from core.models import Agency, AuditLog, User
from reports.exports import keeping
from reports.models import Export
from tests.cast import make_account, make_user
from tests.reports.exporting import URL, ask, file_of, link_on_page, only, work, work_off
from tests.worklist.pages import HTMX, text

As = Callable[[User], Client]
ACCOUNTS = "worklist.accounts"
POLLS = 'hx-trigger="every 1s"'


@pytest.fixture
def done(inside: Agency, dana: User, as_user: As) -> Export:
    """One account, exported by Dana."""
    make_account(external_ref="A-1")
    ask(as_user(dana), ACCOUNTS)
    work(inside)
    return only(inside, dana)


def test_it_is_made_by_the_worker_and_the_page_follows_it(inside: Agency, dana: User, as_user: As) -> None:
    make_account()
    browser = as_user(dana)
    response = ask(browser, ACCOUNTS, "status=new")
    assert (response.status_code, response.headers["Location"]) == (303, URL)
    page = browser.get(URL)
    assert "Accounts (CSV) is being made" in text(page)
    assert "Waiting" in text(page)
    assert POLLS in page.content.decode()
    work_off()
    region = browser.get(URL, headers=HTMX).content.decode()
    assert region.lstrip().startswith('<section id="results"')
    assert POLLS not in region
    assert "1 row," in text(browser.get(URL))
    assert 'href="/worklist/?status=new"' in region
    assert b"Reference" in file_of(browser)


def test_progress_is_shown_while_it_runs(inside: Agency, dana: User, as_user: As) -> None:
    ask(as_user(dana), ACCOUNTS)
    Export.objects.update(status="running")
    assert "Running Finding the rows" in text(as_user(dana).get(URL))
    Export.objects.update(rows_done=12_000, rows_expected=50_000)
    page = as_user(dana).get(URL)
    assert "12,000 of 50,000 rows" in text(page)
    assert 'width="24.00"' in page.content.decode()


def test_nothing_yet(dana: User, as_user: As) -> None:
    assert "No export yet" in text(as_user(dana).get(URL))


def test_a_double_click_makes_one_file(inside: Agency, dana: User, as_user: As) -> None:
    browser = as_user(dana)
    for query in ("status=new&min=5", "min=5&status=new&page=abc&max="):
        ask(browser, ACCOUNTS, query)
    ask(browser, ACCOUNTS, "status=new&min=5", "xlsx")
    assert sorted(Export.objects.values_list("format", flat=True)) == ["csv", "xlsx"]
    work(inside)
    ask(browser, ACCOUNTS, "status=new&min=5")  # what is finished may be made again
    assert Export.objects.count() == 3


def test_nobody_has_more_than_five_made_at_a_time(inside: Agency, dana: User, auditor: User, as_user: As) -> None:
    browser = as_user(dana)
    for n in range(6):
        ask(browser, ACCOUNTS, f"min={n}")
    assert Export.objects.count() == 5
    assert "You have 5 exports being made." in text(browser.get(URL))
    ask(as_user(auditor), ACCOUNTS)
    assert Export.objects.filter(requested_by=auditor).count() == 1


def test_the_file_is_its_requester_s_alone(done: Export, inside: Agency, dana: User, as_user: As) -> None:
    link = link_on_page(as_user(dana))
    colleague = as_user(make_user(inside, "olive.admin", "agency_admin"))
    assert colleague.get(link).status_code == 404
    assert "No export yet" in text(colleague.get(URL))
    assert colleague.post(f"{URL}{done.pk}/removal/").status_code == 404
    assert Client().get(link).headers["Location"].startswith("/auth/login/")
    response = as_user(dana).get(link)
    assert response.headers["Content-Disposition"].startswith('attachment; filename="Accounts ')
    assert b"A-1" in b"".join(response.streaming_content)


@pytest.mark.parametrize("change", ["?key=", "?key=nonsense", "", "x"])
def test_a_link_that_was_tampered_with_opens_nothing(change: str, done: Export, dana: User, as_user: As) -> None:
    browser = as_user(dana)
    link = link_on_page(browser)
    path = link.partition("?")[0]
    page = browser.get(link + change if change == "x" else path + change, follow=True)
    assert "That link is not good any more" in text(page)


def test_the_link_of_one_file_opens_no_other(done: Export, inside: Agency, dana: User, as_user: As) -> None:
    browser = as_user(dana)
    key = link_on_page(browser).partition("?")[2]
    ask(browser, ACCOUNTS, "status=any")
    work(inside)
    other = Export.objects.exclude(pk=done.pk).get()
    assert browser.get(f"{URL}{other.pk}/file/?{key}").status_code == 302


def test_after_seven_days_the_file_is_gone(done: Export, dana: User, as_user: As) -> None:
    link, now = link_on_page(as_user(dana)), timezone.now()
    assert done.expires_at is not None
    assert timedelta(days=6, hours=23) < done.expires_at - now <= timedelta(days=7)
    with time_machine.travel(now + timedelta(days=6, hours=23), tick=False):
        browser = as_user(dana)
        assert b"A-1" in b"".join(browser.get(link))
        assert keeping.expire() == 0
    with time_machine.travel(now + timedelta(days=7, seconds=1), tick=False):
        browser = as_user(dana)
        assert browser.get(link).status_code == 302
        assert "Expired" in text(browser.get(URL))
        assert link_on_page(browser) == ""
        assert default_storage.exists(done.stored_file)
        keeping.expire_all()
        assert not default_storage.exists(done.stored_file)
        assert keeping.expire() == 0


def test_a_presigned_address_never_outlives_the_file(done: Export, settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {"bucket_name": "b", "access_key": "k", "secret_key": "s", "signature_version": "s3v4",
                        "region_name": "us-east-1", "querystring_expire": 9999},
        }
    }  # fmt: skip
    direct = keeping.direct_link(done, "Accounts.csv")
    assert direct is not None
    assert "X-Amz-Expires=60&" in direct
    assert "response-content-disposition=attachment" in direct
    done.expires_at = timezone.now() + timedelta(seconds=21)
    assert re.search(r"X-Amz-Expires=(20|21)&", str(keeping.direct_link(done, "Accounts.csv")))


def test_what_is_waiting_can_be_cancelled(inside: Agency, dana: User, as_user: As) -> None:
    browser = as_user(dana)
    ask(browser, ACCOUNTS)
    export = only(inside, dana)
    assert browser.post(f"{URL}{export.pk}/removal/", follow=True).status_code == 200
    assert browser.post(f"{URL}{export.pk}/cancellation/").status_code == 302
    work(inside)
    export.refresh_from_db()
    assert (export.status, export.stored_file) == ("cancelled", "")
    page = browser.post(f"{URL}{export.pk}/cancellation/", follow=True)
    assert "There is nothing to cancel: it is cancelled." in text(page)
    assert "Make again" in text(page)


def test_a_file_is_deleted_before_its_time(
    done: Export, dana: User, as_user: As, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        as_user(dana).post(f"{URL}{done.pk}/removal/")
    assert not Export.objects.exists()
    assert not default_storage.exists(done.stored_file)


def test_a_file_that_is_gone_is_said_to_be(done: Export, dana: User, as_user: As) -> None:
    default_storage.delete(done.stored_file)
    browser = as_user(dana)
    assert "The file is gone" in text(browser.get(link_on_page(browser), follow=True))


def test_asking_and_every_download_are_audited(done: Export, inside: Agency, dana: User, as_user: As) -> None:
    file_of(as_user(dana))
    file_of(as_user(dana))
    entries = list(AuditLog.objects.filter(action=AuditLog.Action.EXPORT).order_by("id"))
    said = [set(entry.changes_dict) - {"source", "rows"} for entry in entries]
    assert said == [{"asked for"}, {"downloaded"}, {"downloaded"}]
    assert {entry.actor for entry in entries} == {dana}
    assert {entry.object_pk for entry in entries} == {str(done.pk)}
    assert entries[0].changes_dict["source"] == [None, "worklist.accounts?"]
    assert entries[1].changes_dict["rows"] == [None, 1]


def test_what_lies_around_without_a_term_is_cleared_away(done: Export, inside: Agency) -> None:
    """A worker died while somebody cancelled."""
    Export.objects.update(status="cancelled", expires_at=None, finished_at=timezone.now() - timedelta(hours=2))
    assert keeping.expire() == 1
    assert not default_storage.exists(done.stored_file)


def test_each_agency_s_files_expire(done: Export, northwind: Agency) -> None:
    Export.objects.update(expires_at=timezone.now())
    with tenancy.acting_for(northwind):
        keeping.expire_all()
    assert not default_storage.exists(done.stored_file)


def test_what_a_killed_worker_left_half_made_is_swept_away(
    inside: Agency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    old, young = (tmp_path / f"debtflow-export-{n}" for n in "12")
    for folder in (old, young):
        folder.mkdir()
        (folder / "file.csv").write_text("A debtor")
    os.utime(old, (0, 0))
    keeping.expire_all()
    assert [path.name for path in tmp_path.glob("debtflow-*")] == [young.name]
