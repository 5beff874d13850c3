"""The dashboard at 100,000 and 1,000,000 accounts, with three payments each (SPEC §14).

Beside it the same figures by hand-written SQL over the rows themselves, with the best index for them: what the page
would cost without summaries. Run by `make bench`, or alone: `python -m tests.bench.dashboard [--quick]`.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from tests.bench import sizes
from tests.bench.figures import p95

SIZES, QUICK_SIZES = (100_000, 1_000_000), (10_000,)
TURNS, AT_A_TURN = 12, 5  # of a page; reports have a third of the turns
BAR_MS, BAR_GROWTH, BAR_QUERIES = 150, 1.5, 10
SQL = Path(__file__).with_name("dashboard_data.sql")
INDEX = """
CREATE INDEX bench_collected ON core_balanceentry (agency_id, created_at) INCLUDE (kind, amount, payment, account_id)
"""
LIMIT = """
SELECT sum(-e.amount) FILTER (WHERE e.created_at >= now() - interval '30 days'),
       sum(-e.amount) FILTER (WHERE e.created_at < now() - interval '30 days')
FROM core_balanceentry e WHERE e.agency_id = %(agency)s AND e.created_at >= now() - interval '60 days'
  AND e.kind IN ('payment', 'refund', 'chargeback');
SELECT date_trunc('day', e.created_at AT TIME ZONE 'America/Chicago'), sum(-e.amount) FROM core_balanceentry e
WHERE e.agency_id = %(agency)s AND e.created_at >= now() - interval '60 days'
  AND e.kind IN ('payment', 'refund', 'chargeback') GROUP BY 1;
SELECT p.collector_id, sum(-e.amount) FROM core_balanceentry e JOIN payments_payment p ON p.id = e.payment
WHERE e.agency_id = %(agency)s AND e.created_at >= now() - interval '30 days'
  AND e.kind IN ('payment', 'refund', 'chargeback') GROUP BY 1;
SELECT status, count(*), sum(current_balance) FROM core_account WHERE agency_id = %(agency)s GROUP BY 1;
SELECT width_bucket(current_date - due_date, ARRAY[0, 31, 61, 91]), count(*), sum(current_balance) FROM core_account
WHERE agency_id = %(agency)s AND status NOT IN ('settled', 'closed') GROUP BY 1;
SELECT count(*), sum(current_balance) FROM core_account WHERE agency_id = %(agency)s
  AND status NOT IN ('settled', 'closed') AND greatest(last_contact_at, created_at) < now() - interval '30 days';
"""


def run(*, quick: bool) -> bool:
    """Measure, print a table, say whether every bar holds."""
    environments = {size: environment(size) for size in (QUICK_SIZES if quick else SIZES)}
    with sizes.processes("tests.bench.dashboard", environments) as asked:
        return _report(_measured(asked))


def _measured(asked: dict[int, sizes.Ask]) -> dict[int, list[dict[str, Any]]]:
    """All pages at all sizes."""
    limits = {size: ask("raw") for size, ask in asked.items()}
    found: dict[int, list[dict[str, Any]]] = {size: [] for size in asked}
    for name in next(iter(asked.values()))("pages"):
        queries = {size: ask("queries", name) for size, ask in asked.items()}
        has_bar = name.startswith("dashboard")
        took: dict[int, list[float]] = sizes.in_turns(asked, name, TURNS if has_bar else TURNS // 3)
        for size, times in took.items():
            facts = {"page": name, "ms": median(times), "p95": p95(times)}
            limit = limits[size] if name == "dashboard" else None
            found[size].append(facts | {"queries": queries[size], "limit_ms": limit, "bar": has_bar})
    return found


def _report(found: dict[int, list[dict[str, Any]]]) -> bool:
    smallest, fine = min(found), True
    base = {one["page"]: one["ms"] for one in found[smallest]}
    print(f"{'dashboard':<24}{'accounts':>10}{'page ms':>9}{'p95':>7}{'growth':>8}{'queries':>9}{'raw rows ms':>13}")
    for size, pages in found.items():
        for one in pages:
            growth = one["ms"] / base[one["page"]]
            holds = one["ms"] <= BAR_MS and growth <= BAR_GROWTH and one["queries"] <= BAR_QUERIES
            fine = fine and (holds or not one["bar"])
            raw = f"{one['limit_ms']:>13.0f}" if one["limit_ms"] else f"{'':>13}"
            mark = "" if holds or not one["bar"] else "   over the bar"
            print(
                f"{one['page']:<24}{size:>10,}{one['ms']:>9.1f}{one['p95']:>7.1f}{growth:>8.2f}{one['queries']:>9}{raw}"
                f"{mark}"
            )
    print(f"bars: dashboard p50 <= {BAR_MS} ms, growth <= {BAR_GROWTH}, queries <= {BAR_QUERIES}")
    return fine


def environment(accounts: int) -> dict[str, str]:
    """The variables for a database of that size with payments; made once from that of the worklist."""
    from tests.bench import worklist_data as data

    variables = data.environment(accounts)
    owner, name = variables["DATABASE_OWNER_URL"].rsplit("/", 1)[0], f"dashboard_{accounts}"
    ends = {one: f"{variables[one].rsplit('/', 1)[0]}/{name}" for one in ("DATABASE_OWNER_URL", "DATABASE_URL")}
    if not data.is_ready(owner, name, SQL):
        _make(owner, name, accounts, variables | ends)
    data.migrate(variables | ends)
    return variables | ends


def _make(owner: str, name: str, accounts: int, variables: dict[str, str]) -> None:
    from tests.bench import worklist_data as data

    print(f"making {3 * accounts:,} payments, once ...", file=sys.stderr, flush=True)
    with psycopg.connect(f"{owner}/postgres", autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        admin.execute(f"CREATE DATABASE {name} TEMPLATE worklist_{accounts}".encode())
        data.migrate(variables)
        with psycopg.connect(f"{owner}/{name}", autocommit=True, cursor_factory=psycopg.ClientCursor) as database:
            database.execute(SQL.read_bytes())
            database.execute(INDEX.encode())
        command = [sys.executable, str(data.ROOT / "manage.py"), "rebuild_tallies"]
        subprocess.run(command, env=variables, cwd=data.ROOT, check=True, stdout=sys.stderr)
        with psycopg.connect(f"{owner}/{name}", autocommit=True) as database:
            database.execute(b"VACUUM ANALYZE")
        admin.execute(f"COMMENT ON DATABASE {name} IS '{data.version(SQL)}'".encode())


# --- within the process of one size ---------------------------------------------------------------------------


def answer() -> None:
    """Answer what the parent asks: the pages by name, what one of them costs, and what the figures cost without it."""
    from tests.bench.worklist import ask, queries, signed_in

    browser = signed_in()
    pages = _pages(browser)

    def asked(name: str) -> int:  # warm: the navigation asks for its number anew every twenty seconds
        for _ in range(5):
            ask(browser, pages[name])
        return queries(browser, pages[name])

    def times(name: str) -> list[float]:
        return [ask(browser, pages[name]) for _ in range(AT_A_TURN)]

    sizes.answer({"pages": lambda: list(pages), "raw": _raw, "queries": asked, "times": times})


def _pages(browser: Any) -> dict[str, str]:
    """The dashboard whole, by quarter, by creditor and by collector, and the reports."""
    page = browser.get("/dashboard/").content.decode()
    creditor, collector = (_first_option(page, name) for name in ("creditor", "collector"))
    reports = sorted(set(re.findall(r'href="(/reports/[a-z-]+/)"', browser.get("/reports/").content.decode())))
    return {
        "dashboard": "/dashboard/",
        "dashboard, quarter": "/dashboard/?period=quarter",
        "dashboard, a creditor": f"/dashboard/?creditor={creditor}",
        "dashboard, a collector": f"/dashboard/?collector={collector}",
    } | {f"report {path.split('/')[2]}": path for path in reports}


def _first_option(page: str, name: str) -> str:
    found = re.search(rf'<select[^>]*name="{name}".*?<option value="([0-9a-f-]{{36}})"', page, re.DOTALL)
    assert found, f"no {name} to choose"
    return found[1]


def _raw() -> float:
    """Milliseconds of the same figures from the rows themselves."""
    from core.models import User

    agency = User.objects.get(username="user0").agency_id
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], cursor_factory=psycopg.ClientCursor) as database:
        times = []
        for _ in range(4):
            began = time.perf_counter()
            database.execute(LIMIT.encode(), {"agency": agency})
            times.append((time.perf_counter() - began) * 1000)
    return median(times[1:])


if __name__ == "__main__":
    if "--measure" in sys.argv:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "debtflow.settings")
        answer()
    else:
        sys.exit(0 if run(quick="--quick" in sys.argv) else 1)
