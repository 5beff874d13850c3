"""Pages while a file of 200,000 rows is imported into the same agency, beside the same pages idle (SPEC §14).

A copy of the worklist's database of 100,000 accounts; one process asks pages in turns, another imports. Run by
`make bench`, or alone: `python -m tests.bench.under_import [--quick]`.
"""

import json
import os
import subprocess
import sys
import time
from itertools import cycle
from typing import Any

from tests.bench.figures import p95

ACCOUNTS, ROWS, QUICK_ROWS = 100_000, 200_000, 20_000
IDLE_ROUNDS = 100
BAR = 2.0
AGENCY = "Harborline Recovery"


def run(*, quick: bool) -> bool:
    """Measure, print a line, say whether the bar holds."""
    from tests.bench.import_data import placements_file
    from tests.bench.worklist_data import ROOT, copied

    file = placements_file(QUICK_ROWS if quick else ROWS)
    with copied(ACCOUNTS) as environment:
        command = [sys.executable, "-m", "tests.bench.under_import", "--measure", str(file)]
        done = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    ratio = found["busy_p95"] / found["idle_p95"]
    print(
        f"{'pages under import':<24}{found['rows']:>10,} rows in {found['seconds']:.0f} s:"
        f" p95 {found['busy_p95']:.1f} ms of {found['asked']} pages, idle {found['idle_p95']:.1f} ms, ratio {ratio:.2f}"
        f"{'' if ratio <= BAR else '   over the bar'}; bar {BAR}"
    )
    return bool(ratio <= BAR)


# --- within the process that asks ------------------------------------------------------------------------------


def measure(file: str) -> dict[str, Any]:
    """Idle first, then for as long as the import runs."""
    from tests.bench.worklist import ask, signed_in

    browser = signed_in()
    paths = ["/worklist/", "/worklist/?priority=3&sort=-balance", "/worklist/?q=whitford", "/imports/"]
    for path in paths * 3:
        ask(browser, path)
    idle = [ask(browser, path) for path, _ in zip(cycle(paths), range(IDLE_ROUNDS * len(paths)), strict=False)]
    began = time.perf_counter()
    command = [sys.executable, "manage.py", "import_file", file, "--agency", AGENCY, "--json"]
    busy = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as importing:
        for path in cycle(paths):
            busy.append(ask(browser, path))
            if importing.poll() is not None:
                break
        assert importing.stdout is not None
        outcome = json.loads(importing.stdout.read())
    return {
        "rows": outcome["processed_ok"],
        "seconds": time.perf_counter() - began,
        "asked": len(busy),
        "idle_p95": p95(idle),
        "busy_p95": p95(busy),
    }


if __name__ == "__main__":
    if "--measure" in sys.argv:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "debtflow.settings")
        print(json.dumps(measure(sys.argv[-1])))
    else:
        sys.exit(0 if run(quick="--quick" in sys.argv) else 1)
