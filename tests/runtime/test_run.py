"""`make run` starts everything, stops everything, and starts again after being killed."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from debtflow.embedded_postgres import free_port

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
PATIENCE = 60


@dataclass
class Copy:
    """A data folder and a port of its own, as a second checkout has."""

    data: Path
    port: int
    runs: list["Run"] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        return inherited | {"DEBUG": "1", "PORT": str(self.port), "DEBTFLOW_DATA": str(self.data)}

    def start(self) -> "Run":
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run", "--accounts", "20"],
            cwd=ROOT,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.runs.append(Run(self, process))
        return self.runs[-1]


@dataclass
class Run:
    copy: Copy
    process: subprocess.Popen[str]
    output: str = ""

    def wait_until_ready(self) -> str:
        """What it printed so far, up to the block with address and logins."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.output += line
            if "Ctrl-C stops" in line:
                return self.output
        pytest.fail(f"It ended before it was ready:\n{self.output}")

    def ask(self, path: str) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.copy.port}{path}", timeout=10) as response:
            return json.load(response)

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=PATIENCE)
        return self.process.returncode


def processes_of(data: Path) -> list[str]:
    """Every process that carries this data folder in its environment or command line."""
    found = []
    for process in psutil.process_iter():
        try:
            traces = [*process.cmdline(), process.environ().get("DEBTFLOW_DATA", "")]
            if process.pid != os.getpid() and any(str(data) in trace for trace in traces):
                found.append(f"{process.pid} {' '.join(process.cmdline())}")
        except psutil.Error:
            continue
    return found


def wait_until_nothing_is_left(data: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while left := processes_of(data):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


@pytest.fixture
def copy() -> Iterator[Copy]:
    with tempfile.TemporaryDirectory(prefix="debtflow-run-") as folder:
        Path(folder).chmod(0o711)
        copy = Copy(Path(folder, "data"), free_port())
        yield copy
        for run in copy.runs:
            run.process.kill()
            run.process.communicate()
        subprocess.run([sys.executable, "manage.py", "reset"], cwd=ROOT, env=copy.environment(), check=True)
        assert not copy.data.exists()


def test_it_starts_stops_and_survives_being_killed(copy: Copy) -> None:
    first = copy.start()
    printed = first.wait_until_ready()
    assert f"http://localhost:{copy.port}/" in printed
    assert "demo.admin / Demo@2026" in printed
    assert "sftp -P" in printed
    stand_in = printed.split("Stripe stand-in", 1)[1].split()[0]
    with urllib.request.urlopen(stand_in, timeout=10) as page:
        assert "No money moves" in page.read().decode()
    assert first.ask("/health/") == {"status": "ok"}

    twice = copy.start()
    assert twice.process.communicate(timeout=PATIENCE)[0].strip().endswith(f"process {first.process.pid}.")
    assert first.ask("/ready/")["checks"]["database"] == {"ok": True}

    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    second = copy.start()
    second.wait_until_ready()
    assert second.ask("/ready/")["checks"]["migrations"] == {"ok": True, "unapplied": 0}

    assert second.end(signal.SIGINT) == 0
    wait_until_nothing_is_left(copy.data)
