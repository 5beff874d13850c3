"""From enqueueing a job to its start in the worker, and what an idle worker asks of the database (SPEC §14).

The worker is the Procfile's. Run by `make bench`, or alone: `python -m tests.bench.queue [--quick]`.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable

JOBS, QUICK_JOBS = 300, 60
PAUSE = 0.05
IDLE_SECONDS, QUICK_IDLE_SECONDS = 30, 10
ACCOUNTS = 10_000
BAR_MS, BAR_IDLE = 500, 5.0


def run(*, quick: bool) -> bool:
    """Measure, print a table, say whether the bars hold."""
    from tests.bench.worklist_data import ROOT, copied

    jobs, seconds = (QUICK_JOBS, QUICK_IDLE_SECONDS) if quick else (JOBS, IDLE_SECONDS)
    command = [sys.executable, "-m", "tests.bench.queue", "--measure", str(jobs), str(seconds)]
    with copied(ACCOUNTS) as environment:
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen([sys.executable, "manage.py", "worker"], env=environment, cwd=ROOT, **silent) as worker:
            try:
                done = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
            finally:
                worker.terminate()
    found = json.loads(done.stdout.splitlines()[-1])
    holds = found["p95"] <= BAR_MS and found["idle"] < BAR_IDLE
    print(f"{'queue':<24}{'ms':>9}{'p95':>7}{'idle transactions a second':>29}")
    mark = "" if holds else "   over the bar"
    print(f"{'enqueue to start':<24}{found['ms']:>9.1f}{found['p95']:>7.1f}{found['idle']:>29.1f}{mark}")
    print(f"bars: p95 <= {BAR_MS} ms, idle < {BAR_IDLE} a second")
    return holds


# --- within the measured process ------------------------------------------------------------------------------


def nothing() -> None:
    """The job: when it is done it has begun."""


def measure(jobs: int, seconds: float) -> dict[str, float]:
    """Milliseconds until each job, which does nothing, had run; and transactions a second while nothing is to do."""
    import django

    django.setup()
    from django.core.cache import cache
    from django.utils import timezone
    from django_q.models import Schedule, Task

    from core import jobs as queue
    from debtflow import health
    from tests.bench.figures import figures

    Schedule.objects.all().delete()  # what recurs is work of its own
    _wait(lambda: cache.get(health.WORKER_HEARTBEAT))
    sent = {}
    while len(sent) < jobs:
        at = timezone.now()
        sent[queue.enqueue("tests.bench.queue.nothing")] = at
        time.sleep(PAUSE)
    _wait(lambda: Task.objects.filter(pk__in=sent).count() == jobs)
    done = dict(Task.objects.filter(pk__in=sent).values_list("pk", "stopped"))
    times = [(done[key] - at).total_seconds() * 1000 for key, at in sent.items()]
    return figures(times) | {"idle": _idle(seconds)}


def _wait(truth: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not truth():
        if time.monotonic() > deadline:
            raise SystemExit("The worker does not work.")
        time.sleep(0.2)


def _idle(seconds: float) -> float:
    _rest(12)  # the last results are written
    before = _transactions()
    _rest(seconds)
    return (_transactions() - before - 1) / seconds


def _rest(seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(left)


def _transactions() -> int:
    """Of this database until now; our own question is one of them."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    if "--measure" in sys.argv:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "debtflow.settings")
        print(json.dumps(measure(int(sys.argv[-2]), float(sys.argv[-1]))))
    else:
        sys.exit(0 if run(quick="--quick" in sys.argv) else 1)
