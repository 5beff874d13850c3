"""The operators' commands of the imports: a sentence for people, one JSON object for scripts, non-zero on failure."""

import io
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core import tenancy
from core.models import Account, Agency, Creditor
from imports.fetching import polling, side_by_side
from imports.models import SFTPFeed, SFTPImportJob
from tests.imports import sftp_server
from tests.imports.conftest import csv_of, feed_of, row

pytestmark = pytest.mark.django_db(transaction=True)


def run(*words: str) -> dict[str, Any]:
    """The command's JSON."""
    out = io.StringIO()
    call_command(*words, "--json", stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def create_feed(server: sftp_server.Server, monkeypatch: pytest.MonkeyPatch, *more: str) -> dict[str, Any]:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{sftp_server.PASSWORD}\n"))
    return run(
        *("create_feed", "--agency", "Harborline Recovery", "--name", "Northgate", "--host", "127.0.0.1"),
        *("--port", str(server.port), "--username", sftp_server.USERNAME, "--password-stdin"),
        *("--remote-dir", "incoming", *more),
    )


def test_a_feed_is_created_polled_and_its_file_imported(
    harborline: Agency, server: sftp_server.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = create_feed(server, monkeypatch, "--accept-host-key", "--creditor", "Northgate Hospital")
    assert made["host_key"] == server.public_key
    assert made["fingerprint"] == server.host_key.get_fingerprint()
    server.put("july.csv", csv_of([row(1, creditor_name=""), row(2, original_amount="x")]))
    [feed] = run("poll_feeds", "--feed", "northgate", "--wait")["feeds"]
    [job] = feed["jobs"]
    assert (feed["error"], job["status"], job["created_count"], job["processed_errors"]) == ("", "completed", 1, 1)
    assert server.names("processed") == ["july.csv"]
    assert run("run_jobs", "--until-idle")["failed"] == []
    with tenancy.acting_for(harborline):
        assert Account.objects.count() == 1


def test_polling_puts_the_work_aside_for_run_jobs(
    harborline: Agency, server: sftp_server.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_feed(server, monkeypatch, "--host-key", server.public_key)
    server.put("july.csv", csv_of([row(1)]))
    run("poll_feeds")
    assert run("run_jobs", "--until-idle") == {"ok": True, "jobs": 3, "failed": []}  # poll, process, move
    with tenancy.acting_for(harborline):
        assert SFTPImportJob.objects.get().archived_at


def test_a_feed_in_trouble_fails_the_command(
    harborline: Agency, server: sftp_server.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_feed(server, monkeypatch, "--host-key", server.public_key)
    with tenancy.acting_for(harborline):
        SFTPFeed.objects.update(remote_dir="nowhere")
    with pytest.raises(CommandError, match="'nowhere' does not exist"):
        run("poll_feeds", "--wait")
    with pytest.raises(CommandError, match="no active feed named 'other'"):
        run("poll_feeds", "--feed", "other")
    with pytest.raises(CommandError, match="has a feed of this name already"):
        create_feed(server, monkeypatch, "--host-key", server.public_key)


def test_waiting_for_polls_waits_for_the_slowest_server_not_for_the_sum(
    harborline: Agency, northwind: Agency, server: sftp_server.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each visit begins before any ends: one after the other they would wait for each other for ever."""
    for agency in (harborline, northwind):
        with tenancy.acting_for(agency):
            for number in range(2):
                feed_of(server, name=f"{agency} {number}")
    all_there, visit = threading.Barrier(4, timeout=60), polling._visit

    def together(feed: SFTPFeed) -> Any:
        all_there.wait()
        return visit(feed)

    monkeypatch.setattr(polling, "_visit", together)
    monkeypatch.setattr(side_by_side, "PATIENCE_SECONDS", 0)
    server.put("july.csv", csv_of([row(1)]))
    told = run("poll_feeds", "--wait")["feeds"]
    assert [feed["error"] for feed in told] == [""] * 4
    assert {job["status"] for feed in told for job in feed["jobs"]} == {"completed"}


def test_a_file_is_imported_here_and_now_or_only_tried(harborline: Agency, tmp_path: Path) -> None:
    file = tmp_path / "july.csv"
    file.write_bytes(csv_of([row(1), row(2, original_amount="0")]))
    words = ("import_file", str(file), "--agency", "Harborline Recovery")
    tried = run(*words, "--dry-run")
    assert (tried["created_count"], tried["processed_errors"], tried["dry_run"]) == (1, 1, True)
    with tenancy.acting_for(harborline):
        assert not Account.objects.exists()
        assert not SFTPImportJob.objects.exists()
    assert run(*words)["created_count"] == 1
    assert run(*words)["unchanged_count"] == 1


def test_a_file_is_read_by_a_mapping(harborline: Agency, tmp_path: Path) -> None:
    file, mapping = tmp_path / "july.csv", tmp_path / "mapping.json"
    file.write_text("Konto;Name;Betrag\nK-1;Ann Abbot;1.234,50\n")
    fields = {"external_ref": {"columns": ["Konto"]}, "original_amount": {"columns": ["Betrag"]}}
    mapping.write_text(json.dumps({"fields": fields, "amount_format": "eu"}))
    words = ("import_file", str(file), "--agency", "Harborline Recovery", "--creditor", "Summit")
    with pytest.raises(CommandError, match="The header lacks external_ref and original_amount"):
        run(*words, "--dry-run")
    tried = run(*words, "--mapping", str(mapping), "--dry-run")
    assert (tried["created_count"], tried["total_records"], tried["rejected"]) == (1, 1, [])
    with tenancy.acting_for(harborline):
        assert not Creditor.objects.exists()
    assert run(*words, "--mapping", str(mapping))["created_count"] == 1
    with tenancy.acting_for(harborline):
        assert SFTPImportJob.objects.get().spec.amount_format == "eu"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("{", "no JSON"), ('{"amount_format": "x"}', "cannot be used. amount_format"), (None, "cannot be read")],
)
def test_a_wrong_mapping_fails_the_command(
    content: str | None, sentence: str, harborline: Agency, tmp_path: Path
) -> None:
    file, mapping = tmp_path / "july.csv", tmp_path / "mapping.json"
    file.write_bytes(csv_of([row(1)]))
    if content is not None:
        mapping.write_text(content)
    with pytest.raises(CommandError, match=sentence):
        run("import_file", str(file), "--agency", "Harborline Recovery", "--mapping", str(mapping))


def test_an_unreadable_file_fails_the_command(harborline: Agency, tmp_path: Path) -> None:
    file = tmp_path / "july.csv"
    file.write_bytes(b"")
    with pytest.raises(CommandError, match="The file is empty"):
        run("import_file", str(file), "--agency", "Harborline Recovery")
    with pytest.raises(CommandError, match="cannot be read"):
        run("import_file", str(tmp_path / "none.csv"), "--agency", "Harborline Recovery")


def test_a_feed_is_created_with_its_mapping(
    harborline: Agency, server: sftp_server.Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "mapping.json"
    file.write_text(json.dumps({"fields": {"external_ref": {"columns": ["Claim"]}}, "amount_format": "cents"}))
    made = create_feed(
        server, monkeypatch, "--host-key", server.public_key, "--mapping", str(file), "--outgoing-dir", "outgoing"
    )
    assert made["mapping_version"] == 1
    with tenancy.acting_for(harborline):
        feed = SFTPFeed.objects.select_related("mapping").get()
        assert feed.outgoing_dir == "outgoing"
        assert feed.mapping is not None
        assert feed.mapping.spec.fields["external_ref"].columns == ["Claim"]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--mapping", "/none.json"), "The mapping cannot be read"),
        (("--mapping", __file__), "The mapping is no JSON"),
        (("--host", "sftp://x"), "Enter the host alone"),
        (("--processed-dir", "incoming"), "--processed-dir: Choose another folder"),
        (("--pattern", "a/*.csv"), "holds no slash"),
        (("--remote-dir", "in\ncoming"), "line breaks"),
    ],
)
def test_a_feed_that_cannot_work_is_not_created(
    more: tuple[str, ...], says: str, harborline: Agency, server: sftp_server.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CommandError, match=says):
        create_feed(server, monkeypatch, "--host-key", server.public_key, *more)
    with tenancy.acting_for(harborline):
        assert not SFTPFeed.objects.exists()


def test_a_host_key_that_is_none_is_refused(
    harborline: Agency, server: sftp_server.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CommandError, match="No host key is pinned"):
        create_feed(server, monkeypatch, "--host-key", "ssh-ed25519")
