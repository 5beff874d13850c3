"""The development server: started by whoever needs it, shared, and gone with its last user."""

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from debtflow import embedded_postgres

pytestmark = pytest.mark.slow
PATIENCE = 30


@pytest.fixture
def home() -> Iterator[Path]:
    """Not pytest's own folder: only its owner may enter that one, and the server of root is `nobody`."""
    with tempfile.TemporaryDirectory(prefix="debtflow-postgres-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder, "postgres")
        embedded_postgres.destroy(Path(folder, "postgres"))


def user_of(home: Path, *, then: str, tied: bool = False) -> subprocess.Popen[str]:
    """A process that needs the database, says which server it got, and does something more."""
    program = f"""
        import sys, time
        from pathlib import Path
        from debtflow import embedded_postgres
        cluster = embedded_postgres.ensure(Path({str(home)!r}), tied={tied})
        print(cluster.port, flush=True)
        {then}
    """
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def pid_of_server(home: Path) -> int:
    return int((home / "data" / "postmaster.pid").read_text().splitlines()[0])


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, f"process {pid} still runs"
        time.sleep(0.02)


def answer(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT current_user").fetchone()
    assert row
    return str(row[0])


def test_owner_and_application_sign_in_with_passwords_of_their_own(home: Path) -> None:
    cluster = embedded_postgres.ensure(home, for_tests=True)
    assert answer(cluster.url("owner")) == "postgres"
    assert answer(cluster.url("app")) == "debtflow_app"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        answer(f"postgres://postgres:wrong@127.0.0.1:{cluster.port}/debtflow")
    assert {file.stat().st_mode & 0o777 for file in home.glob("*.password")} == {0o600}


def test_the_application_role_has_no_power(home: Path) -> None:
    cluster = embedded_postgres.ensure(home, for_tests=True)
    with psycopg.connect(cluster.url("app")) as connection:
        power = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert power == (False, False, False, False)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine ()")


def test_eight_processes_at_once_get_one_server_and_the_last_one_stops_it(home: Path) -> None:
    users = [user_of(home, then="sys.stdin.read()") for _ in range(8)]
    ports = {user.stdout.readline().strip() for user in users if user.stdout}
    assert len(ports) == 1
    assert "" not in ports
    pid = pid_of_server(home)
    for user in users[1:]:
        user.communicate()
    assert psutil.pid_exists(pid)
    users[0].communicate()
    wait_until_gone(pid)


def test_two_copies_run_side_by_side(home: Path) -> None:
    first = embedded_postgres.ensure(home / "first", for_tests=True)
    second = embedded_postgres.ensure(home / "second", for_tests=True)
    assert first.port != second.port
    with psycopg.connect(first.url("owner"), autocommit=True) as connection:
        connection.execute("CREATE TABLE only_here ()")
    with psycopg.connect(second.url("owner")) as connection:
        assert connection.execute("SELECT to_regclass('only_here')").fetchone() == (None,)
    embedded_postgres.destroy(home / "first")
    embedded_postgres.destroy(home / "second")


def test_a_killed_server_starts_again_with_its_data(home: Path) -> None:
    cluster = embedded_postgres.ensure(home)
    with psycopg.connect(cluster.url("owner"), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept ()")
    os.kill(pid_of_server(home), signal.SIGKILL)
    next_user = user_of(home, then="print(sys.stdin.read())")  # we, its parent, have not even reaped it
    assert next_user.stdout
    port = next_user.stdout.readline().strip()
    with psycopg.connect(cluster.url("owner").replace(f":{cluster.port}/", f":{port}/")) as connection:
        assert connection.execute("SELECT to_regclass('kept')::text").fetchone() == ("kept",)
    next_user.communicate()


def test_a_leftover_pid_that_belongs_to_a_stranger_is_no_server(home: Path) -> None:
    cluster = embedded_postgres.ensure(home, for_tests=True)
    pid_file = home / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    cluster.stop()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert answer(embedded_postgres.ensure(home, for_tests=True).url("app")) == "debtflow_app"


def test_a_tied_server_ends_when_its_starter_is_killed(home: Path) -> None:
    starter = user_of(home, then="time.sleep(60)", tied=True)
    assert starter.stdout
    starter.stdout.readline()
    pid = pid_of_server(home)
    starter.kill()
    starter.communicate()
    wait_until_gone(pid)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server is another account's")
def test_a_folder_that_only_root_may_enter_keeps_its_data_elsewhere(home: Path) -> None:
    closed = home.parent / "closed"
    closed.mkdir(mode=0o700)
    cluster = embedded_postgres.ensure(closed / "postgres", for_tests=True)
    elsewhere = (closed / "postgres" / "elsewhere").resolve()
    assert answer(cluster.url("app")) == "debtflow_app"
    assert (elsewhere / "data").is_dir()
    embedded_postgres.destroy(closed / "postgres")
    assert not elsewhere.exists()
    assert closed.stat().st_mode & 0o777 == 0o700


def test_what_the_later_migrations_need_is_in_the_build(home: Path) -> None:
    cluster = embedded_postgres.ensure(home, for_tests=True)
    with psycopg.connect(cluster.url("owner")) as connection:
        found = connection.execute(
            "SELECT name FROM pg_available_extensions WHERE name IN ('pg_trgm', 'unaccent', 'btree_gin') ORDER BY name"
        ).fetchall()
    assert found == [("btree_gin",), ("pg_trgm",), ("unaccent",)]
