"""Once a file is imported its acknowledgment lies on the creditor's server, whole, once; trouble is tried again."""

import pytest

from core import tenancy
from imports import acknowledgment, importer
from imports.fetching import archiving, polling
from imports.models import SFTPFeed
from tests.imports.conftest import csv_of, row, work_off
from tests.imports.sftp_server import Server
from tests.imports.visiting import ROWS, change, poll, the_jobs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _outgoing(feed: SFTPFeed) -> None:
    change(feed, outgoing_dir="outgoing")


def test_the_folder_is_made_and_the_file_is_there(feed: SFTPFeed, server: Server) -> None:
    server.put("july.csv", csv_of([*ROWS, row(9, original_amount="?")]))
    assert poll(feed) == ""
    [job] = the_jobs()
    assert (bool(job.acknowledged_at), job.archive_error) == (True, "")
    assert server.names("outgoing") == [acknowledgment.name_for(job)]
    content = (server.root / "outgoing" / acknowledgment.name_for(job)).read_bytes().decode()
    assert content == "".join(acknowledgment.lines(job))
    assert content.count(",rejected,rejected,") == 1


def test_a_refused_file_is_acknowledged_too(feed: SFTPFeed, server: Server) -> None:
    server.put("july.csv", b"")
    poll(feed)
    [job] = the_jobs()
    assert job.status == "failed"
    assert server.names("outgoing") == [acknowledgment.name_for(job)]


def test_a_feed_that_wants_none_gets_none_also_not_for_old_files_later(feed: SFTPFeed, server: Server) -> None:
    change(feed, outgoing_dir="")
    server.put("july.csv", csv_of(ROWS))
    poll(feed)
    change(feed, outgoing_dir="outgoing")
    poll(feed)
    assert the_jobs()[0].acknowledged_at is None
    assert not (server.root / "outgoing").exists()


def test_a_refusal_is_shown_and_tried_again_and_the_move_is_done(feed: SFTPFeed, server: Server) -> None:
    (server.root / "outgoing").write_text("a file where the folder should be")
    server.put("july.csv", csv_of(ROWS))
    assert poll(feed) == ""
    poll(feed)
    [job] = the_jobs()
    assert (bool(job.archived_at), job.acknowledged_at, job.status) == (True, None, "completed")
    assert "'outgoing'" in job.archive_error
    (server.root / "outgoing").unlink()
    poll(feed)
    [job] = the_jobs()
    assert (bool(job.acknowledged_at), job.archive_error) == (True, "")
    assert server.names("outgoing") == [acknowledgment.name_for(job)]


def test_a_refused_renaming_leaves_no_half_acknowledgment(feed: SFTPFeed, server: Server) -> None:
    server.put("july.csv", csv_of(ROWS))
    server.refuses_rename = True  # neither moved nor put in place
    poll(feed)
    [job] = the_jobs()
    assert (job.archived_at, job.acknowledged_at) == (None, None)
    assert server.names("outgoing") == []
    server.refuses_rename = False
    poll(feed)
    [job] = the_jobs()
    assert (bool(job.archived_at), bool(job.acknowledged_at), job.archive_error) == (True, True, "")


def test_a_job_that_is_taken_up_again_is_acknowledged_again(feed: SFTPFeed, server: Server) -> None:
    server.put("july.csv", b"")
    poll(feed)
    [job] = the_jobs()
    first = job.acknowledged_at
    with tenancy.transaction():
        assert importer.retry(job)
    work_off()
    [job] = the_jobs()
    assert first
    assert job.acknowledged_at
    assert job.acknowledged_at > first


def test_many_finished_files_are_moved_over_one_connection(feed: SFTPFeed, server: Server) -> None:
    for number in range(5):
        server.put(f"{number}.csv", csv_of([row(number)]))
    for key in polling.poll_feed(feed.pk):
        importer.process(key)
    before = server.sign_ins
    for job in the_jobs():
        archiving.archive(job.pk)
    assert server.sign_ins - before == 1
    assert (len(server.names("processed")), len(server.names("outgoing"))) == (5, 5)
