"""A dry run whose worker died is found and taken up again; one that lives is left alone."""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

from core import claims, tenancy
from core.models import Agency, User
from imports import lost_trials, trial, uploads
from imports.models import Upload
from tests.imports.conftest import csv_of, row, work_off

LONG_AGO = timedelta(minutes=11)
LOST = b"The worker stopped before the dry run was done"


@pytest.fixture
def upload(inside: Agency, dana: User) -> Upload:
    return uploads.bring(io.BytesIO(csv_of([row(1), row(2)])), "july.csv", by=dana)


def left_by_its_worker(upload: Upload, *, starts: int = 1, ago: timedelta = LONG_AGO) -> None:
    OrmQ.objects.all().delete()
    Upload.objects.filter(pk=upload.pk).update(trial_starts=starts, trial_heard_at=timezone.now() - ago)


def page(browser: Client, upload: Upload) -> bytes:
    return browser.get(f"/imports/uploads/{upload.pk}/").content


@contextmanager
def somebody_else_claims(upload: Upload) -> Iterator[None]:
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with claims.claimed(claims.IMPORT_TRIAL, UUID(upload.trial_result["run"])):
            held.set()
            done.wait(30)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(30)
    yield
    done.set()
    thread.join()


def test_it_is_taken_up_again_by_itself(upload: Upload) -> None:
    left_by_its_worker(upload)
    with tenancy.working_for(None):
        lost_trials.resume_all()
        lost_trials.resume_all()
    assert OrmQ.objects.count() == 1, "once a look"
    work_off()
    upload.refresh_from_db()
    assert (upload.trial, upload.trial_result["created"], upload.trial_starts) == ("done", 2, 2)


def test_the_page_says_so_and_offers_to_count_again(upload: Upload, dana: User, as_user: Any) -> None:
    browser = as_user(dana)
    assert LOST not in page(browser, upload)
    left_by_its_worker(upload)
    assert LOST in page(browser, upload)
    fragment = browser.get(f"/imports/uploads/{upload.pk}/trial/", headers={"HX-Request": "true"}).content
    assert LOST in fragment
    assert b"every 1s" in fragment
    browser.post(f"/imports/uploads/{upload.pk}/trial/")
    assert LOST not in page(browser, upload)
    work_off()
    upload.refresh_from_db()
    assert (upload.trial, upload.trial_result["created"]) == ("done", 2)


def test_one_that_waits_for_a_worker_is_not_called_lost(upload: Upload, dana: User, as_user: Any) -> None:
    left_by_its_worker(upload, starts=0, ago=timedelta(minutes=1))
    shown = page(as_user(dana), upload)
    assert LOST not in shown
    assert b"waits for a worker" in shown
    with tenancy.working_for(None):
        lost_trials.resume_all()
    assert not OrmQ.objects.exists()
    left_by_its_worker(upload, starts=0)
    with tenancy.working_for(None):
        lost_trials.resume_all()
    assert OrmQ.objects.count() == 1, "its task may be gone"


def test_one_from_before_there_were_signs_of_life_is_taken_up(upload: Upload) -> None:
    left_by_its_worker(upload)
    Upload.objects.update(trial_heard_at=None, trial_starts=0)
    with tenancy.working_for(None):
        lost_trials.resume_all()
    work_off()
    upload.refresh_from_db()
    assert upload.trial == "done"


def test_one_that_says_nothing_but_lives_is_left_alone(upload: Upload, dana: User, as_user: Any) -> None:
    left_by_its_worker(upload)
    with somebody_else_claims(upload):
        assert LOST not in page(as_user(dana), upload)
        with tenancy.working_for(None):
            lost_trials.resume_all()
        assert not OrmQ.objects.exists()
        trial.process(upload.pk, upload.trial_result["run"])
    upload.refresh_from_db()
    assert upload.trial == "running", "two workers do not try out one run"


def test_a_file_that_kills_its_worker_is_given_up(upload: Upload, dana: User, as_user: Any) -> None:
    left_by_its_worker(upload, starts=trial.MAX_STARTS)
    with tenancy.working_for(None):
        lost_trials.resume_all()
    work_off()
    upload.refresh_from_db()
    assert upload.trial == "failed"
    shown = page(as_user(dana), upload)
    assert b"stopped 3 times" in shown
    assert b"every 1s" not in shown
