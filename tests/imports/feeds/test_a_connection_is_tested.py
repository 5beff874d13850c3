"""“Test connection” shows the server's key, then its files; it writes nothing."""

from django_q.models import OrmQ

from core.models import Agency, AuditLog, User
from imports.models import SFTPFeed, SFTPImportJob
from tests.imports import sftp_server
from tests.imports.conftest import csv_of, feed_of, row
from tests.imports.feeds.typing_in import HTMX, NEW, Browser, at, edited, token_of, url


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


def test_trouble_is_told(server: sftp_server.Server, inside: Agency, dana: User, as_user: Browser) -> None:
    feed = feed_of(server)
    browser = as_user(dana)
    wrong = browser.post(url(feed), edited(feed, password="wrong", test="1"), headers=HTMX).content.decode()
    assert "refuses the user northgate" in wrong
    nowhere = browser.post(url(feed), edited(feed, remote_dir="nowhere", test="1"), headers=HTMX).content.decode()
    assert "does not exist on the server" in nowhere
    closed = browser.post(url(feed), edited(feed, port="1", password="x", test="1"), headers=HTMX).content.decode()
    assert "The connection to 127.0.0.1 failed" in closed
