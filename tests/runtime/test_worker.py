"""The worker takes jobs, starts what is due at once, and finishes what runs before it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ, Schedule, Success
from django_q.tasks import async_task

from debtflow import embedded_postgres, health

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).parents[2]
PATIENCE = 30


@pytest.fixture
def worker(transactional_db: None, embedded_cluster: embedded_postgres.Cluster) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process on this test's database, as the application's role, with nothing else to do."""
    Schedule.objects.all().delete()
    cache.delete(health.WORKER_HEARTBEAT)
    url = embedded_cluster.url("app").rpartition("/")[0] + "/" + str(connection.settings_dict["NAME"])
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "worker"], cwd=ROOT, env=inherited | {"DEBUG": "1", "DATABASE_URL": url}
    )
    wait_for(lambda: cache.get(health.WORKER_HEARTBEAT))
    yield process
    process.terminate()
    process.wait(PATIENCE)


def wait_for(truth: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not truth():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_running_job_is_finished_before_the_worker_ends(worker: subprocess.Popen[bytes]) -> None:
    job = async_task("debtflow.jobs.run", "time.sleep", "", "", [1])
    wait_for(lambda: OrmQ.objects.filter(lock__gt=timezone.now() + timedelta(minutes=1)).exists())
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0
    assert Success.objects.filter(id=job).exists()


def test_what_is_due_starts_within_seconds(worker: subprocess.Popen[bytes]) -> None:
    began = timezone.now()
    Schedule.objects.create(
        name="due", func="debtflow.jobs.run", args=repr(("time.sleep", "", "", [0])), schedule_type=Schedule.ONCE
    )
    wait_for(lambda: Success.objects.filter(group="due").exists())
    assert Success.objects.get(group="due").started - began < timedelta(seconds=5)
