"""Databases of 10,000 to 1,000,000 accounts for the worklist's measure: made once, kept outside the repository."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from debtflow import embedded_postgres

ROOT = Path(__file__).resolve().parent.parent.parent
HOME = Path(os.environ.get("DEBTFLOW_BENCH_DATA", Path.home() / ".cache" / "debtflow-bench"))
SQL = Path(__file__).with_suffix(".sql")


def environment(accounts: int) -> dict[str, str]:
    """The variables with which a process works on the database of that size; makes it when it is missing."""
    HOME.mkdir(parents=True, exist_ok=True)
    cluster = embedded_postgres.ensure(HOME / "worklist")
    name = f"worklist_{accounts}"
    owner, app = (cluster.url(role).rsplit("/", 1)[0] for role in ("owner", "app"))  # type: ignore[arg-type]
    variables = {
        **os.environ,
        "DEBUG": "1",
        "DATABASE_OWNER_URL": f"{owner}/{name}",
        "DATABASE_URL": f"{app}/{name}",
        "PYTHONPATH": str(ROOT),
    }
    if not is_ready(owner, name):
        _make(owner, name, accounts, variables)
    migrate(variables)
    return variables


@contextmanager
def copied(accounts: int) -> Iterator[dict[str, str]]:
    """The variables for a copy of that database, which may be written to and is dropped at the end."""
    variables = environment(accounts)
    copy = f"worklist_{accounts}_copy"
    owner = variables["DATABASE_OWNER_URL"].rsplit("/", 1)[0]
    with psycopg.connect(f"{owner}/postgres", autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)".encode())
        admin.execute(f"CREATE DATABASE {copy} TEMPLATE worklist_{accounts}".encode())
        try:
            ends = {
                name: f"{variables[name].rsplit('/', 1)[0]}/{copy}" for name in ("DATABASE_OWNER_URL", "DATABASE_URL")
            }
            with TemporaryDirectory() as files:
                yield variables | ends | {"DEBTFLOW_DATA": files}
        finally:
            admin.execute(f"DROP DATABASE {copy} WITH (FORCE)".encode())


def migrate(variables: dict[str, str]) -> None:
    """Bring the tables up to date, the cache's among them, and grant them to the application."""
    manage = [sys.executable, str(ROOT / "manage.py")]
    for command in (["migrate", "-v0", "--skip-checks"], ["createcachetable"], ["migrate", "-v0", "--skip-checks"]):
        subprocess.run([*manage, *command], env={**variables, "DEBTFLOW_DB_ROLE": "owner"}, check=True, cwd=ROOT)


def is_ready(owner: str, name: str, *sql: Path) -> bool:
    """Was the database made whole, by the SQL of today?"""
    with psycopg.connect(f"{owner}/postgres", autocommit=True) as admin:
        found = admin.execute(
            "SELECT 1 FROM pg_database d JOIN pg_shdescription s ON s.objoid = d.oid"
            " WHERE datname = %s AND description = %s",
            (name, version(*sql)),
        )
        return found.fetchone() is not None


def version(*sql: Path) -> str:
    """Data made by other SQL, or into other first tables, are made again; later migrations are applied to them."""
    tables = ROOT / "core" / "migrations" / "0001_tables.py"
    return hashlib.sha256(b"".join(file.read_bytes() for file in (SQL, *sql, tables))).hexdigest()


def _make(owner: str, name: str, accounts: int, variables: dict[str, str]) -> None:
    print(f"making {accounts:,} accounts, once ...", file=sys.stderr, flush=True)
    with psycopg.connect(f"{owner}/postgres", autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        admin.execute(f"CREATE DATABASE {name}".encode())
        migrate(variables)
        facts = {"accounts": accounts, "collectors": max(5, accounts // 2500), "password": "!"}
        with psycopg.connect(f"{owner}/{name}", autocommit=True, cursor_factory=psycopg.ClientCursor) as database:
            database.execute(SQL.read_text().encode(), facts)
            database.execute(b"VACUUM ANALYZE")
        admin.execute(f"COMMENT ON DATABASE {name} IS '{version()}'".encode())
