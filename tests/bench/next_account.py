"""The next account to work, and the list of those who can be called now, at 10,000 and 1,000,000 accounts (SPEC §14).

At noon; in the morning, when it is day on the east coast alone; at night, when nobody may be called; and late in the
evening, when only thirty accounts at the very end of the queue may be, in Hawaii. For an admin it is the whole agency,
for a collector her desk. Each next account is asked for from the place of the last one, as a day of work does. Run by
`make bench`, or alone: `python -m tests.bench.next_account [--quick]`.
"""

import json
import os
import subprocess
import sys
import time
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.bench.figures import figures

SIZES, QUICK_SIZES = (10_000, 1_000_000), (10_000,)
ROUNDS = 100
BAR_MS = 20
NEW_YORK = ZoneInfo("America/New_York")
MOMENTS = {
    "noon": datetime(2026, 11, 24, 14, 0, tzinfo=NEW_YORK),
    "morning": datetime(2026, 11, 24, 8, 30, tzinfo=NEW_YORK),
    "evening": datetime(2026, 11, 25, 0, 30, tzinfo=NEW_YORK),
    "night": datetime(2026, 11, 25, 4, 0, tzinfo=NEW_YORK),
}
# The hindmost of the queue move to Hawaii.
HAWAII = """
UPDATE core_debtor SET time_zones = '{Pacific/Honolulu}' WHERE id IN (
    SELECT debtor_id FROM core_account WHERE status = 'new' AND next_action_at IS NULL AND priority = 0
    ORDER BY balance_cents, id LIMIT 30)
"""


def run(*, quick: bool) -> bool:
    """Measure, print a table, say whether the bar holds."""
    from tests.bench.worklist_data import ROOT, copied

    heads = "".join(f"{head:>11}{'p95':>7}" for head in ("agency ms", "desk ms", "list ms"))
    print(f"{'next account':<24}{'accounts':>10}{heads}")
    fine = True
    for size in QUICK_SIZES if quick else SIZES:
        command = [sys.executable, "-m", "tests.bench.next_account", "--measure"]
        with copied(size) as environment:
            done = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        for moment, found in json.loads(done.stdout.splitlines()[-1]).items():
            holds = all(found[who]["p95"] <= BAR_MS for who in ("agency", "desk"))
            fine = fine and holds
            figures = "".join(f"{one['ms']:>11.1f}{one['p95']:>7.1f}" for one in found.values())
            print(f"{moment:<24}{size:>10,}{figures}{'' if holds else '   over the bar'}")
    print(f"bar: p95 of next account <= {BAR_MS} ms")
    return fine


# --- within the process of one size ---------------------------------------------------------------------------


def measure() -> dict[str, dict[str, dict[str, float]]]:
    """Each moment's figures, by who asks."""
    import time_machine

    from tests.bench.worklist import ask, signed_in

    browser = signed_in()
    _someone_in_hawaii()
    results = {}
    for name, moment in MOMENTS.items():
        with time_machine.travel(moment, tick=True):
            found = {"agency": figures(_asks("user0")), "desk": figures(_asks("user1"))}
        # The session of today: only the list's moment is another.
        with time_machine.travel(moment, tick=True):
            browser.force_login(_user("user0"))
            found["list"] = figures([ask(browser, "/worklist/?callable=on") for _ in range(ROUNDS // 2)])
        results[name] = found
    return results


def _user(username: str) -> Any:
    from core.models import User

    return User.objects.get(username=username)


def _someone_in_hawaii() -> None:
    from django.db import connection

    from core import tenancy

    with tenancy.acting_for(_user("user0").agency), connection.cursor() as cursor:
        cursor.execute(HAWAII)


def _asks(username: str) -> list[float]:
    """Milliseconds of one next account after the other."""
    from core import tenancy
    from worklist.working import leases

    user, after, times = _user(username), None, []
    with tenancy.working_for(user.agency):
        for _ in range(ROUNDS):
            began = time.perf_counter()
            after = leases.next_account(user, after=after)
            times.append((time.perf_counter() - began) * 1000)
    return times


if __name__ == "__main__":
    if "--measure" in sys.argv:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "debtflow.settings")
        print(json.dumps(measure()))
    else:
        sys.exit(0 if run(quick="--quick" in sys.argv) else 1)
