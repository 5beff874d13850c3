"""An admin sets up feeds, tests their connection and accepts the server's key; credentials go in and never out."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ

from core import tenancy
from core.models import Agency, AuditLog, User
from imports.models import SFTPFeed, SFTPImportJob
from imports.pages import accepted_keys, feed_changes
from tests.imports import sftp_server
from tests.imports.conftest import csv_of, feed_of, make_job, row

Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
SECRET = "t0p-s3cret-of-the-creditor"
NEW = "/imports/feeds/new/"


@pytest.fixture
def feed(inside: Agency) -> SFTPFeed:
    return SFTPFeed.objects.create(
        name="Northgate", host="sftp.example.com", username="ng", password=SECRET, host_key="ssh-ed25519 AAAA"
    )


@pytest.fixture
def other_server(tmp_path: Path) -> Iterator[sftp_server.Server]:
    """Another server, as a thief would run one."""
    with sftp_server.running(sftp_server.Server(tmp_path / "other")) as running:
        yield running


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every password that any server was sent."""
    passwords: list[str] = []
    judge = sftp_server._Door.validate_password

    def listen(self: Any, username: str, password: str) -> Any:
        passwords.append(password)
        return judge(self, username, password)

    monkeypatch.setattr(sftp_server._Door, "validate_password", listen)
    return passwords


def url(feed: SFTPFeed, act: str = "") -> str:
    return f"/imports/feeds/{feed.pk}/{act}"


def typed(**said: Any) -> dict[str, Any]:
    """What a browser sends for a new feed, with what the test is about."""
    return {
        "name": "Northgate",
        "host": "sftp.example.com",
        "port": "22",
        "username": "ng",
        "remote_dir": "incoming",
        "processed_dir": "processed",
        "failed_dir": "failed",
        "pattern": "*.csv",
        "format": "csv",
    } | said


def edited(feed: SFTPFeed, **said: Any) -> dict[str, Any]:
    """What a browser sends when that feed's form was opened and something was changed."""
    feed.refresh_from_db()
    active = {"is_active": "on"} if feed.is_active else {}
    facts = {"name": feed.name, "host": feed.host, "port": str(feed.port), "username": feed.username}
    return typed(**facts, **active, version=feed.updated_at.isoformat()) | said


def at(server: sftp_server.Server, **said: Any) -> dict[str, Any]:
    address = {"host": "127.0.0.1", "port": str(server.port)}
    return typed(**address, username=sftp_server.USERNAME, password=sftp_server.PASSWORD) | said


def token_of(page: str) -> str:
    found = re.search(r'name="shown_key" value="([^"]+)"', page)
    assert found, "no key is offered"
    return found.group(1)


def errors_of(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 422
    return {name: list(found) for name, found in response.context["page"].form.errors.items()}


# --- the list -------------------------------------------------------------------------------------------------


def test_the_empty_list_says_what_a_feed_is(inside: Agency, dana: User, auditor: User, as_user: Browser) -> None:
    page = as_user(dana).get("/imports/feeds/").content.decode()
    assert "A feed is a folder on a creditor" in page
    assert "Add a feed" in page
    assert "Add a feed" not in as_user(auditor).get("/imports/feeds/").content.decode()


def test_the_list_shows_trouble_and_the_last_file(feed: SFTPFeed, dana: User, as_user: Browser) -> None:
    make_job(csv_of([row(1)]), "early.csv", feed=feed)
    late = make_job(csv_of([row(1)]), "late.csv", feed=feed)
    now = timezone.now()
    SFTPFeed.objects.update(last_error="It did not answer in time.", failures=3, last_polled_at=now, retry_at=now)
    browser = as_user(dana)
    assert b"The next try is due." in browser.get("/imports/feeds/").content
    SFTPFeed.objects.update(retry_at=now + timedelta(minutes=1, seconds=30))
    page = browser.get("/imports/feeds/").content.decode().replace("\xa0", " ")
    for shown in ("It did not answer in time.", "3 failed looks in a row", "Next try a minute from now", "Failing"):
        assert shown in page
    assert f"/imports/{late.pk}/" in page
    assert "late.csv" in page
    assert "early.csv" not in page


def test_the_list_asks_a_constant_number_of_queries(
    feed: SFTPFeed, dana: User, as_user: Browser, django_assert_num_queries: Any
) -> None:
    browser = as_user(dana)
    make_job(b"x", "0.csv", feed=feed)
    browser.get("/imports/feeds/")
    with CaptureQueriesContext(connection) as with_one:
        browser.get("/imports/feeds/")
    for number in range(20):
        more = SFTPFeed.objects.create(name=f"F{number}", host="h", username="u", host_key="k")
        make_job(b"x", f"{number}.csv", feed=more)
    with django_assert_num_queries(len(with_one)):
        page = browser.get("/imports/feeds/")
    assert b"19.csv" in page.content


# --- who may ---------------------------------------------------------------------------------------------------


def test_who_may_do_what(
    feed: SFTPFeed, dana: User, sarah: User, auditor: User, stranger: User, as_user: Browser
) -> None:
    acts = [url(feed), url(feed, "pause/"), url(feed, "resumption/"), url(feed, "runs/")]
    with tenancy.acting_for(None):  # as nobody: each browser brings its own agency
        assert [as_user(sarah).get(page).status_code for page in ("/imports/feeds/", NEW, url(feed))] == [404] * 3
        assert [as_user(sarah).post(act).status_code for act in [NEW, *acts]] == [404] * 5
        assert [as_user(auditor).post(act).status_code for act in [NEW, *acts]] == [403] * 5
        assert [as_user(stranger).post(act).status_code for act in acts] == [404] * 4
        assert as_user(stranger).get(url(feed)).status_code == 404
        assert b"Northgate" not in as_user(stranger).get("/imports/feeds/").content
        reader = as_user(auditor)
        shown = reader.get(url(feed)).content.decode()
        assert "sftp.example.com" in shown
        for page in (shown, reader.get("/imports/feeds/").content.decode()):
            assert "<button" not in page.split("<main")[1].split("</main")[0]
        assert reader.get(NEW).status_code == 302
    feed.refresh_from_db()
    assert feed.is_active


# --- credentials ------------------------------------------------------------------------------------------------


def test_no_secret_ever_comes_back(feed: SFTPFeed, dana: User, as_user: Browser) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    SFTPFeed.objects.update(private_key="PRIVATE-OF-US")
    browser = as_user(dana)
    answers = [
        browser.get("/imports/feeds/"),
        browser.get(url(feed)),
        browser.post(url(feed), edited(feed, name="", password="another-one", private_key=key)),
        browser.post(url(feed), edited(feed, port="1", password="another-one", test="1"), headers=HTMX),
    ]
    for answer in answers:
        body = answer.content.decode()
        for secret in (SECRET, "PRIVATE-OF-US", "another-one", key.splitlines()[1]):
            assert secret not in body
    assert "Stored and never shown" in answers[1].content.decode()


def test_an_empty_credential_keeps_the_stored_one(feed: SFTPFeed, dana: User, as_user: Browser) -> None:
    answer = as_user(dana).post(url(feed), edited(feed, name="Northgate West"))
    assert answer.status_code == 302
    feed.refresh_from_db()
    assert (feed.name, feed.password, feed.host_key) == ("Northgate West", SECRET, "ssh-ed25519 AAAA")


def test_a_key_replaces_the_password_and_the_log_says_so_without_it(
    feed: SFTPFeed, dana: User, as_user: Browser
) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    assert as_user(dana).post(url(feed), edited(feed, private_key=key.replace("\n", "\r\n"))).status_code == 302
    feed.refresh_from_db()
    assert (feed.password, feed.private_key.strip()) == ("", key.strip())
    entries = list(AuditLog.objects.filter(object_pk=str(feed.pk)).order_by("id"))
    assert entries[-1].changes == {"password": ["stored", "removed"], "private_key": ["none", "replaced"]}
    assert entries[-1].actor == dana
    assert SECRET not in str([entry.changes for entry in entries])
    assert key.splitlines()[1] not in str([entry.changes for entry in entries])


def test_a_new_password_may_begin_with_a_space(feed: SFTPFeed, dana: User, as_user: Browser) -> None:
    assert as_user(dana).post(url(feed), edited(feed, password=" p w ")).status_code == 302
    feed.refresh_from_db()
    assert feed.password == " p w "


@pytest.mark.parametrize("passphrase", ["secret", None])
def test_a_key_with_a_passphrase_or_none_at_all_is_refused(
    passphrase: str | None, inside: Agency, dana: User, as_user: Browser
) -> None:
    made = asyncssh.generate_private_key("ssh-ed25519")
    key = made.export_private_key(passphrase=passphrase).decode() if passphrase else "-----BEGIN nonsense"
    errors = errors_of(as_user(dana).post(NEW, typed(private_key=key)))
    assert "without passphrase" in errors["private_key"][0]


# --- each field -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "Enter a name"),
        ("name", "NORTHGATE", "has a feed of this name already"),
        ("host", "", "Enter the server's host"),
        ("host", "sftp://example.com", "without sftp://"),
        ("host", "a b", "This is no host"),
        ("host", "example.com:22", "in its own field"),
        ("host", "-x.com", "This is no host"),
        ("port", "0", "between 1 and 65535"),
        ("port", "65536", "between 1 and 65535"),
        ("port", "ssh", "as a number"),
        ("username", "", "Enter the user"),
        ("remote_dir", "", "Enter the folder"),
        ("remote_dir", "in\ncoming", "line breaks"),
        ("remote_dir", "in\x00coming", "Null characters"),
        ("processed_dir", "./incoming/", "another folder"),
        ("outgoing_dir", "/incoming", "another folder"),
        ("pattern", "sub/*.csv", "no slash"),
        ("pattern", "", "such as *.csv"),
        ("format", "pdf", "Select a valid choice"),
        ("creditor", "nonsense", "Select a valid choice"),
        ("password", "", "Enter a password or a private key"),
        ("is_active", "on", "accept the server's key first"),
    ],
)
def test_each_field_is_judged_in_a_sentence(
    field: str, value: str, says: str, feed: SFTPFeed, dana: User, as_user: Browser
) -> None:
    answer = as_user(dana).post(NEW, typed(name="Southgate", password="x") | {field: value})
    errors = errors_of(answer)
    assert says in errors[field][0]
    assert list(errors) == [field]
    assert "Error:" in answer.content.decode()
    assert SFTPFeed.objects.count() == 1


@pytest.mark.parametrize("host", ["SFTP.Example.COM.", "10.1.2.3", "2001:db8::1", "server_1"])
def test_names_and_addresses_are_hosts(host: str, inside: Agency, dana: User, as_user: Browser) -> None:
    assert as_user(dana).post(NEW, typed(host=host, password="x")).status_code == 302
    assert SFTPFeed.objects.get().host == host.lower().rstrip(".")


def test_a_name_taken_at_the_same_moment_is_the_field_s_error(
    feed: SFTPFeed, dana: User, as_user: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from imports.pages.feed_forms import FeedForm

    # The look at the names came before the other admin's commit; the database has the last word.
    monkeypatch.setattr(FeedForm, "clean_name", lambda self: self.cleaned_data["name"])
    errors = errors_of(as_user(dana).post(NEW, typed(name="northgate", password="x")))
    assert errors == {"name": ["The agency has a feed of this name already."]}
    assert SFTPFeed.objects.count() == 1


def test_the_other_agency_may_use_the_same_name(feed: SFTPFeed, stranger: User, as_user: Browser) -> None:
    with tenancy.acting_for(None):
        assert as_user(stranger).post(NEW, typed(password="x")).status_code == 302


def test_the_second_of_two_admins_is_told_and_may_save_again(feed: SFTPFeed, dana: User, as_user: Browser) -> None:
    browser = as_user(dana)
    mine = edited(feed, username="mine", pattern="*.txt")
    browser.post(url(feed), edited(feed, username="theirs"))
    answer = browser.post(url(feed), mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody else saved this feed a moment ago" in page
    assert "theirs" in page
    feed.refresh_from_db()
    assert feed.username == "theirs"
    version = re.search(r'name="version" value="([^"]+)"', page)
    assert version
    assert browser.post(url(feed), mine | {"version": version.group(1).replace("&#x27;", "'")}).status_code == 302
    feed.refresh_from_db()
    assert (feed.username, feed.pattern) == ("mine", "*.txt")


# --- the server's key -------------------------------------------------------------------------------------------


def test_a_key_is_shown_accepted_and_the_files_listed(
    server: sftp_server.Server, inside: Agency, dana: User, as_user: Browser, heard: list[str]
) -> None:
    server.put("july.csv", csv_of([row(1)]))
    server.put("readme.txt", b"x")
    browser = as_user(dana)
    first = browser.post(NEW, at(server, test="1"), headers=HTMX).content.decode()
    assert server.host_key.get_fingerprint() in first
    assert "<html" not in first
    assert heard == [], "nothing is sent to a server that nobody knows yet"
    accepted = {"shown_key": token_of(first), "accept_key": "on"}
    second = browser.post(NEW, at(server, test="1", **accepted), headers=HTMX).content.decode()
    assert "july.csv" in second
    assert "readme.txt" not in second
    assert heard == [sftp_server.PASSWORD]
    assert not SFTPFeed.objects.exists()
    assert browser.post(NEW, at(server, is_active="on", **accepted)).status_code == 302
    made = SFTPFeed.objects.get()
    assert (made.host_key, made.is_active, made.password) == (server.public_key, True, sftp_server.PASSWORD)


def test_it_works_without_script_too(server: sftp_server.Server, inside: Agency, dana: User, as_user: Browser) -> None:
    browser = as_user(dana)
    page = browser.post(NEW, at(server, name="", test="1")).content.decode()
    assert "<html" in page
    assert server.host_key.get_fingerprint() in page
    assert "Enter a name" not in page, "only the connection is judged"
    page = browser.post(NEW, at(server, test="1", shown_key=token_of(page), accept_key="on")).content.decode()
    assert "Signed in" in page
    assert 'id="id_accept_key" checked' in page
    assert f'value="{server.port}"' in page


def test_a_test_writes_nothing(server: sftp_server.Server, inside: Agency, dana: User, as_user: Browser) -> None:
    feed = feed_of(server)
    path = server.put("july.csv", csv_of([row(1)]))
    before = (path.stat(), sorted(server.root.rglob("*")), SFTPFeed.objects.values().get(), AuditLog.objects.count())
    asked = edited(feed, username=sftp_server.USERNAME, name="Renamed", test="1")
    answer = as_user(dana).post(url(feed), asked)
    assert b"july.csv" in answer.content
    after = (path.stat(), sorted(server.root.rglob("*")), SFTPFeed.objects.values().get(), AuditLog.objects.count())
    assert [after[0].st_mtime_ns, *after[1:]] == [before[0].st_mtime_ns, *before[1:]]
    assert not SFTPImportJob.objects.exists()
    assert not OrmQ.objects.exists()


def test_a_changed_key_is_shown_beside_the_old_and_must_be_accepted(
    server: sftp_server.Server, inside: Agency, dana: User, as_user: Browser, heard: list[str]
) -> None:
    old = asyncssh.generate_private_key("ssh-ed25519")
    feed = feed_of(server, host_key=" ".join(old.export_public_key().decode().split()[:2]))
    browser = as_user(dana)
    page = browser.post(url(feed), edited(feed, test="1"), headers=HTMX).content.decode()
    assert "shows another key than the accepted one" in page
    assert old.get_fingerprint() in page
    assert server.host_key.get_fingerprint() in page
    assert heard == []
    token = token_of(page)
    assert browser.post(url(feed), edited(feed, shown_key=token)).status_code == 302
    feed.refresh_from_db()
    assert feed.host_key != server.public_key, "shown is not accepted"
    assert browser.post(url(feed), edited(feed, shown_key=token, accept_key="on")).status_code == 302
    feed.refresh_from_db()
    assert feed.host_key == server.public_key


def test_an_accepted_key_cannot_be_forged_or_carried_elsewhere(
    inside: Agency, northwind: Agency, dana: User, as_user: Browser
) -> None:
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx"
    ours = str(inside.pk)
    with tenancy.working_for(northwind):
        of_another_agency = accepted_keys.signed("sftp.example.com", 22, key)
    tokens = [
        key,
        signing.dumps([ours, "sftp.example.com", 22, key], salt="another"),
        signing.dumps([ours, "sftp.example.com", 22, key], key="another", salt=accepted_keys.SALT),
        accepted_keys.signed("evil.example.com", 22, key),
        accepted_keys.signed("sftp.example.com", 2222, key),
        signing.dumps("x", salt=accepted_keys.SALT),
        of_another_agency,
    ]
    browser = as_user(dana)
    for token in tokens:
        said = typed(password="x", is_active="on", shown_key=token, accept_key="on")
        assert "not of this host and port" in errors_of(browser.post(NEW, said))["accept_key"][0]
    assert not SFTPFeed.objects.exists()
    good = accepted_keys.signed("sftp.example.com", 22, key)
    said = typed(password="x", is_active="on", shown_key=good, accept_key="on")
    assert browser.post(NEW, said).status_code == 302


def test_another_host_or_port_drops_the_accepted_key(feed: SFTPFeed, dana: User, as_user: Browser) -> None:
    browser = as_user(dana)
    moved = edited(feed, port="2222", password="x")
    assert "accept the server's key first" in errors_of(browser.post(url(feed), moved))["is_active"][0]
    del moved["is_active"]
    assert browser.post(url(feed), moved).status_code == 302
    feed.refresh_from_db()
    assert (feed.port, feed.host_key, feed.is_active) == (2222, "", False)
    with pytest.raises(feed_changes.Refused, match="accept the server's key first"):
        feed_changes.resume(feed.pk)


@pytest.mark.parametrize("how", ["test", "save"])
def test_the_stored_password_never_goes_to_another_host(
    how: str,
    server: sftp_server.Server,
    other_server: sftp_server.Server,
    inside: Agency,
    dana: User,
    as_user: Browser,
    heard: list[str],
) -> None:
    feed = feed_of(server)
    token = accepted_keys.signed("127.0.0.1", other_server.port, other_server.public_key)
    said = edited(feed, port=str(other_server.port), shown_key=token, accept_key="on")
    answer = as_user(dana).post(url(feed), said | ({"test": "1"} if how == "test" else {}))
    assert "stored one is not sent there" in errors_of(answer)["password"][0]
    assert heard == []
    feed.refresh_from_db()
    assert feed.port == server.port
    as_user(dana).post(url(feed), edited(feed, test="1"))
    assert heard == [sftp_server.PASSWORD], "its own server gets it"


def test_trouble_is_told(server: sftp_server.Server, inside: Agency, dana: User, as_user: Browser) -> None:
    feed = feed_of(server)
    browser = as_user(dana)
    wrong = browser.post(url(feed), edited(feed, password="wrong", test="1"), headers=HTMX).content.decode()
    assert "refuses the user northgate" in wrong
    nowhere = browser.post(url(feed), edited(feed, remote_dir="nowhere", test="1"), headers=HTMX).content.decode()
    assert "does not exist on the server" in nowhere
    closed = browser.post(url(feed), edited(feed, port="1", password="x", test="1"), headers=HTMX).content.decode()
    assert "The connection to 127.0.0.1 failed" in closed


# --- pause, resume, import now ----------------------------------------------------------------------------------


def test_a_feed_is_paused_and_resumed(feed: SFTPFeed, dana: User, as_user: Browser) -> None:
    browser = as_user(dana)
    for _ in range(2):
        page = browser.post(url(feed, "pause/"), follow=True).content.decode()
        assert "No file is fetched until it is resumed" in page
        assert "Resume" in page
    feed.refresh_from_db()
    assert not feed.is_active
    assert AuditLog.objects.filter(object_pk=str(feed.pk), changes__has_key="is_active", action=1).count() == 1
    refused = browser.post(url(feed, "runs/"), follow=True).content.decode()
    assert "Northgate is paused. Resume it first." in refused
    assert not OrmQ.objects.exists()
    browser.post(url(feed, "resumption/"))
    feed.refresh_from_db()
    assert feed.is_active


def test_import_now_looks_into_this_feed_alone(feed: SFTPFeed, dana: User, as_user: Browser) -> None:
    SFTPFeed.objects.create(name="Other", host="h", username="u", host_key="k")
    page = as_user(dana).post(url(feed, "runs/"), follow=True)
    assert b"Looking into Northgate." in page.content
    [task] = OrmQ.objects.all()
    assert str(feed.pk) in str(task.task)
