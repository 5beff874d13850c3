"""The account page beside its limit, at 10,000, 100,000 and 1,000,000 accounts (SPEC §14).

The account has a past: forty events, ten entries of its balance, a promise, a hold, three numbers, five other accounts
of the debtor. A collector opens it, and an admin, who also sees whom it could be given to. Page and limit take turns in
a copy of the worklist's database. Run by `make bench`, or alone: `python -m tests.bench.account_page [--quick]`.
"""

import json
import os
import subprocess
import sys
from typing import Any

SIZES, QUICK_SIZES = (10_000, 100_000, 1_000_000), (10_000,)
ROUNDS, QUICK_ROUNDS = 120, 60
BAR_LIMIT, BAR_QUERIES = 2.5, 10


def run(*, quick: bool) -> bool:
    """Measure, print a table, say whether every bar holds."""
    from tests.bench.worklist_data import ROOT, copied

    print(f"{'account page':<24}{'accounts':>10}{'page ms':>9}{'p95':>7}{'limit ms':>10}{'ratio':>7}{'queries':>9}")
    fine = True
    for size in QUICK_SIZES if quick else SIZES:
        rounds = str(QUICK_ROUNDS if quick else ROUNDS)
        command = [sys.executable, "-m", "tests.bench.account_page", "--measure", rounds]
        with copied(size) as environment:
            done = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        for one in json.loads(done.stdout.splitlines()[-1]):
            ratio = one["ms"] / one["limit_ms"]
            holds = ratio <= BAR_LIMIT and one["queries"] <= BAR_QUERIES
            fine = fine and holds
            print(
                f"{one['page']:<24}{size:>10,}{one['ms']:>9.2f}{one['p95']:>7.2f}{one['limit_ms']:>10.2f}{ratio:>7.2f}"
                f"{one['queries']:>9}{'' if holds else '   over the bar'}"
            )
    print(f"bars: ratio <= {BAR_LIMIT}, queries <= {BAR_QUERIES}")
    return fine


# --- within the process of one size ---------------------------------------------------------------------------


def measure(rounds: int) -> list[dict[str, Any]]:
    """The page of a collector and of an admin, each in turns with the limit."""
    from tests.bench.worklist import beside, pairs, serve_limit, signed_in, warm_queries

    results = []
    for who, username in (("a collector's", "user1"), ("an admin's", "user0")):
        browser = signed_in(username)
        from tests.bench.account_page_data import account_with_a_past, limit_of

        account = account_with_a_past()
        serve_limit(limit_of(account, colleagues=username == "user0"))
        page = f"/accounts/{account}/"
        asked = warm_queries(browser, page)
        results.append({"page": who, "queries": asked} | beside(pairs(browser, page, rounds)))
    return results


if __name__ == "__main__":
    if "--measure" in sys.argv:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "debtflow.settings")
        print(json.dumps(measure(int(sys.argv[-1]))))
    else:
        sys.exit(0 if run(quick="--quick" in sys.argv) else 1)
