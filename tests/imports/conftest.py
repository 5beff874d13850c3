"""What the import tests share: files made of rows, and jobs made of files."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from core import storage, tenancy
from core.models import Agency
from debtflow import jobs
from imports import importer
from imports.fetching import visits
from imports.models import SFTPFeed, SFTPImportJob
from tests.imports import sftp_server


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


@pytest.fixture
def server(tmp_path: Path) -> Iterator[sftp_server.Server]:
    """The creditor's SFTP server."""
    with sftp_server.running(sftp_server.Server(tmp_path / "remote")) as running:
        yield running


@pytest.fixture(autouse=True)
def _second_look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "LOOK_AGAIN_SECONDS", 0.05)


def feed_of(server: sftp_server.Server, **facts: Any) -> SFTPFeed:
    """A feed of the current agency that reads that server."""
    return SFTPFeed.objects.create(
        **{
            "name": "Northgate",
            "host": "127.0.0.1",
            "port": server.port,
            "username": sftp_server.USERNAME,
            "password": sftp_server.PASSWORD,
            "host_key": server.public_key,
        }
        | facts
    )


@pytest.fixture
def feed(server: sftp_server.Server, harborline: Agency) -> Iterator[SFTPFeed]:
    """A feed of Harborline that reads that server; the test works for Harborline."""
    with tenancy.acting_for(harborline):
        made = feed_of(server)
    with tenancy.working_for(harborline):
        yield made


def work_off() -> None:
    """Run the queue until it is empty, as the worker does."""
    while (task := jobs.run_next()) is not None:
        assert task["success"], task["result"]
