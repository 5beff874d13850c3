"""Placement files of 5,000 to 200,000 rows, made once outside the repository, and fresh databases to import them."""

import csv
import os
import random
import subprocess
import sys

import psycopg

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


def placements_file(rows: int, prefix: str = "NGH"):
    """The file of that many rows; one debtor in ten has two accounts."""
    file = HOME / "files" / f"placements_{prefix}_{rows}.csv"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".part")
        with unfinished.open("w", newline="") as output:
            writer = csv.writer(output)
            writer.writerow(COLUMNS)
            rng = random.Random(prefix)
            writer.writerows(_row(number, prefix, rng) for number in range(rows))
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
