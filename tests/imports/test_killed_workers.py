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

from core import claims, database_role, tenancy
from core.models import Account, Activity, Agency, BalanceEntry, ContactPoint, Debtor
from debtflow import jobs
from imports import applying, importer
from imports.models import ImportedRecord, SFTPImportJob
from tests.imports.conftest import csv_of, make_job, row

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


class Death(BaseException):
    """What no code catches: the process is gone."""


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


NURSERY = """
import os, signal, sys, django
django.setup()
from uuid import UUID
from core import tenancy
from imports import importer
agency, job = UUID(sys.argv[1]), sys.argv[2]
for _ in sys.stdin:
    child = os.fork()
    if not child:
        with tenancy.working_for(agency):
            importer.process(job)
        os._exit(0)
    seconds = float(sys.stdin.readline())
    signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, seconds)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Nursery:
    """A process that has started up once, and forks a worker of its own for the job each time."""

    def __init__(self, agency: Agency, job: SFTPImportJob, home: Path) -> None:
        db = connection.settings_dict
        address = f"{quote(db['USER'])}:{quote(db['PASSWORD'])}@{db['HOST']}:{db['PORT']}/{db['NAME']}"
        role = quote(f"-c role={database_role.APP_ROLE}")
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "debtflow.settings",
            "DATABASE_URL": f"postgres://{address}?options={role}",
            "DEBTFLOW_DATA": str(home),
            "DEBUG": "1",
        }
        command = [sys.executable, "-c", NURSERY, str(agency.pk), str(job.pk)]
        pipe = subprocess.PIPE
        self.mother = subprocess.Popen(
            command, env=environment, cwd=settings.BASE_DIR, stdin=pipe, stdout=pipe, text=True, bufsize=1
        )

    def start(self) -> None:
        """A new worker."""
        self._say("start")

    def kill(self, *, within: float) -> int:
        """Kill it (SIGKILL) that many seconds from now; gives how it ended, -9 when it was killed."""
        self._say(str(within))
        assert self.mother.stdout is not None
        return int(self.mother.stdout.readline())

    def _say(self, line: str) -> None:
        assert self.mother.stdin is not None
        self.mother.stdin.write(f"{line}\n")


KILLS, ROWS = 20, 20_000


def test_killed_at_twenty_points_it_ends_like_one_clean_run(
    harborline: Agency, northwind: Agency, tmp_path: Path
) -> None:
    """Half of the workers die at once, half after they have committed something: five idle ones in a row give up."""
    content = placements(ROWS)
    process(northwind, job_of(northwind, content))
    job = job_of(harborline, content)
    rng = random.Random(11)
    nursery = Nursery(harborline, job, tmp_path)
    with contextlib.closing(nursery.mother.stdin), nursery.mother:  # type: ignore[type-var]
        ends = []
        for n in range(KILLS):
            done = progress(harborline, job)
            nursery.start()
            if n % 2:
                wait_for(lambda done=done: progress(harborline, job) > done)  # type: ignore[misc]
            ends.append(nursery.kill(within=0.001 + rng.random() * 0.1))
            wait_for(lambda: not is_claimed(job))
        nursery.mother.kill()
    assert ends == [-9] * KILLS
    assert 0 < progress(harborline, job) < ROWS
    process(harborline, job)
    assert everything(harborline) == everything(northwind)


def progress(agency: Agency, job: SFTPImportJob) -> int:
    with tenancy.acting_for(agency):
        job.refresh_from_db()
    return job.records_done


def is_claimed(job: SFTPImportJob) -> bool:
    return claims.is_claimed(claims.IMPORT_JOB, job.pk)


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
            raise Death
        return applied(job, *args)

    monkeypatch.setattr(applying, "apply", dies_in_the_second_batch)
    with pytest.raises(Death):
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
        raise Death

    monkeypatch.setattr(applying, "apply", dies)
    for _ in range(importer.MAX_STARTS):
        with pytest.raises(Death):
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
