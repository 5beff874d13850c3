"""A hundred users, each asking a page a second apart, with two web processes (SPEC §14).

The web server is the one of the Procfile, with the settings of production, over HTTP; each user is another collector
with a session and a desk of her own, and goes through a day: list, filter, search, next account, log a contact, back.
A copy of the worklist's database of 1,000,000 accounts, in which it is noon wherever a debtor is. Run by `make bench`,
or alone: `python -m tests.bench.hundred_users [--quick]`.
"""

import asyncio
import contextlib
import json
import re
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

USERS, SECONDS, QUICK_SECONDS = 100, 60, 20
ACCOUNTS, QUICK_ACCOUNTS = 1_000_000, 10_000
PAUSE = 1.0
BAR_MS = 500
HOST = "debtflow.example"

# Sessions are signed with them.
KEYS = {
    "SECRET_KEY": "of-the-bench-alone-" + "0" * 50,
    "FIELD_ENCRYPTION_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
}

type Times = dict[str, list[float]]


def run(*, quick: bool) -> bool:
    """Measure, print a table, say whether the bar holds."""
    from tests.bench.worklist_data import ROOT, copied

    with copied(QUICK_ACCOUNTS if quick else ACCOUNTS) as environment:
        times, troubles = measure(environment | KEYS, ROOT, QUICK_SECONDS if quick else SECONDS)
    return _report(times, troubles)


def measure(environment: dict[str, str], root: Path, seconds: float) -> tuple[Times, list[str]]:
    """Milliseconds of every answer by what was asked, and what went wrong."""
    command = [sys.executable, "-m", "tests.bench.hundred_users_data", str(USERS)]
    prepared = subprocess.run(command, env=environment, cwd=root, check=True, stdout=subprocess.PIPE, text=True)
    facts = json.loads(prepared.stdout.splitlines()[-1])
    with _web(_production(environment), root) as port:
        return asyncio.run(_a_day(port, facts, seconds))


def _report(times: Times, troubles: list[str]) -> bool:
    print(f"{f'{USERS} users':<24}{'asked':>10}{'p50 ms':>9}{'p95':>8}{'max':>8}")
    everything = [one for found in times.values() for one in found]
    for name, found in [*sorted(times.items()), ("all", everything)]:
        ordered = sorted(found)
        middle, p95 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
        print(f"{name:<24}{len(found):>10,}{middle:>9.0f}{p95:>8.0f}{ordered[-1]:>8.0f}")
    holds = p95 < BAR_MS and not troubles
    mark = "" if holds else "   over the bar"
    print(f"{len(troubles)} errors {troubles[:3] or ''}; bar: p95 < {BAR_MS} ms, no error{mark}")
    return holds


def _production(environment: dict[str, str]) -> dict[str, str]:
    left_out = {"DEBUG", "DATABASE_OWNER_URL"}
    told = {"ALLOWED_HOSTS": HOST, "EMAIL_HOST": "localhost", "BEHIND_TLS_PROXY": "1"}
    return {name: value for name, value in environment.items() if name not in left_out} | told


@contextlib.contextmanager
def _web(environment: dict[str, str], root: Path) -> Iterator[int]:
    """The web server's port, while it runs as the Procfile says."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = next(line for line in (root / "Procfile").read_text().splitlines() if line.startswith("web:"))
    words = line.removeprefix("web:").replace("${PORT:-8000}", str(port)).replace("${WEB_CONCURRENCY:-2}", "2")
    collected_before = (root / "staticfiles").exists()
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], env=environment, cwd=root, check=True
    )
    serve = [sys.executable, "-m", *shlex.split(words)]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(serve, env=environment, cwd=root, **silent) as server:
        try:
            _wait_for(port, server)
            yield port
        finally:
            server.terminate()
            if not collected_before:
                shutil.rmtree(root / "staticfiles")


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The web server did not come up.")


# --- the users -------------------------------------------------------------------------------------------------


async def _a_day(port: int, facts: dict[str, Any], seconds: float) -> tuple[Times, list[str]]:
    times: Times = defaultdict(list)
    troubles: list[str] = []
    users = [_User(port, session, facts, times, troubles) for session in facts["sessions"]]
    await asyncio.gather(*(user.works(PAUSE * n / len(users), seconds) for n, user in enumerate(users)))
    return times, troubles


class _User:
    """One browser: a session, and the token of its forms."""

    def __init__(self, port: int, session: str, facts: dict[str, Any], times: Times, troubles: list[str]) -> None:
        self.port, self.facts, self.times, self.troubles = port, facts, times, troubles
        token = secrets.token_hex(16)
        self.cookies = f"sessionid={session}; csrftoken={token}"
        self.token = token
        self.began = 0.0

    async def works(self, start: float, seconds: float) -> None:
        await asyncio.sleep(start)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    await self._round()

    async def _round(self) -> None:
        await self._ask("list", "/worklist/")
        await self._ask("filter", "/worklist/?priority=2&priority=3&min=500&sort=-priority")
        await self._ask("search", f"/worklist/?q={secrets.choice(self.facts['names'])}")
        place = await self._ask("next", "/worklist/next/", {})
        for _ in range(3):
            if not (found := re.match(r"/accounts/([0-9a-f-]{36})/", place)):
                self.troubles.append(f"next led to {place}")
                return
            status = await self._ask("account", place)
            facts = {"channel": "call", "direction": "in", "outcome": self.facts["outcome"], "expected": status}
            await self._ask("log a contact", f"/accounts/{found[1]}/contacts/", facts | {"body": "Asked to call back."})
            place = await self._ask("next", "/worklist/next/", {"after": found[1]})

    async def _ask(self, name: str, path: str, form: dict[str, str] | None = None) -> str:
        """Where the answer leads, or of an account its status; a second after the last one was asked for."""
        await asyncio.sleep(max(self.began + PAUSE - time.monotonic(), 0))
        self.began = time.monotonic()
        status, headers, body = await _request(self.port, path, self.cookies, self.token, form)
        self.times[name].append((time.monotonic() - self.began) * 1000)
        if status != (200 if form is None else 303):
            self.troubles.append(f"{name}: {status} {headers.get('location', '')}")
        shown = re.search(r'<h1.*? data-s="(\w+)"', body)
        return shown[1] if form is None and shown else headers.get("location", "")


async def _request(
    port: int, path: str, cookies: str, token: str, form: dict[str, str] | None
) -> tuple[int, dict[str, str], str]:
    from urllib.parse import urlencode

    lines = [
        f"{'GET' if form is None else 'POST'} {path.split('#')[0]} HTTP/1.1",
        f"Host: {HOST}",
        f"Cookie: {cookies}",
    ]
    lines += ["X-Forwarded-Proto: https", "Connection: close", f"Origin: https://{HOST}"]
    data = b""
    if form is not None:
        data = urlencode(form | {"csrfmiddlewaretoken": token}).encode()
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(data)}"]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write("\r\n".join([*lines, "", ""]).encode() + data)
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    finally:
        writer.close()
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
    return int(first.split()[1]) if first else 0, headers, body.decode("utf-8", "replace")


if __name__ == "__main__":
    sys.exit(0 if run(quick="--quick" in sys.argv) else 1)
