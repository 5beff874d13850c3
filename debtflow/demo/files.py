"""The demo's history begins with placement files; how are they written, and imported?"""

import hashlib
import io
from random import Random

from core import clock, storage
from debtflow.demo import placements
from debtflow.demo.placements import Row
from imports import importer
from imports.models import SFTPImportJob

__all__ = ["Row", "clean", "import_file", "spoiled"]

# Column and what stands there instead: what creditors really send.
FAULTS = (
    ("original_amount", "N/A"),
    ("original_amount", "-120.00"),
    ("debtor_ssn_last4", "12A4"),
    ("debtor_email", "j.alvarez(at)mail"),
    ("due_date", "2026-02-30"),
    ("debtor_name", ""),
    ("external_ref", ""),
)


def clean(rows: list[Row]) -> bytes:
    """The rows as CSV."""
    return placements.as_csv(iter(rows))


def spoiled(rows: list[Row], random: Random) -> bytes:
    """The rows as CSV, with one faulty line for each kind of fault among them."""
    lines = list(rows)
    for number, (column, value) in enumerate(FAULTS):
        model = random.choice(rows)
        faulty = {**model, "external_ref": f"{model['external_ref']}-{number}", column: value}
        lines.insert(random.randrange(len(lines)), faulty)
    return placements.as_csv(iter(lines))


def import_file(name: str, content: bytes) -> None:
    """Import it here and now: what the worker does with a file that came without a feed."""
    file = io.BytesIO(content)
    job = SFTPImportJob.objects.create(
        file_name=name,
        file_size=len(content),
        file_sha256=hashlib.sha256(content).hexdigest(),
        stored_file=storage.keep(file, "imports"),
        **clock.born(),
    )
    importer.process(job.pk)
