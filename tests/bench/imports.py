"""The import beside its limit, for files of 5,000, 50,000 and 200,000 rows, new and again unchanged (SPEC §14).

Ours is the whole way of a file: recognise, look through, validate, apply in transactions of 1,000 with history and
records, by a worker that has worked before; for each kind of file of `import_data`. The limit is COPY of rows that were
validated beforehand and one plain upsert a table, everything in one transaction, into the same tables with the same
triggers, indexes and policies. Each run has a fresh database and a process of its own; they take turns; medians are
compared. PostgreSQL as `make run` starts it, with fsync. Run by `make bench`, or alone:
`python -m tests.bench.imports [--quick]`.
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

QUICK_SIZE = 5_000
# Kind of file to its sizes; the bar is for the largest.
SIZES = {
    "csv": (5_000, 50_000, 200_000),
    "mapped": (5_000, 200_000),
    "fixed": (5_000, 200_000),
    "xlsx": (5_000, 50_000),
}
BARS = {"csv": 2.0, "mapped": 2.0, "fixed": 2.0, "xlsx": 4.0}
BAR_MEGABYTES = 30
ROUNDS = {5_000: 5, 50_000: 3, 200_000: 3}
PHASES = ("new", "same")
LIMIT = "limit"

type Run = dict[str, float]
# By size, and by kind of file or LIMIT.
type Runs = dict[int, dict[str, list[Run]]]


def run(*, quick: bool) -> bool:
    """Measure, print a table, say whether every bar holds."""
    found: Runs = {}
    for size in ROUNDS:
        kinds = [kind for kind, sizes in SIZES.items() if size in sizes]
        if kinds and (size == QUICK_SIZE or not quick):
            found[size] = {way: [] for way in (*kinds, LIMIT)}
            for _ in range(ROUNDS[size]):
                for way, runs in found[size].items():
                    runs.append(_one_run(way, size))
    return _report(found)


def _one_run(way: str, size: int) -> Run:
    from tests.bench.import_data import ROOT, fresh_database, placements_file

    file = placements_file(size, "csv" if way == LIMIT else way)
    command = [sys.executable, "-m", "tests.bench.imports", f"--way={way}", str(file)]
    done = subprocess.run(command, env=fresh_database(), cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    run: Run = json.loads(done.stdout.splitlines()[-1])
    return run


def _report(found: Runs) -> bool:
    fine = True
    print(f"{'import':<14}{'rows':>10}{'ours s':>10}{'rows/s':>10}{'limit s':>10}{'ratio':>8}{'bar':>6}{'peak MB':>10}")
    for kind in SIZES:
        for phase in PHASES:
            for size, runs in found.items():
                if kind in runs:
                    fine = _line(kind, phase, size, runs) and fine
        growth = _growth(kind, found)
        fine = fine and growth <= BAR_MEGABYTES
        print(f"{kind}: memory grows by {growth:.1f} MB with the file; bar {BAR_MEGABYTES} MB")
    return fine


def _line(kind: str, phase: str, size: int, runs: dict[str, list[Run]]) -> bool:
    ours, limit = (median(run[phase] for run in runs[way]) for way in (kind, LIMIT))
    peak = median(run["peak"] for run in runs[kind])
    holds = ours / limit <= BARS[kind] or size < max(SIZES[kind])
    print(
        f"{kind + ' ' + phase:<14}{size:>10,}{ours:>10.2f}{size / ours:>10,.0f}{limit:>10.2f}{ours / limit:>8.2f}"
        f"{BARS[kind]:>6.1f}{peak:>10.1f}{'' if holds else '   over the bar'}"
    )
    return holds


def _growth(kind: str, found: Runs) -> float:
    peaks = [median(run["peak"] for run in runs[kind]) for runs in found.values() if kind in runs]
    return peaks[-1] - peaks[0]


# --- within the process of one run ----------------------------------------------------------------------------


def measure(way: str, file: Path) -> Run:
    """Seconds for the file as new and as unchanged, and the peak of memory in MB."""
    import django

    django.setup()
    from core import tenancy
    from core.models import Agency

    agency = Agency.objects.create(name="Bench")
    with tenancy.working_for(agency):
        act = _limit(file) if way == LIMIT else _ours(way, file)
        seconds = {}
        for phase in PHASES:
            begun = time.perf_counter()
            act()
            seconds[phase] = time.perf_counter() - begun
    return seconds | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _ours(kind: str, file: Path) -> Any:
    from core import tenancy
    from imports import importer, mapping, receiving
    from imports.models import Format
    from tests.bench.import_data import SPECS, placements_file

    form = Format.FIXED_WIDTH if kind == "fixed" else Format.CSV

    def one(path: Path) -> None:
        with path.open("rb") as content:
            job = receiving.receive(content, path.name, format=form, spec=mapping.read(SPECS[kind]))
        importer.process(job.pk)
        with tenancy.transaction():
            job.refresh_from_db()
        if job.status != "completed" or job.processed_errors:
            raise SystemExit(f"The import failed: {job.error_details or job.processed_errors}")

    one(placements_file(100, kind, prefix="WARM"))
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
    if arguments[:1] and arguments[0].startswith("--way="):
        print(json.dumps(measure(arguments[0].removeprefix("--way="), Path(arguments[1]))))
    else:
        raise SystemExit(not run(quick="--quick" in arguments))
