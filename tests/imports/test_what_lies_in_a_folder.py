"""Whatever a creditor's folder holds: what is a plain file with a name that matches is fetched, once, all else left."""

import os
from pathlib import Path

import pytest

from debtflow import jobs
from imports.fetching import polling, visits
from imports.models import SFTPFeed
from tests.imports.conftest import csv_of, row
from tests.imports.sftp_server import Server
from tests.imports.visiting import ROWS, poll, the_jobs

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("two words.csv", "July.CSV", "na\u0308me \u2603.csv", "line\nbreak.csv", "..dots.csv", "-rf.csv", "%s;'\".csv")


def test_every_plain_name_is_fetched_and_moved(feed: SFTPFeed, server: Server) -> None:
    names = sorted([*NAMES, "x" * 250 + ".csv"])
    for number, name in enumerate(names):
        server.put(name, csv_of([row(number)]))
    assert poll(feed) == ""
    assert sorted(job.file_name for job in the_jobs()) == names
    assert {job.status for job in the_jobs()} == {"completed"}
    assert (server.names("incoming"), server.names("processed")) == ([], names)


def test_what_is_no_plain_file_is_passed_over(feed: SFTPFeed, server: Server) -> None:
    (server.incoming / "folder.csv").mkdir()
    (server.incoming / "link.csv").symlink_to("/etc/passwd")
    os.mkfifo(server.incoming / "pipe.csv")
    server.put("notes.txt", b"x")
    server.lists_also = ["../../etc/passwd.csv", "/etc/passwd.csv", "..", "a\0b.csv"]
    assert poll(feed) == ""
    assert the_jobs() == []


def test_a_name_that_is_not_utf8_is_told_and_the_others_are_fetched(feed: SFTPFeed, server: Server) -> None:
    path = os.fsencode(server.incoming) + b"/caf\xe9.csv"
    Path(os.fsdecode(path)).write_bytes(csv_of(ROWS))
    server.put("july.csv", csv_of(ROWS))
    said = poll(feed)
    assert said == (
        "A file is passed over for a name that is not UTF-8 or is too long, such as 'caf\N{REPLACEMENT CHARACTER}.csv'."
        " It needs another name."
    )
    assert [job.file_name for job in the_jobs()] == ["july.csv"]
    assert feed.retry_at is None
    Path(os.fsdecode(path)).rename(server.incoming / "cafe.csv")
    assert poll(feed) == ""


def test_a_name_longer_than_we_can_remember_is_told(feed: SFTPFeed, server: Server) -> None:
    server.lists_also = ["x" * 2_000 + ".csv", "y" * 2_000 + ".csv"]
    server.put("july.csv", csv_of(ROWS))
    assert poll(feed).startswith("2 files are passed over")
    assert [job.file_name for job in the_jobs()] == ["july.csv"]


def test_a_file_that_came_back_is_moved_again_and_not_imported(feed: SFTPFeed, server: Server) -> None:
    server.put("july.csv", csv_of(ROWS))
    poll(feed)
    (server.root / "processed" / "july.csv").rename(server.incoming / "july.csv")
    assert poll(feed) == ""
    assert (len(the_jobs()), server.names("incoming"), server.names("processed")) == (1, [], ["july.csv"])


@pytest.mark.slow
def test_ten_thousand_files_are_fetched_by_visits_of_some(
    feed: SFTPFeed, server: Server, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries
) -> None:
    monkeypatch.setattr(visits, "FILES_A_VISIT", 3)
    for number in range(10_000):
        path = server.incoming / f"{number:05}.csv"
        path.touch()
        os.utime(path, (20_000 - number, 20_000 - number))
    with django_assert_max_num_queries(100):  # ten look-ups of names, and some for each file that is fetched
        made = polling.poll_feed(feed.pk)
    assert len(made) == 3
    task = jobs.run_next()  # the file first, whose job was enqueued in the visit
    while task and task["args"][0] != polling.POLL:
        task = jobs.run_next()
    assert task  # the next visit, at once
    fetched = [job.file_name for job in the_jobs()]
    assert fetched == [f"{number:05}.csv" for number in range(9_999, 9_993, -1)]  # the oldest
