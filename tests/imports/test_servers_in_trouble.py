"""Whatever goes wrong with a server ends in a sentence and the right state, and the next poll carries on."""

import hashlib
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone

from core import crossings, tenancy
from imports.fetching import polling, sftp
from imports.fetching.sftp import remote, session
from imports.models import SFTPFeed
from tests.at_once import at_once
from tests.conftest import as_owner
from tests.imports import sftp_server
from tests.imports.conftest import csv_of, row
from tests.imports.sftp_server import Server
from tests.imports.visiting import ROWS, accounts, change, poll, the_jobs
from tests.link import link

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # paramiko asks ahead in a thread of its own, which dies with the link; whoever reads is told by another way.
    pytest.mark.filterwarnings(
        "ignore:Exception in thread .*_prefetch_thread:pytest.PytestUnhandledThreadExceptionWarning"
    ),
]
# A megabyte in few rows: the rest is a particular of the account.
BIG_ROWS = [row(n, remarks="x" * 10_000) for n in range(100)]


@pytest.fixture
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "CONNECT_SECONDS", 1)
    monkeypatch.setattr(remote, "ANSWER_SECONDS", 1)


def test_a_link_cut_in_a_transfer(feed: SFTPFeed, server: Server) -> None:
    server.put("july.csv", csv_of(BIG_ROWS))
    server.cuts_after = 300_000
    assert "The connection to 127.0.0.1 failed" in poll(feed)
    assert the_jobs() == []
    server.cuts_after = None
    assert poll(feed) == ""
    assert [job.created_count for job in the_jobs()] == [100]


@pytest.mark.usefixtures("_hurried")
def test_a_stall_in_a_transfer(feed: SFTPFeed, server: Server) -> None:
    server.put("july.csv", csv_of(BIG_ROWS))
    server.stalls_after = 300_000
    assert poll(feed) == "127.0.0.1 did not answer in time."
    assert the_jobs() == []
    server.stalls_after = None
    assert poll(feed) == ""
    assert [job.created_count for job in the_jobs()] == [100]


def test_a_server_that_trickles_is_left(feed: SFTPFeed, server: Server, settings: LazySettings) -> None:
    server.put("july.csv", csv_of(BIG_ROWS))
    with link(server.port) as between:
        change(feed, port=between.port)
        server.on["open"] = lambda _: setattr(between, "trickles", True)
        settings.SFTP_VISIT_SECONDS = 2
        assert poll(feed) == "127.0.0.1 is too slow: the visit was ended after 2 seconds."
        assert the_jobs() == []
        server.on.clear()
        between.trickles = False
        settings.SFTP_VISIT_SECONDS = 60
        assert poll(feed) == ""
    assert accounts() == 100


@pytest.mark.usefixtures("_hurried")
def test_a_server_that_takes_the_connection_and_says_nothing(feed: SFTPFeed) -> None:
    with sftp_server.silent() as port:
        change(feed, port=port)
        assert poll(feed) == "127.0.0.1 did not answer in time."


@pytest.mark.usefixtures("_hurried")
def test_an_address_where_nobody_answers(feed: SFTPFeed) -> None:
    change(feed, host="198.51.100.7")  # for documentation: nobody has it (RFC 5737)
    assert poll(feed).startswith(("198.51.100.7 did not answer in time", "The connection to 198.51.100.7 failed"))


def test_a_name_that_nobody_has(feed: SFTPFeed) -> None:
    change(feed, host="sftp.creditor.invalid")
    assert poll(feed) == "The connection to sftp.creditor.invalid failed: there is no server of that name."


def test_a_changed_host_key_shows_both_and_nothing_is_read(feed: SFTPFeed, server: Server) -> None:
    import asyncssh

    other = " ".join(asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().split()[:2])
    server.put("july.csv", csv_of(ROWS))
    change(feed, host_key=other)
    said = poll(feed)
    assert f"{sftp.fingerprint(other)} is pinned, {sftp.fingerprint(server.public_key)} is shown" in said
    assert (server.sign_ins, the_jobs()) == (0, [])
    change(feed, host_key=server.public_key)
    assert poll(feed) == ""
    assert accounts() == 3


def test_an_unknown_host_key_is_not_trusted(feed: SFTPFeed, server: Server) -> None:
    change(feed, host_key="")
    assert "No host key is pinned. Nothing was read." in poll(feed)
    assert server.sign_ins == 0


def test_a_file_that_grows_while_it_is_read(feed: SFTPFeed, server: Server) -> None:
    path = server.put("july.csv", csv_of(ROWS[:2]))
    server.on["read"] = lambda _: path.write_bytes(csv_of(ROWS))
    assert poll(feed) == ""
    assert the_jobs() == []
    server.on.clear()
    assert poll(feed) == ""
    assert accounts() == 3


def test_a_file_that_shrinks_while_it_is_read(feed: SFTPFeed, server: Server) -> None:
    path = server.put("july.csv", csv_of(BIG_ROWS))
    server.on["open"] = lambda _: path.write_bytes(csv_of(ROWS))
    assert poll(feed) == ""
    assert the_jobs() == []
    server.on.clear()
    assert poll(feed) == ""
    assert accounts() == 3


def test_a_file_that_disappears_before_it_is_read(feed: SFTPFeed, server: Server) -> None:
    path = server.put("july.csv", csv_of(ROWS))
    server.put("june.csv", csv_of([row(7)]))
    server.on["open"] = lambda opened: path.unlink(missing_ok=True) if "july" in opened else None
    assert poll(feed) == "'july.csv' was gone before it could be fetched."
    assert [job.file_name for job in the_jobs()] == ["june.csv"]
    assert poll(feed) == ""


@pytest.mark.parametrize("at_most", [10, 32_768, 100_001])
def test_a_server_that_gives_less_than_is_asked_for(feed: SFTPFeed, server: Server, at_most: int) -> None:
    content = csv_of(BIG_ROWS[:50] if at_most > 10 else ROWS)
    server.put("july.csv", content)
    server.answers_at_most = at_most
    assert poll(feed) == ""
    [job] = the_jobs()
    assert job.file_sha256 == hashlib.sha256(content).hexdigest()


def test_a_file_that_becomes_empty_before_it_is_read(feed: SFTPFeed, server: Server) -> None:
    path = server.put("july.csv", csv_of(ROWS))
    server.on["open"] = lambda _: path.write_bytes(b"")
    assert poll(feed) == ""
    assert the_jobs() == []


def test_a_zero_byte_file_is_refused_with_a_sentence(feed: SFTPFeed, server: Server) -> None:
    server.put("july.csv", b"")
    assert poll(feed) == ""
    [job] = the_jobs()
    assert (job.status, job.file_size) == ("failed", 0)
    assert "empty" in job.error_details
    assert server.names("failed") == ["july.csv"]


def test_two_workers_poll_at_once(feed: SFTPFeed, server: Server) -> None:
    server.put("july.csv", csv_of(ROWS))

    def as_worker() -> int:
        with tenancy.working_for(feed.agency_id):
            return len(polling.poll_feed(feed.pk))

    assert sorted(at_once(as_worker, as_worker, as_worker)) == [0, 0, 1]
    assert poll(feed) == ""
    assert (accounts(), len(the_jobs())) == (3, 1)


def test_the_database_drops_every_connection_in_a_poll(feed: SFTPFeed, server: Server) -> None:
    server.put("july.csv", csv_of(ROWS))
    server.on["open"] = lambda _: at_once(_drop_connections)
    assert "an error of ours" in poll(feed)
    assert the_jobs() == []
    server.on.clear()
    assert poll(feed) == ""
    assert (accounts(), len(the_jobs())) == (3, 1)


def _drop_connections() -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


# --- our own disk ---------------------------------------------------------------------------------------------


@contextmanager
def small_disk(number_of_bytes: int) -> Iterator[None]:
    """No file of this process may become larger."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (number_of_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def stored(settings: LazySettings) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_our_disk_is_full_in_a_download(feed: SFTPFeed, server: Server, settings: LazySettings) -> None:
    server.put("july.csv", csv_of(BIG_ROWS))
    with small_disk(500_000):
        assert poll(feed).startswith("The disk of this installation is full.")
    assert (the_jobs(), stored(settings)) == ([], [])
    assert poll(feed) == ""
    assert accounts() == 100


def test_our_disk_is_full_in_storing(feed: SFTPFeed, server: Server, settings: LazySettings) -> None:
    server.put("july.csv", csv_of(BIG_ROWS))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The file is looked at once it is downloaded; from then on the disk is full.
    server.on["look"] = lambda _: resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, before[1]))
    try:
        assert poll(feed).startswith("The disk of this installation is full.")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (the_jobs(), stored(settings)) == ([], [])
    server.on.clear()
    assert poll(feed) == ""
    assert accounts() == 100


# --- trying again (SPEC §5.10) --------------------------------------------------------------------------------


def is_due(feed: SFTPFeed) -> bool:
    return feed.pk in [feed_id for _, feed_id in crossings.due_feeds()]


def test_trouble_that_may_pass_is_tried_again_three_times(feed: SFTPFeed, server: Server) -> None:
    change(feed, port=1)
    for failures in (1, 2, 3):
        assert "Connection refused" in poll(feed)
        assert (feed.failures, is_due(feed)) == (failures, False)
        assert feed.retry_at
        assert feed.last_polled_at
        assert feed.retry_at - feed.last_polled_at == timedelta(seconds=60)
        change(feed, retry_at=timezone.now())
        assert is_due(feed)
    poll(feed)
    assert (feed.retry_at, is_due(feed)) == (None, False)
    change(feed, port=server.port)
    assert poll(feed) == ""
    assert (feed.failures, feed.retry_at) == (0, None)


def test_a_retry_is_taken_once(feed: SFTPFeed, server: Server) -> None:
    change(feed, retry_at=timezone.now(), last_polled_at=timezone.now(), failures=1)
    with tenancy.working_for(None):
        polling.poll_due_feeds()
        assert not is_due(feed)
        polling.poll_due_feeds()
    assert poll(feed) == ""
    assert server.sign_ins == 2  # the one that was due, and ours


@pytest.mark.parametrize("facts", [{"host_key": ""}, {"remote_dir": "nowhere"}])
def test_trouble_that_stays_is_not_tried_early(feed: SFTPFeed, facts: dict[str, str]) -> None:
    change(feed, **facts)
    assert poll(feed)
    assert (feed.failures, feed.retry_at) == (1, None)
