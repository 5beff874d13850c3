"""How the processes of one `make run` live and die together.

Each child leads a group of its own, so that Ctrl-C reaches only us; we signal the leaders, because a job queue
whose whole group is signalled kills its running jobs. The kernel signals the children when we are killed.
"""

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

from debtflow.lifeline import dies_with_parent

GRACE_SECONDS = 20  # a running job may finish


class AlreadyRunning(RuntimeError):
    """Another `make run` uses this data folder."""


@dataclass(frozen=True)
class Child:
    name: str
    process: subprocess.Popen[bytes]
    reader: threading.Thread


class Supervisor:
    """Starts children, prefixes what they print, stops all when one ends or somebody asks."""

    def __init__(self, data_dir: Path) -> None:
        self._children: list[Child] = []
        self._stop = threading.Event()
        self._alone = _alone(data_dir)
        self._data_dir = data_dir

    def spawn(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """A child whose lines appear as `name | …`. The lock is handed down: it tells that somebody lives."""
        process = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=[self._alone.fileno()],
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )
        reader = threading.Thread(target=_print_lines, args=(name, process.stdout), daemon=True)
        reader.start()
        self._children.append(Child(name, process, reader))
        self._remember()
        return process

    def finish(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> int:
        """Run a step to its end, unless somebody asks to stop meanwhile; its exit status."""
        process = self.spawn(name, command, env)
        while process.poll() is None:
            if self._stop.wait(0.05):
                process.terminate()
                process.wait()
        child = self._children.pop()
        child.reader.join(2)
        return process.returncode

    def ask_to_stop(self) -> None:
        self._stop.set()

    @property
    def is_stopping(self) -> bool:
        return self._stop.is_set()

    def wait(self) -> str | None:
        """Until somebody asks to stop (None) or a child ends (its name: something is wrong)."""
        while not self._stop.wait(0.2):
            if name := self.ended():
                return name
        return None

    def ended(self) -> str | None:
        """The name of a child that does not run any more."""
        return next((child.name for child in self._children if child.process.poll() is not None), None)

    def stop(self) -> None:
        """Stop the children in the reverse order of their start, and whatever they left behind."""
        for child in reversed(self._children):
            _signal(child.process, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for child in reversed(self._children):
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass
            _kill_group(child.process.pid)
            child.process.wait()
            child.reader.join(1)
        self._children.clear()
        (self._data_dir / "run.pids").unlink(missing_ok=True)
        self._alone.close()

    def _remember(self) -> None:
        """For the next start: which groups to end when we were killed."""
        pids = [os.getpid(), *(child.process.pid for child in self._children)]
        (self._data_dir / "run.pids").write_text(" ".join(map(str, pids)))


def pid_of_run(data_dir: Path) -> int | None:
    """The `make run` that lives on this data folder, if any."""
    try:
        with (data_dir / "run.lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        leader = _remembered(data_dir)[:1]
        return leader[0] if leader and _exists(leader[0]) else None
    except FileNotFoundError:
        pass
    return None


def _alone(data_dir: Path) -> IO[bytes]:
    """The lock of this data folder. Leftovers of a killed run, which hold it too, are waited for, then killed."""
    file = (data_dir / "run.lock").open("ab")
    deadline = time.monotonic() + GRACE_SECONDS
    told = False
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            leader, *children = _remembered(data_dir) or [0]
            if leader and _exists(leader):
                raise AlreadyRunning(f"Already running here, as process {leader}.") from None
            if not told:
                print("The last run was killed; waiting for its processes to end.", flush=True)  # noqa: T201
                told = True
            if time.monotonic() > deadline:
                for pid in children:
                    _kill_group(pid)
            time.sleep(0.1)
        else:
            return file


def _remembered(data_dir: Path) -> list[int]:
    try:
        return [int(pid) for pid in (data_dir / "run.pids").read_text().split()]
    except (FileNotFoundError, ValueError):
        return []


def _exists(pid: int) -> bool:
    """Whether it is a living `manage.py run`: the number may have been given to somebody else since."""
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and "run" in process.cmdline()
    except psutil.Error:
        return False


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(number)


def _kill_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def _print_lines(name: str, stream: IO[bytes] | None) -> None:
    for line in stream or ():
        sys.stdout.write(f"{name:<8}| {line.decode(errors='replace')}")
        sys.stdout.flush()
