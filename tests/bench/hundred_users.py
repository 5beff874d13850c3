"""A hundred users, each asking a page a second apart, with two web processes (SPEC §14), beside the machine's limit.

The web server is the one of the Procfile, with the settings of production, over HTTP; each user is another collector
with a session and a desk of her own, and goes through a day: list, filter, search, next account, log a contact, back.
Then the same users ask the bare limit of the list for as long. Before each, ten users warm the processes; then all come
within a second, go some rounds unmeasured, and are at different steps of their day in the same second.
A copy of the worklist's database of 1,000,000 accounts, in which it is noon wherever a debtor is. Run by `make bench`,
or alone: `python -m tests.bench.hundred_users [--quick]`.
"""

import asyncio
import contextlib
import json
import re
import secrets
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.figures import p95
from tests.bench.hundred_users_web import KEYS, ask, production, web

USERS, SECONDS, QUICK_SECONDS = 100, 60, 20
ACCOUNTS, QUICK_ACCOUNTS = 1_000_000, 10_000
PAUSE = 1.0
STEPS = 13  # of one round
WARM_UP = 4 * STEPS * PAUSE  # until what piled up when all of them came at once is worked off
FIRST = 10  # users who come before the others, to processes that have answered nobody yet
BAR_MS = 500


@dataclass
class Found:
    """Milliseconds of every answer by what was asked, and what went wrong."""

    seconds: float
    begins: float = 0.0
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    troubles: list[str] = field(default_factory=list)

    @property
    def everything(self) -> list[float]:
        """All answers, the fastest first."""
        return sorted(one for found in self.times.values() for one in found)

    @property
    def p95(self) -> float:
        """What one answer in twenty exceeds; without any answer, no bar holds."""
        return p95(self.everything) if self.times else float("inf")

    @property
    def a_second(self) -> float:
        """Pages answered in a second."""
        return len(self.everything) / self.seconds


def run(*, quick: bool) -> bool:
    """Measure, print a table, say whether the bar holds."""
    from tests.bench.worklist_data import ROOT, copied

    with copied(QUICK_ACCOUNTS if quick else ACCOUNTS) as environment:
        product, limit = measure(environment | KEYS, ROOT, QUICK_SECONDS if quick else SECONDS)
    return _report(product, limit)


def measure(environment: dict[str, str], root: Path, seconds: float) -> tuple[Found, Found]:
    """The product's day and the limit, one after the other, on the same server."""
    command = [sys.executable, "-m", "tests.bench.hundred_users_data", str(USERS)]
    prepared = subprocess.run(command, env=environment, cwd=root, check=True, stdout=subprocess.PIPE, text=True)
    facts = json.loads(prepared.stdout.splitlines()[-1])
    with web(production(environment), root) as port:
        return asyncio.run(_all(_User, port, facts, seconds)), asyncio.run(_all(_AtTheLimit, port, facts, seconds))


def _report(product: Found, limit: Found) -> bool:
    print(f"{f'{USERS} users':<24}{'asked':>10}{'p50 ms':>9}{'p95':>8}{'max':>8}{'a second':>10}")
    lines = [(name, Found(product.seconds, times={name: times})) for name, times in sorted(product.times.items())]
    for name, found in [*lines, ("all", product), ("limit of the list", limit)]:
        if ordered := found.everything:
            middle, most = ordered[len(ordered) // 2], ordered[-1]
            print(f"{name:<24}{len(ordered):>10,}{middle:>9.0f}{found.p95:>8.0f}{most:>8.0f}{found.a_second:>10.1f}")
    troubles = product.troubles + limit.troubles
    holds = product.p95 < BAR_MS and not troubles
    mark = "" if holds else "   over the bar"
    print(f"{len(troubles)} errors {troubles[:3] or ''}; bar: p95 of all < {BAR_MS} ms, no error{mark}")
    return holds


# --- the users -------------------------------------------------------------------------------------------------


async def _all(kind: "type[_User]", port: int, facts: dict[str, Any], seconds: float) -> Found:
    """What all of them found once they and the processes were warm, begun one after the other within a second."""
    early = [kind(port, session, facts, Found(0)) for session in facts["sessions"][:FIRST]]
    await asyncio.gather(*(user.works(0, 0) for user in early))
    found = Found(seconds, time.monotonic() + WARM_UP)
    users = [kind(port, session, facts, found) for session in facts["sessions"]]
    starts = [(PAUSE * n / len(users), n % STEPS, user) for n, user in enumerate(users)]
    await asyncio.gather(*(user.works(start, late) for start, late, user in starts))
    return found


class _User:
    """One browser: a session, and the token of its forms."""

    def __init__(self, port: int, session: str, facts: dict[str, Any], found: Found) -> None:
        self.port, self.facts, self.found = port, facts, found
        self.token = secrets.token_hex(16)
        self.cookies = f"sessionid={session}; csrftoken={self.token}"
        self.began = 0.0

    async def works(self, start: float, late: int) -> None:
        """Until the time is over, round after round; `late` steps behind whoever begins with the first one."""
        await asyncio.sleep(start)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(asyncio.get_running_loop().time() + self._left):
                for _ in range(late):
                    await self.ask("list", "/worklist/")
                while True:
                    await self.round()

    @property
    def _left(self) -> float:
        return self.found.begins + self.found.seconds - time.monotonic() if self.found.seconds else STEPS * PAUSE

    async def round(self) -> None:
        await self.ask("list", "/worklist/")
        await self.ask("filter", "/worklist/?priority=2&priority=3&min=500&sort=-priority")
        await self.ask("search", f"/worklist/?q={secrets.choice(self.facts['names'])}")
        place = await self.ask("next", "/worklist/next/", {})
        for _ in range(3):
            if not (found := re.match(r"/accounts/([0-9a-f-]{36})/", place)):
                self.found.troubles.append(f"next led to {place}")
                return
            status = await self.ask("account", place)
            facts = {"channel": "call", "direction": "in", "outcome": self.facts["outcome"], "expected": status}
            await self.ask("log a contact", f"/accounts/{found[1]}/contacts/", facts | {"body": "Asked to call back."})
            place = await self.ask("next", "/worklist/next/", {"after": found[1]})

    async def ask(self, name: str, path: str, form: dict[str, str] | None = None) -> str:
        """Where the answer leads, or of an account its status; a second after the last one was asked for."""
        await asyncio.sleep(max(self.began + PAUSE - time.monotonic(), 0))
        self.began = time.monotonic()
        try:
            status, headers, body = await ask(self.port, path, self.cookies, self.token, form)
        except OSError as error:
            self.found.troubles.append(f"{name}: {error}")
            return ""
        if self.began >= self.found.begins:  # an early one's are nobody's
            self.found.times[name].append((time.monotonic() - self.began) * 1000)
        if status != (200 if form is None else 303):
            self.found.troubles.append(f"{name}: {status} {headers.get('location', '')}")
        shown = re.search(r'<h1.*? data-s="(\w+)"', body)
        return shown[1] if form is None and shown else headers.get("location", "")


class _AtTheLimit(_User):
    """She asks for the same fifty rows, from one statement through a bare template, again and again."""

    async def round(self) -> None:
        await self.ask("limit", "/limit/")


if __name__ == "__main__":
    sys.exit(0 if run(quick="--quick" in sys.argv) else 1)
