"""Where does the stand-in keep its objects? One SQLite file, so that they survive a restart."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from debtflow.demo.local_stripe import accounts
from debtflow.demo.local_stripe.errors import JSON

SCHEMA = f"""
CREATE TABLE IF NOT EXISTS accounts ({accounts.columns()});
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT, id TEXT, kind TEXT, created INTEGER, body TEXT,
    UNIQUE (account, id));
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (account, kind, seq);
CREATE INDEX IF NOT EXISTS objects_by_id ON objects (id);
CREATE INDEX IF NOT EXISTS objects_of_kind ON objects (kind, account);
CREATE TABLE IF NOT EXISTS idempotency (
    account TEXT, key TEXT, endpoint TEXT, params TEXT, status INTEGER, body TEXT, created REAL,
    PRIMARY KEY (account, key));
CREATE TABLE IF NOT EXISTS settings (account TEXT, name TEXT, value TEXT, PRIMARY KEY (account, name));
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT, endpoint TEXT, event TEXT, due REAL,
    attempts INTEGER DEFAULT 0, state TEXT, status INTEGER);
CREATE INDEX IF NOT EXISTS deliveries_by_state ON deliveries (state, due);
"""


class Store:
    """Objects by account, each a JSON document. One connection, one thread at a time.

    Keys of a document that begin with `_` are ours; `public` leaves them out.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._depth = 0
        self._connection = sqlite3.connect(
            folder / "stripe.sqlite3", isolation_level=None, check_same_thread=False, timeout=20
        )
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(SCHEMA)
        self.accounts = accounts.Accounts(self)

    @classmethod
    @contextmanager
    def opened(cls, folder: Path) -> Iterator["Store"]:
        with closing(cls(folder)) as store:
            yield store

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and nobody else meanwhile; a transaction within one belongs to it."""
        with self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._connection.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._connection.execute("COMMIT")

    def run(self, statement: str, *values: Any) -> int:
        """How many rows it changed."""
        with self._lock:
            return self._connection.execute(statement, values).rowcount

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def row(self, statement: str, *values: Any) -> tuple[Any, ...] | None:
        return next(iter(self.rows(statement, *values)), None)

    def save(self, account: str, thing: JSON) -> None:
        self.run(
            "INSERT INTO objects (account, id, kind, created, body) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (account, id) DO UPDATE SET body = excluded.body",
            *(account, thing["id"], thing["object"], thing.get("created", 0), json.dumps(thing)),
        )

    def delete(self, account: str, wanted: str) -> None:
        self.run("DELETE FROM objects WHERE account = ? AND id = ?", account, wanted)

    def find(self, account: str, wanted: str) -> JSON | None:
        row = self.row("SELECT body FROM objects WHERE account = ? AND id = ?", account, wanted)
        return None if row is None else json.loads(row[0])

    def owner(self, wanted: str) -> str | None:
        """The account of an object, for pages that a debtor opens without a key."""
        row = self.row("SELECT account FROM objects WHERE id = ?", wanted)
        return None if row is None else str(row[0])

    def all(self, account: str, kind: str, **where: Any) -> list[JSON]:
        """Every object of that kind whose fields are so, newest first."""
        conditions = "".join(f" AND json_extract(body, '$.{field}') = ?" for field in where)
        statement = f"SELECT body FROM objects WHERE account = ? AND kind = ?{conditions} ORDER BY seq DESC"  # noqa: S608
        return [json.loads(row[0]) for row in self.rows(statement, account, kind, *where.values())]

    def setting(self, account: str, name: str) -> Any:
        row = self.row("SELECT value FROM settings WHERE account = ? AND name = ?", account, name)
        return None if row is None else json.loads(row[0])

    def set(self, account: str, name: str, value: Any) -> None:
        self.run("INSERT OR REPLACE INTO settings VALUES (?, ?, ?)", account, name, json.dumps(value))


def public(thing: Any) -> Any:
    """What the world sees of an object: nothing that begins with `_`."""
    if isinstance(thing, dict):
        seen = {name: value for name, value in thing.items() if not name.startswith("_")}
        return {name: value if name == "metadata" else public(value) for name, value in seen.items()}
    if isinstance(thing, list):
        return [public(value) for value in thing]
    return thing
