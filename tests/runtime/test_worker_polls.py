"""The worker's processes are free for other jobs while a server keeps a visit waiting."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django_q.models import Success
from django_q.tasks import async_task

from core import tenancy
from core.models import Account, Agency
from imports.fetching import polling
from tests.imports import sftp_server
from tests.imports.conftest import csv_of, feed_of, row
from tests.runtime.test_worker import wait_for, worker

__all__ = ["worker"]
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[sftp_server.Server]:
    with sftp_server.running(sftp_server.Server(tmp_path / "remote")) as running:
        yield running


@pytest.fixture
def _files_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBTFLOW_DATA", str(tmp_path))


@pytest.mark.usefixtures("_files_of_its_own", "worker")
def test_a_file_is_imported_while_another_server_stalls(harborline: Agency, server: sftp_server.Server) -> None:
    server.put("july.csv", csv_of([row(n) for n in range(3)]))
    with sftp_server.silent() as nowhere:
        with tenancy.acting_for(harborline):
            feed_of(server)
            feed_of(server, name="Stalls", port=nowhere)
        with tenancy.working_for(harborline):
            polling.poll_now()

        def imported() -> int:
            with tenancy.acting_for(harborline):
                return Account.objects.count()

        wait_for(lambda: imported() == 3)
        job = async_task("debtflow.jobs.run", "time.sleep", "", "", [0])
        wait_for(lambda: Success.objects.filter(id=job).exists())
        wait_for(lambda: server.names("processed") == ["july.csv"])
        assert server.names("incoming") == []
