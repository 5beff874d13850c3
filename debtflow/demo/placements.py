"""What does a creditor's placement file look like? Deterministic samples: the same file on every machine.

Names and addresses are invented, telephone numbers end in 01xx (reserved for fiction), e-mail uses `.example`.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

COLUMNS = (
    *(
        "external_ref",
        "debtor_name",
        "debtor_external_ref",
        "debtor_ssn_last4",
        "debtor_email",
        "debtor_phone",
    ),
    *(
        "address_line1",
        "city",
        "state",
        "zip",
        "original_amount",
        "due_date",
        "creditor_name",
        "account_type",
    ),
    "client_branch",  # unknown to us: kept as a particular of the account
)
Row = dict[str, str]

_FIRST = (
    *("Marisol", "Terrence", "Yolanda", "Desmond", "Priya", "Walter", "Ingrid", "Hector", "Latoya", "Sean"),
    *("Beatriz", "Calvin", "Noor", "Gregory", "Simone", "Anders", "Rosa", "Malcolm", "Joyce", "Ethan"),
)
_LAST = (
    *("Whitfield", "Okafor", "Brandt", "Castellanos", "Nguyen", "Harlan", "O'Rourke", "Petrov", "Ellison"),
    *(
        "García",
        "Lindqvist",
        "Mbeki",
        "Sutter",
        "Vance",
        "Yamada",
        "Delacroix",
        "Pruitt",
        "Abernathy",
        "Quiroz",
    ),
)
_STREETS = ("Maple Avenue", "Birch Lane", "Harbor Road", "Juniper Court", "Mill Street", "Prospect Place")
# City, state, ZIP and an area code that belong together: the time zone is read from them.
_PLACES = (
    ("Columbus", "OH", "43215", "614"),
    ("Phoenix", "AZ", "85004", "602"),
    ("Denver", "CO", "80202", "303"),
    ("Seattle", "WA", "98101", "206"),
    ("Tampa", "FL", "33602", "813"),
    ("Chicago", "IL", "60601", "312"),
    ("Boston", "MA", "02108", "617"),
    ("Honolulu", "HI", "96813", "808"),
)


@dataclass(frozen=True)
class Batch:
    """One sample file: who sends it, how many rows, which of them a careful importer refuses."""

    creditor: str
    prefix: str
    rows: int
    account_type: str
    bad: tuple[tuple[int, str, str], ...] = ()  # row (from 0), column, what stands there instead

    def file_name(self, today: date) -> str:
        return f"{self.creditor.split()[0].lower()}_placements_{today:%Y-%m-%d}.csv"


BATCHES = (
    Batch(
        "Northgate Hospital",
        "NGH",
        45,
        "medical",
        bad=(
            (10, "original_amount", "N/A"),
            (21, "debtor_ssn_last4", "12A4"),
            (22, "debtor_email", "marisol.whitfield(at)mail"),
            (36, "due_date", "13/45/2026"),
            (37, "debtor_name", ""),
        ),
    ),
    Batch("Summit Card Services", "SCS", 120, "credit_card"),
    Batch("Lakeshore Power & Light", "LPL", 60, "utility"),
)


def sample_files(today: date) -> dict[str, bytes]:
    """File name to content, UTF-8 with a header line, for every sample batch."""
    return {batch.file_name(today): as_csv(rows(batch, today)) for batch in BATCHES}


def rows(batch: Batch, today: date) -> Iterator[Row]:
    """The batch's rows, bad ones included."""
    random = Random(batch.prefix)  # noqa: S311  (invented people, not secrets)
    spoiled = {number: (column, value) for number, column, value in batch.bad}
    for number in range(batch.rows):
        row = _row(batch, number, random, today)
        if number in spoiled:
            column, value = spoiled[number]
            row[column] = value
        yield row


def as_csv(rows: Iterator[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _row(batch: Batch, number: int, random: Random, today: date) -> Row:
    first, last = random.choice(_FIRST), random.choice(_LAST)
    city, state, zip_code, area = random.choice(_PLACES)
    mail = f"{first}.{last}".lower().encode("ascii", "ignore").decode().replace("'", "")
    has_mail, has_phone = random.random() < 0.8, random.random() < 0.9
    return {
        "external_ref": f"{batch.prefix}-{today:%y}{number + 1:05d}",
        "debtor_name": f"{first} {last}",
        "debtor_external_ref": f"{batch.prefix}-P{number + 1:05d}",
        "debtor_ssn_last4": f"{random.randrange(10_000):04d}",
        "debtor_email": f"{mail}{number}@mail.example" if has_mail else "",
        "debtor_phone": f"({area}) 555-01{random.randrange(100):02d}" if has_phone else "",
        "address_line1": f"{random.randrange(100, 9900)} {random.choice(_STREETS)}",
        "city": city,
        "state": state,
        "zip": zip_code,
        "original_amount": f"{Decimal(random.randrange(4_500, 980_000)) / 100:.2f}",
        "due_date": (today - timedelta(days=random.randrange(35, 400))).isoformat(),
        "creditor_name": batch.creditor,
        "account_type": batch.account_type,
        "client_branch": random.choice(("Main", "North", "Riverside")),
    }
