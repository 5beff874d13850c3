"""What the import tests share: files made of rows, and jobs made of files."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from core import storage
from imports import importer
from imports.models import SFTPImportJob

COLUMNS = ["external_ref", "debtor_name", "original_amount", "creditor_name"]


@pytest.fixture(autouse=True)
def _stored_here(tmp_path: Path) -> Iterator[None]:
    with override_settings(MEDIA_ROOT=tmp_path / "files"):
        yield


def csv_of(rows: list[dict[str, Any]]) -> bytes:
    """A CSV file of these rows; columns in the order of their first mention."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def row(number: int, **cells: Any) -> dict[str, Any]:
    """A valid row; its number makes it its own."""
    return {
        "external_ref": f"NGH-{number:05}",
        "debtor_name": f"Desmond Okafor {number}",
        "original_amount": f"{100 + number}.50",
        "creditor_name": "Northgate Hospital",
    } | cells


def make_job(content: bytes, name: str = "northgate.csv", **facts: Any) -> SFTPImportJob:
    """A pending job for a file of that content, within the current agency."""
    stored = storage.keep(io.BytesIO(content), "imports")
    return SFTPImportJob.objects.create(file_name=name, file_size=len(content), stored_file=stored, **facts)


@pytest.fixture
def import_file(inside: Any) -> Callable[..., SFTPImportJob]:
    """Import a file within Harborline, and give its job as it is afterwards."""

    def imported(content: bytes | list[dict[str, Any]], **facts: Any) -> SFTPImportJob:
        job = make_job(content if isinstance(content, bytes) else csv_of(content), **facts)
        importer.process(job.pk)
        job.refresh_from_db()
        return job

    return imported
