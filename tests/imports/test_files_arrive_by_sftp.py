"""A file on the creditor's server becomes accounts, once, and is moved away."""

import pytest

from core import tenancy
from imports.fetching import polling, visits
from imports.models import SFTPFeed, SFTPImportJob
from tests.imports.conftest import csv_of, row, work_off
from tests.imports.sftp_server import Server
from tests.imports.visiting import ROWS, accounts, poll, the_jobs

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_file_becomes_accounts_and_is_moved(feed: SFTPFeed, server: Server) -> None:
    server.put("july.csv", csv_of(ROWS))
    assert poll(feed) == ""
    [job] = the_jobs()
    assert (job.status, job.created_count, job.file_name, job.source_host) == ("completed", 3, "july.csv", "127.0.0.1")
    assert len(job.file_sha256) == 64
    assert job.archived_at
    assert (server.names("incoming"), server.names("processed")) == ([], ["july.csv"])


def test_the_schedule_finds_the_feed_by_itself(feed: SFTPFeed, server: Server) -> None:
    server.put("july.csv", csv_of(ROWS))
    with tenancy.working_for(None):
        polling.poll_due_feeds()
        polling.poll_due_feeds()  # a second worker, at the same moment
    signed_in_before = server.sign_ins
    work_off()
    assert accounts() == 3
    assert server.sign_ins - signed_in_before == 2  # one poll, one move


def test_a_file_of_the_same_name_keeps_the_earlier_one(feed: SFTPFeed, server: Server) -> None:
    server.put("july.csv", csv_of(ROWS))
    poll(feed)
    server.put("july.csv", csv_of([*ROWS, row(9)]))
    poll(feed)
    names = server.names("processed")
    assert len(names) == 2
    assert "july.csv" in names
    assert [(j.created_count, j.unchanged_count) for j in the_jobs()] == [(3, 0), (1, 3)]


def test_a_file_that_grows_is_left_for_later(feed: SFTPFeed, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    path = server.put("july.csv", csv_of(ROWS)[:40])

    def writes_on(_: float) -> None:
        path.write_bytes(csv_of(ROWS))

    monkeypatch.setattr(visits.time, "sleep", writes_on)
    assert poll(feed) == ""
    assert the_jobs() == []
    monkeypatch.setattr(visits.time, "sleep", lambda _: None)
    poll(feed)
    assert accounts() == 3


def test_a_changed_host_key_is_refused_and_nothing_is_read(feed: SFTPFeed, server: Server) -> None:
    import asyncssh

    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    server.put("july.csv", csv_of(ROWS))
    with tenancy.transaction():
        SFTPFeed.objects.update(host_key=" ".join(other.split()[:2]))
    assert "is not the pinned one" in poll(feed)
    assert (server.sign_ins, the_jobs()) == (0, [])


def test_a_key_of_another_type_is_refused(feed: SFTPFeed, server: Server) -> None:
    with tenancy.transaction():
        SFTPFeed.objects.update(host_key="ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ==")
    assert "is not the pinned one" in poll(feed)
    assert server.sign_ins == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"password": "wrong"}, "refuses the user northgate"),
        ({"remote_dir": "nowhere"}, "'nowhere' does not exist"),
        ({"port": 1}, "The connection to 127.0.0.1 failed: Connection refused."),
        ({"private_key": "nonsense"}, "The private key cannot be read"),
    ],
)
def test_trouble_is_shown_on_the_feed(feed: SFTPFeed, change: dict[str, object], says: str) -> None:
    with tenancy.transaction():
        for name, value in change.items():
            setattr(feed, name, value)
        feed.save()
    assert says in poll(feed)


def test_trouble_goes_away_with_the_next_good_poll(feed: SFTPFeed) -> None:
    with tenancy.transaction():
        SFTPFeed.objects.update(last_error="The server was down.")
    assert poll(feed) == ""


def test_a_refused_move_never_leads_to_a_second_import(feed: SFTPFeed, server: Server) -> None:
    server.put("july.csv", csv_of(ROWS))
    server.refuses_rename = True
    poll(feed)
    poll(feed)
    [job] = the_jobs()
    assert (job.status, job.archived_at, server.names("incoming")) == ("completed", None, ["july.csv"])
    assert "does not allow" in job.archive_error
    server.refuses_rename = False
    poll(feed)
    [job] = the_jobs()
    assert (bool(job.archived_at), job.archive_error, server.names("incoming")) == (True, "", [])


def test_an_unreadable_file_goes_to_the_failed_folder(feed: SFTPFeed, server: Server) -> None:
    server.put("july.csv", b"ref;name\n1;2\n")
    poll(feed)
    [job] = the_jobs()
    assert job.status == "failed"
    assert "lacks original_amount" in job.error_details
    assert server.names("failed") == ["july.csv"]


def test_a_file_beyond_the_limit_is_refused_unread(feed: SFTPFeed, server: Server, settings) -> None:
    settings.IMPORT_MAX_FILE_BYTES = 50
    server.put("july.csv", csv_of(ROWS))
    poll(feed)
    [job] = the_jobs()
    assert (job.status, job.stored_file) == ("failed", "")
    assert "at most 50" in job.error_details


def test_only_plain_names_that_match_are_read(feed: SFTPFeed, server: Server) -> None:
    for name in ("notes.txt", "july.CSV", "..two dots.csv", "na\u0308me \u2603.csv"):
        server.put(name, csv_of(ROWS))
    (server.incoming / "folder.csv").mkdir()
    (server.incoming / "link.csv").symlink_to("/etc/passwd")
    server.lists_also = ["../../etc/passwd.csv", "/etc/passwd.csv", ".."]
    assert poll(feed) == ""
    assert {job.file_name for job in the_jobs()} == {"july.CSV", "..two dots.csv", "na\u0308me \u2603.csv"}
    with tenancy.transaction():
        stored = SFTPImportJob.objects.values_list("stored_file", flat=True)
        assert all(".." not in name and "csv" not in name for name in stored)


def test_an_inactive_feed_is_not_due(feed: SFTPFeed, server: Server) -> None:
    with tenancy.transaction():
        SFTPFeed.objects.update(is_active=False)
    with tenancy.working_for(None):
        polling.poll_due_feeds()
    work_off()
    assert server.sign_ins == 0


def test_a_private_key_signs_in(feed: SFTPFeed, server: Server) -> None:
    import asyncssh

    key = asyncssh.generate_private_key("ssh-ed25519")
    server.authorized = key.export_public_key().decode()
    with tenancy.transaction():
        feed.password, feed.private_key = "", key.export_private_key().decode()
        feed.save()
    server.put("july.csv", csv_of(ROWS))
    assert poll(feed) == ""
    assert accounts() == 3
