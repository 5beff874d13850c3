"""Export of 500,000 accounts: how long, how large, how much memory above idle, and every row as the database has it.

The job runs in a process of its own; what it made is opened by another library in another process, and compared row by
row with the database. Run by `make bench`, or alone: `python -m tests.bench.exports [--quick]`.
"""

import json
import os
import resource
import subprocess
import sys
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

SIZE, QUICK_SIZE = 500_000, 10_000
KINDS = ("csv", "xlsx")
BAR_MEGABYTES = 150


def run(*, quick: bool) -> bool:
    """Measure, print a table, say whether the bar holds."""
    from tests.bench.worklist_data import ROOT, copied

    size = QUICK_SIZE if quick else SIZE
    print(f"{'export':<10}{'rows':>10}{'seconds':>10}{'rows/s':>10}{'file MB':>10}{'idle MB':>10}{'above MB':>10}")
    fine = True
    with copied(size) as variables:
        for kind in KINDS:
            program = [sys.executable, "-m", "tests.bench.exports"]
            made = _told([*program, f"--make={kind}"], variables, ROOT)
            same = _told([*program, f"--compare={kind}", made["file"]], variables, ROOT)
            holds = made["above"] <= BAR_MEGABYTES and same == {"rows": size, "different": 0}
            fine = fine and holds
            print(
                f"{kind:<10}{made['rows']:>10,}{made['seconds']:>10.1f}{made['rows'] / made['seconds']:>10,.0f}"
                f"{made['megabytes']:>10.1f}{made['idle']:>10.1f}{made['above']:>10.1f}"
                f"{'' if holds else f'   over the bar, or not the same: {same}'}"
            )
    print(f"bar: at most {BAR_MEGABYTES} MB above idle; every row read again equals the database's")
    return fine


def _told(command: list[str], variables: dict[str, str], home: Path) -> Any:
    done = subprocess.run(command, env=variables, cwd=home, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


# --- within the process of one run ----------------------------------------------------------------------------


def make(kind: str) -> dict[str, Any]:
    """The real job, from the request to the stored file."""
    from django.core.files.storage import default_storage

    from core import tenancy
    from core.models import Agency, User
    from reports.exports import asking, making
    from reports.models import Export

    with tenancy.working_for(Agency.objects.get()):
        with tenancy.transaction():
            export = asking.ask(
                "worklist.accounts", "status=any&sort=created", kind, by=User.objects.get(username="user0")
            )
        idle, begun = _peak(), time.perf_counter()
        making.run()
        seconds, peak = time.perf_counter() - begun, _peak()
        with tenancy.transaction():
            export = Export.objects.get(pk=export.pk)
        if export.status != "done":
            raise SystemExit(f"The export failed: {export.error}")
        return {
            "rows": export.rows_done, "seconds": seconds, "idle": idle, "above": peak - idle,
            "megabytes": (export.file_size or 0) / 1e6, "file": default_storage.path(export.stored_file),
        }  # fmt: skip


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def compare(kind: str, file: str) -> dict[str, int]:
    """How many rows there are, and how many of them are not as an independent statement finds them."""
    from django.db import connection

    from core import tenancy
    from core.models import Agency

    rows = _csv_rows(file) if kind == "csv" else _xlsx_rows(file)
    headings = next(rows)
    different, number = 0, 0
    with tenancy.acting_for(Agency.objects.get()), connection.cursor() as cursor:
        cursor.execute(TRUTH)
        truth = iter(cursor.fetchall())
        for row in rows:
            number += 1
            cells = dict(zip(headings, row, strict=True))
            different += [_plain(cells[name]) for name in COMPARED] != list(next(truth, ()))
        different += len(list(truth))
    return {"rows": number, "different": different}


COMPARED = ("Reference", "Debtor", "Creditor", "Collector", "Original amount", "Balance", "Due date", "Placed", "Phone")
TRUTH = """
SELECT a.external_ref, d.full_name, c.name, coalesce(u.first_name || ' ' || u.last_name, ''),
    a.original_amount::text, a.current_balance::text, coalesce(a.due_date::text, ''),
    (a.created_at AT TIME ZONE 'America/Chicago')::date::text,
    coalesce(regexp_replace(p.value, '^[+]1(...)(...)(....)$', '(\\1) \\2-\\3'), '')
FROM core_account a JOIN core_debtor d ON d.id = a.debtor_id JOIN core_creditor c ON c.id = a.creditor_id
LEFT JOIN core_collector k ON k.id = a.assigned_to_id LEFT JOIN core_user u ON u.id = k.user_id
LEFT JOIN core_contactpoint p ON p.debtor_id = d.id AND p.kind = 'phone' AND p.status = 'active'
ORDER BY a.created_at, a.id
"""


def _plain(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:.2f}"
    return cell.isoformat()[:10] if isinstance(cell, date | datetime) else str(cell)


def _csv_rows(file: str) -> Any:
    import csv

    with Path(file).open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.reader(lines, strict=True)


def _xlsx_rows(file: str) -> Any:
    from python_calamine import CalamineWorkbook

    yield from CalamineWorkbook.from_path(file).get_sheet_by_name("Accounts").iter_rows()


if __name__ == "__main__":
    arguments = sys.argv[1:]
    how, _, kind = (arguments or [""])[0].partition("=")
    if how in ("--make", "--compare"):
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "debtflow.settings")
        django.setup()
        print(json.dumps(make(kind) if how == "--make" else compare(kind, arguments[1])))
    else:
        raise SystemExit(not run(quick="--quick" in arguments))
