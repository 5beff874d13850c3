"""A worker may die at any moment; what is there afterwards equals one clean run. Two workers never share a file."""

import contextlib
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from core import database_role, tenancy
from core.models import Account, Activity, Agency, BalanceEntry, ContactPoint, Debtor
from debtflow import jobs
from imports import applying, claims, importer
from imports.models import ImportedRecord, SFTPImportJob
from tests.imports.conftest import csv_of, make_job, row

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def placements(number: int) -> bytes:
    """A file with some of everything: bad rows, shared debtors, references that come twice."""
    rng = random.Random(7)
    rows = []
    for n in range(number):
        cells = {"debtor_external_ref": f"P-{rng.randrange(number // 2)}", "debtor_phone": f"614-555-{n % 10_000:04}"}
        reference = f"NGH-{rng.randrange(number):05}" if n % 50 == 0 else f"NGH-{n:05}"
        rows.append(row(n, external_ref=reference, **cells) | ({"original_amount": "?"} if n % 97 == 3 else {}))
    return csv_of(rows)


def everything(agency: Agency) -> dict[str, list[tuple[Any, ...]]]:
    """What an agency has, without ids and times."""
    columns: dict[Any, tuple[str, ...]] = {
        Account: ("external_ref", "debtor__external_ref", "original_amount", "current_balance", "creditor__name"),
        Debtor: ("external_ref", "full_name", "time_zones"),
        ContactPoint: ("debtor__external_ref", "kind", "value", "is_primary"),
        BalanceEntry: ("account__external_ref", "kind", "amount"),
        Activity: ("account__external_ref", "kind", "body"),
        ImportedRecord: ("line_number", "account__external_ref", "outcome", "errors", "changes"),
        SFTPImportJob: ("status", "created_count", "updated_count", "unchanged_count", "processed_errors"),
    }
    with tenancy.acting_for(agency):
        return {
            model.__name__: sorted(map(repr, model.objects.values_list(*names))) for model, names in columns.items()
        }


def job_of(agency: Agency, content: bytes) -> SFTPImportJob:
    with tenancy.acting_for(agency):
        return make_job(content)


def process(agency: Agency, job: SFTPImportJob) -> None:
    with tenancy.working_for(agency):
        importer.process(job.pk)


def worker(agency: Agency, job: SFTPImportJob, home: Path) -> subprocess.Popen[bytes]:
    """Another process that imports the job."""
    db = connection.settings_dict
    address = f"{quote(db['USER'])}:{quote(db['PASSWORD'])}@{db['HOST']}:{db['PORT']}/{db['NAME']}"
    role = quote(f"-c role={database_role.APP_ROLE}")
    program = (
        "import django; django.setup()\n"
        "from uuid import UUID\nfrom core import tenancy\nfrom imports import importer\n"
        f"with tenancy.working_for(UUID('{agency.pk}')): importer.process('{job.pk}')"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "debtflow.settings",
        "DATABASE_URL": f"postgres://{address}?options={role}",
        "DEBTFLOW_DATA": str(home),
        "DEBUG": "1",
    }
    return subprocess.Popen([sys.executable, "-c", program], env=environment, cwd=settings.BASE_DIR)


def test_killed_again_and_again_it_ends_like_one_clean_run(
    harborline: Agency, northwind: Agency, tmp_path: Path
) -> None:
    content = placements(4_000)
    process(northwind, job_of(northwind, content))
    job = job_of(harborline, content)
    rng = random.Random(11)
    for _ in range(2):
        kill_in_a_batch(worker(harborline, job, tmp_path), harborline, job, rng)
    assert 0 < job.records_done < 4_000
    wait_for(lambda: not is_claimed(job))
    process(harborline, job)
    assert everything(harborline) == everything(northwind)


def kill_in_a_batch(child: subprocess.Popen[bytes], agency: Agency, job: SFTPImportJob, rng: random.Random) -> None:
    """After it has committed something more, somewhere within a batch."""
    done = job.records_done
    wait_for(lambda: progress(agency, job) > done or child.poll() is not None)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(timeout=rng.random() * 0.1)  # lives on for a random moment
    child.kill()
    child.wait()
    progress(agency, job)


def progress(agency: Agency, job: SFTPImportJob) -> int:
    with tenancy.acting_for(agency):
        job.refresh_from_db()
    return job.records_done


def is_claimed(job: SFTPImportJob) -> bool:
    return claims.is_claimed(claims.JOB, job.pk)


def wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_two_workers_never_process_one_file_twice(harborline: Agency) -> None:
    job = job_of(harborline, placements(3000))
    failures: list[BaseException] = []

    def work() -> None:
        try:
            process(harborline, job)
        except BaseException as failure:  # noqa: BLE001  (shown by the assertion below)
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with tenancy.acting_for(harborline):
        job.refresh_from_db()
        assert (job.status, job.records_done, ImportedRecord.objects.count()) == ("completed", 3000, 3000)


def test_an_abandoned_job_is_picked_up_and_a_living_one_is_not(
    harborline: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = job_of(harborline, placements(2500))
    applied = applying.apply

    def dies_in_the_second_batch(job: SFTPImportJob, *args: Any) -> applying.Counts:
        if job.records_done:
            raise ConnectionError("the database went away")
        return applied(job, *args)

    monkeypatch.setattr(applying, "apply", dies_in_the_second_batch)
    with pytest.raises(ConnectionError):
        process(harborline, job)
    monkeypatch.undo()
    assert progress(harborline, job) == 1000
    importer.resume_abandoned()
    assert jobs.run_next() is None  # it moved a moment ago
    with tenancy.acting_for(harborline):
        SFTPImportJob.objects.update(last_progress_at=timezone.now() - importer.ABANDONED_AFTER * 2)
    importer.resume_abandoned()
    importer.resume_abandoned()
    task = jobs.run_next()
    assert task is not None
    assert task["success"]
    assert jobs.run_next() is None
    assert (progress(harborline, job), job.status) == (2500, "completed")


def test_a_job_whose_task_was_lost_is_found(harborline: Agency) -> None:
    job = job_of(harborline, placements(10))
    importer.resume_abandoned()
    assert jobs.run_next() is None  # it may still be in the queue
    with tenancy.acting_for(harborline):
        SFTPImportJob.objects.update(created_at=timezone.now() - importer.FORGOTTEN_AFTER * 2)
    importer.resume_abandoned()
    importer.resume_abandoned()
    assert jobs.run_next() is not None
    assert jobs.run_next() is None
    assert progress(harborline, job) == 10


def test_a_file_that_kills_its_worker_is_given_up(harborline: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    job = job_of(harborline, placements(10))

    def dies(*_: Any) -> applying.Counts:
        raise ConnectionError("killed")

    monkeypatch.setattr(applying, "apply", dies)
    for _ in range(importer.MAX_STARTS):
        with pytest.raises(ConnectionError):
            process(harborline, job)
    process(harborline, job)
    progress(harborline, job)
    assert job.status == "failed"
    assert "was started 5 times" in job.error_details


def test_a_finished_job_is_never_processed_again(harborline: Agency) -> None:
    job = job_of(harborline, placements(20))
    process(harborline, job)
    before = everything(harborline)
    process(harborline, job)
    assert everything(harborline) == before
