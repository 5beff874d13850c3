"""Placement files of 5,000 to 200,000 rows, made once outside the repository, and fresh databases to import them.

Of each kind the same rows: as we would like them ("csv"); with the separator, encoding, titles, dates and amounts of a
creditor ("mapped"); in fixed width ("fixed"); as a workbook with real numbers and dates ("xlsx").
"""

import csv
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import psycopg
import xlsxwriter

from debtflow import embedded_postgres
from tests.bench.worklist_data import HOME, ROOT

EMPTY, SCRATCH = "imports_empty", "imports_scratch"
FIRST = ("Marisol", "Terrence", "Yolanda", "Desmond", "Priya", "Walter", "Ingrid", "Hector", "Latoya", "Sean")
LAST = ("Whitfield", "Okafor", "Brandt", "Castellanos", "Nguyen", "Harlan", "Petrov", "Ellison", "Mbeki", "Quiroz")
PLACES = (
    ("Columbus", "OH", "43215", "614"),
    ("Phoenix", "AZ", "85004", "602"),
    ("Denver", "CO", "80202", "303"),
    ("Seattle", "WA", "98101", "206"),
    ("Tampa", "FL", "33602", "813"),
    ("Honolulu", "HI", "96813", "808"),
)
COLUMNS = (
    *("external_ref", "debtor_name", "debtor_external_ref", "debtor_ssn_last4", "debtor_email", "debtor_phone"),
    *(
        "address_line1",
        "city",
        "state",
        "zip",
        "original_amount",
        "due_date",
        "creditor_name",
        "account_type",
        "branch",
    ),
)
WIDTHS = (16, 30, 20, 4, 40, 20, 40, 20, 2, 10, 14, 10, 30, 20, 12)
AMOUNT, DUE, BRANCH = (COLUMNS.index(name) for name in ("original_amount", "due_date", "branch"))
_MAPPED_TITLES = tuple(f"Col. {name}" for name in COLUMNS)

type Rows = Iterable[list[str]]


def _csv(file: Path, rows: Rows) -> None:
    with file.open("w", newline="") as output:
        writer = csv.writer(output)
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def _mapped(file: Path, rows: Rows) -> None:
    with file.open("w", newline="", encoding="cp1252") as output:
        writer = csv.writer(output, delimiter=";")
        writer.writerow(_MAPPED_TITLES)
        for row in rows:
            year, month, day = row[DUE].split("-")
            row[DUE] = f"{month}/{day}/{year}"
            row[AMOUNT] = f"{float(row[AMOUNT]):,.2f}".translate(str.maketrans(",.", ".,"))
            row[BRANCH] += " – Süd"
            writer.writerow(row)


def _fixed(file: Path, rows: Rows) -> None:
    with file.open("w", newline="") as output:
        for row in rows:
            output.write("".join(map(str.ljust, row, WIDTHS)) + "\r\n")


def _xlsx(file: Path, rows: Rows) -> None:
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet, day = book.add_worksheet("Placements"), book.add_format({"num_format": "mm/dd/yyyy"})
        sheet.write_row(0, 0, COLUMNS)
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, row)
            sheet.write_number(number, AMOUNT, float(row[AMOUNT]))
            sheet.write_datetime(number, DUE, date.fromisoformat(row[DUE]), day)


WRITERS: dict[str, Callable[[Path, Rows], None]] = {"csv": _csv, "mapped": _mapped, "fixed": _fixed, "xlsx": _xlsx}
# What a mapping says of the kind (`imports.mapping.Spec`).
SPECS = {
    "csv": {},
    "mapped": {
        "fields": {name: {"columns": [f"Col. {name}"]} for name in COLUMNS if name != "branch"},
        "date_format": "MM/DD/YYYY",
        "amount_format": "eu",
    },
    "fixed": {
        "layout": [
            {"name": name, "start": 1 + sum(WIDTHS[:place]), "length": WIDTHS[place]}
            for place, name in enumerate(COLUMNS)
        ]
    },
    "xlsx": {},
}


def placements_file(rows: int, kind: str = "csv", prefix: str = "NGH") -> Path:
    """The file of that many rows; one debtor in ten has two accounts."""
    file = HOME / "files" / f"placements_{prefix}_{rows}.{kind}"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".part")
        rng = random.Random(prefix)
        WRITERS[kind](unfinished, (_row(number, prefix, rng) for number in range(rows)))
        unfinished.rename(file)
    return file


def _row(number: int, prefix: str, rng: random.Random) -> list[str]:
    city, state, zip_code, area = rng.choice(PLACES)
    person = number - 1 if number % 10 == 9 else number
    shared = random.Random(person)
    return [
        f"{prefix}-{number:07}",
        f"{shared.choice(FIRST)} {shared.choice(LAST)}",
        f"P-{prefix}-{person:07}",
        f"{shared.randrange(10_000):04}",
        f"debtor{person}@mail.example",
        f"({area}) 555-{rng.randrange(10_000):04}",
        f"{shared.randrange(1, 9900)} Maple Avenue",
        city,
        state,
        zip_code,
        f"{rng.randrange(4_500, 980_000) / 100:.2f}",
        f"2026-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}",
        "Northgate Hospital",
        rng.choice(("medical", "credit_card", "utility")),
        rng.choice(("Main", "North", "Riverside")),
    ]


def fresh_database() -> dict[str, str]:
    """The variables with which a process works on a newly migrated, empty database."""
    HOME.mkdir(parents=True, exist_ok=True)
    cluster = embedded_postgres.ensure(HOME / "imports")
    owner, app = (cluster.url(role).rsplit("/", 1)[0] for role in ("owner", "app"))  # type: ignore[arg-type]
    variables = {
        **os.environ,
        "DEBUG": "1",
        "DJANGO_SETTINGS_MODULE": "debtflow.settings",
        "DATABASE_OWNER_URL": f"{owner}/{EMPTY}",
        "DATABASE_URL": f"{app}/{SCRATCH}",
        "DEBTFLOW_DATA": str(HOME / "import-files"),
        "PYTHONPATH": str(ROOT),
    }
    with psycopg.connect(f"{owner}/postgres", autocommit=True) as admin:
        if not _migrated:
            admin.execute(f"DROP DATABASE IF EXISTS {EMPTY} WITH (FORCE)".encode())
            admin.execute(f"CREATE DATABASE {EMPTY}".encode())
            command = [sys.executable, str(ROOT / "manage.py"), "migrate", "-v0", "--skip-checks"]
            subprocess.run(command, env={**variables, "DEBTFLOW_DB_ROLE": "owner"}, check=True, cwd=ROOT)
            _migrated.append(True)
        admin.execute(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)".encode())
        admin.execute(f"CREATE DATABASE {SCRATCH} TEMPLATE {EMPTY}".encode())
        admin.execute(b"CHECKPOINT")
    return variables


_migrated: list[bool] = []
