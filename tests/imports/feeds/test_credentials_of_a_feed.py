"""Credentials of a feed go in and never out, and only to the server that they were entered for."""

import asyncssh
import pytest

from core.models import Agency, AuditLog, User
from imports.models import SFTPFeed
from imports.pages import accepted_keys
from tests.imports import sftp_server
from tests.imports.conftest import feed_of
from tests.imports.feeds.typing_in import HTMX, NEW, SECRET, Browser, edited, errors_of, typed, url


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
