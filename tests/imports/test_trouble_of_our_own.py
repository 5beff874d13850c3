"""The database away, a full disk: the import tries twice more, then a person decides. And a person may stop it."""

import errno
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from core.models import Account, Agency, User
from debtflow import jobs
from imports import applying, batches, importer
from imports.models import SFTPFeed, SFTPImportJob
from tests.imports.conftest import csv_of, make_job, row, work_off


@pytest.fixture
def job(inside: Agency) -> SFTPImportJob:
    return make_job(csv_of([row(n) for n in range(2500)]))


def trouble_after(done: int, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    applied = applying.apply

    def apply(job: SFTPImportJob, *args: Any) -> applying.Counts:
        if job.records_done >= done:
            raise error
        return applied(job, *args)

    monkeypatch.setattr(applying, "apply", apply)


def process(job: SFTPImportJob) -> SFTPImportJob:
    importer.process(job.pk)
    job.refresh_from_db()
    return job


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "The disk of this installation is full."),
        (OperationalError("server closed the connection"), "The database could not be reached, or refused to write."),
        (RuntimeError("secret detail"), "The import stopped with an error of ours."),
    ],
)
def test_it_is_tried_three_times_then_a_person_decides(
    error: Exception, sentence: str, job: SFTPImportJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    trouble_after(1000, error, monkeypatch)
    for failures in (1, 2):
        process(job)
        assert (job.status, job.failures, job.records_done) == ("pending", failures, 1000)
        assert job.error_details == sentence
        assert job.retry_at is not None
        assert timedelta(seconds=110) < job.retry_at - timezone.now() <= timedelta(seconds=120)
    process(job)
    assert (job.status, job.records_done) == ("failed", 1000)
    assert job.error_details == f"{sentence} It was tried 3 times. Press Retry once that is mended."

    monkeypatch.undo()
    assert importer.retry(job)
    work_off()
    job.refresh_from_db()
    assert (job.status, job.created_count, job.error_details) == ("completed", 2500, "")
    assert Account.objects.count() == 2500


def test_the_next_try_waits_for_its_time(job: SFTPImportJob, monkeypatch: pytest.MonkeyPatch) -> None:
    trouble_after(1000, OperationalError("gone"), monkeypatch)
    process(job)
    monkeypatch.undo()
    importer.resume_abandoned()
    assert jobs.run_next() is None
    SFTPImportJob.objects.update(retry_at=timezone.now())
    importer.resume_abandoned()
    importer.resume_abandoned()
    work_off()
    job.refresh_from_db()
    assert (job.status, job.created_count, job.failures) == ("completed", 2500, 0)


def test_progress_forgives_earlier_trouble(job: SFTPImportJob, monkeypatch: pytest.MonkeyPatch) -> None:
    for done in (1000, 2000):
        trouble_after(done, OperationalError("gone"), monkeypatch)
        process(job)
        monkeypatch.undo()
        assert (job.failures, job.records_done) == (1, done)


def test_a_person_stops_it_and_takes_it_up_again(job: SFTPImportJob, dana: User, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    ahead = batches.ahead

    def cancelled_before_the_second(upcoming: Any) -> Any:
        for number, batch in enumerate(ahead(upcoming)):
            if number == 1:
                assert importer.cancel(job, dana)
            yield batch

    monkeypatch.setattr(batches, "ahead", cancelled_before_the_second)
    process(job)
    monkeypatch.undo()
    assert job.status == "failed"
    assert job.error_details == f"Cancelled by {dana} with 1,000 of 2,500 rows imported. Retry carries on from there."
    assert job.records_done == 1000
    assert not importer.cancel(job, dana)
    assert importer.retry(job)
    assert not importer.retry(job), "a second click"
    work_off()
    job.refresh_from_db()
    assert (job.status, job.created_count) == ("completed", 2500)


def test_a_file_that_was_refused_is_read_by_the_mapping_of_today(inside: Agency, dana: User) -> None:
    from imports import feeds, mapping

    feed = SFTPFeed.objects.create(name="Northgate", host="sftp.example.com", username="u", password="p", host_key="k")
    job = process(make_job(b"Nr,Wer,Betrag,Creditor\nA-1,Jo Roe,12.00,N\n", feed=feed))
    assert job.status == "failed"
    source = {"external_ref": "Nr", "debtor_name": "Wer", "original_amount": "Betrag"}
    spec = mapping.read({"fields": {field: {"columns": [title]} for field, title in source.items()}})
    made = feeds.keep_mapping(feed, spec, dana)
    assert importer.retry(job)
    process(job)
    assert (job.status, job.created_count, job.mapping) == ("completed", 1, made)
