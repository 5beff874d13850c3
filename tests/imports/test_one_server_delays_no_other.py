"""Fifty feeds, ten of whose servers take the connection and say nothing: the others are done at once."""

import time
from collections.abc import Callable

import pytest

from core import tenancy
from core.models import Agency
from debtflow import jobs
from imports.fetching import polling, side_by_side
from imports.fetching.sftp import session
from imports.models import SFTPFeed
from tests.imports import sftp_server
from tests.imports.conftest import csv_of, feed_of, row
from tests.imports.sftp_server import Server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def wait_for(holds: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def test_ten_stalled_servers_of_fifty(harborline: Agency, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "CONNECT_SECONDS", 60)  # they would stall beyond the test's patience
    monkeypatch.setattr(side_by_side, "PATIENCE_SECONDS", 0.2)
    with sftp_server.silent() as nowhere:
        with tenancy.acting_for(harborline):
            for number in range(50):
                stalls = number % 5 == 0
                feed_of(server, name=f"Feed {number}", **({"port": nowhere} if stalls else {}))
        with tenancy.working_for(None):
            polling.poll_due_feeds()
        begun = time.monotonic()
        tasks = [jobs.run_next() for _ in range(2)]
        assert [task["success"] for task in tasks if task] == [True, True]
        assert jobs.run_next() is None  # two jobs for fifty feeds
        assert time.monotonic() - begun < 10  # the worker is free again, whatever still goes on
        wait_for(lambda: server.sign_ins == 40)
    # The silent server is gone: its visits end too.
    wait_for(lambda: _failed(harborline) == 10)
    with tenancy.acting_for(harborline):
        assert SFTPFeed.objects.filter(last_error="").count() == 40


def _failed(agency: Agency) -> int:
    with tenancy.acting_for(agency):
        return SFTPFeed.objects.exclude(last_error="").count()


def test_feeds_of_several_agencies_share_a_job(harborline: Agency, northwind: Agency, server: Server) -> None:
    server.put("july.csv", csv_of([row(1)]))
    for agency in (harborline, northwind):
        with tenancy.acting_for(agency):
            feed_of(server)
    with tenancy.working_for(None):
        polling.poll_due_feeds()
        task = jobs.run_next()
    assert task is not None
    assert len(task["args"][3]) == 2
    assert server.sign_ins == 2
    for agency in (harborline, northwind):
        with tenancy.acting_for(agency):
            feed = SFTPFeed.objects.get()
            assert (feed.last_error, bool(feed.last_polled_at), feed.jobs.count()) == ("", True, 1)


def test_import_now_polls_all_feeds_of_the_agency(harborline: Agency, northwind: Agency, server: Server) -> None:
    with tenancy.acting_for(northwind):
        feed_of(server)
    with tenancy.acting_for(harborline):
        for number in range(3):
            feed_of(server, name=f"Feed {number}")
        feed_of(server, name="Switched off", is_active=False)
    with tenancy.working_for(harborline):
        assert polling.poll_now() == 3
    assert jobs.run_next() is not None
    assert jobs.run_next() is None
    assert server.sign_ins == 3
