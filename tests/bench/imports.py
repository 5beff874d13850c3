"""The import beside its limit, for files of 5,000, 50,000 and 200,000 rows, new and again unchanged (SPEC §14).

Ours is the whole way of a file: look through, validate, apply in transactions of 1,000 with history and records, by a
worker that has worked before. The limit is COPY of rows that were validated beforehand and one plain upsert a table,
everything in one transaction, into the same tables with the same triggers, indexes and policies. Each run has a
fresh database and a process of its own; they take turns; medians are compared. PostgreSQL as `make run` starts it,
with fsync. Run by `make bench`, or alone: `python -m tests.bench.imports [--quick]`.
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

SIZES, QUICK_SIZES = (5_000, 50_000, 200_000), (5_000,)
ROUNDS = {5_000: 5, 50_000: 3, 200_000: 3}
BAR, BAR_MEGABYTES = 2.0, 30
WAYS = ("ours", "limit")
PHASES = ("new", "same")

type Run = dict[str, float]


def run(*, quick: bool) -> bool:
    """Measure, print a table, say whether every bar holds."""
    from tests.bench.import_data import ROOT, fresh_database, placements_file

    found: dict[int, dict[str, list[Run]]] = {}
    for size in QUICK_SIZES if quick else SIZES:
        file = placements_file(size)
        found[size] = {way: [] for way in WAYS}
        for _ in range(ROUNDS[size]):
            for way in WAYS:
                command = [sys.executable, "-m", "tests.bench.imports", f"--{way}", str(file)]
                environment = fresh_database()
                done = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
                found[size][way].append(json.loads(done.stdout.splitlines()[-1]))
    return _report(found)


def _report(found: dict[int, dict[str, list[Run]]]) -> bool:
    fine = True
    print(f"{'import':<10}{'rows':>10}{'ours s':>10}{'rows/s':>10}{'limit s':>10}{'ratio':>8}{'peak MB':>10}")
    for phase in PHASES:
        for size, runs in found.items():
            ours, limit = (median(run[phase] for run in runs[way]) for way in WAYS)
            peak = median(run["peak"] for run in runs["ours"])
            holds = ours / limit <= BAR or size < max(SIZES)
            fine = fine and holds
            print(
                f"{phase:<10}{size:>10,}{ours:>10.2f}{size / ours:>10,.0f}{limit:>10.2f}{ours / limit:>8.2f}"
                f"{peak:>10.1f}{'' if holds else '   over the bar'}"
            )
    growth = _growth(found)
    fine = fine and growth <= BAR_MEGABYTES
    print(f"memory grows by {growth:.1f} MB; bars: ratio <= {BAR} at 200,000 rows, growth <= {BAR_MEGABYTES} MB")
    return fine


def _growth(found: dict[int, dict[str, list[Run]]]) -> float:
    peaks = [median(run["peak"] for run in found[size]["ours"]) for size in (min(found), max(found))]
    return peaks[1] - peaks[0]


# --- within the process of one run ----------------------------------------------------------------------------


def measure(way: str, file: Path) -> Run:
    """Seconds for the file as new and as unchanged, and the peak of memory in MB."""
    import django

    django.setup()
    from core import tenancy
    from core.models import Agency

    agency = Agency.objects.create(name="Bench")
    with tenancy.working_for(agency):
        act = _ours(file) if way == "ours" else _limit(file)
        seconds = {}
        for phase in PHASES:
            begun = time.perf_counter()
            act()
            seconds[phase] = time.perf_counter() - begun
    return seconds | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _ours(file: Path) -> Any:
    from core import tenancy
    from imports import importer, receiving
    from tests.bench.import_data import placements_file

    def one(path: Path) -> None:
        with path.open("rb") as content:
            job = receiving.receive(content, path.name)
        importer.process(job.pk)
        with tenancy.transaction():
            job.refresh_from_db()
        if job.status != "completed" or job.processed_errors:
            raise SystemExit(f"The import failed: {job.error_details}")

    one(placements_file(100, prefix="WARM"))
    return lambda: one(file)


def _limit(file: Path) -> Any:
    from django.db import connection

    from core import tenancy
    from core.models import Creditor
    from imports.models import SFTPImportJob
    from tests.bench import import_limit

    rows = import_limit.validated(file)
    with tenancy.transaction():
        creditor = Creditor.objects.create(name="Northgate Hospital")

    def one() -> None:
        with tenancy.transaction(), connection.cursor() as cursor:
            job = SFTPImportJob.objects.create(file_name=file.name, file_size=file.stat().st_size)
            facts = {"agency": tenancy.current_agency_id(), "job": job.pk, "creditor": creditor.pk}
            import_limit.apply(cursor, rows, facts)

    return one


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments[:1] in (["--ours"], ["--limit"]):
        print(json.dumps(measure(arguments[0].removeprefix("--"), Path(arguments[1]))))
    else:
        raise SystemExit(not run(quick="--quick" in arguments))
