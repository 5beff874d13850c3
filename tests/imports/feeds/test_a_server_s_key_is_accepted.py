"""A server's key is accepted by an admin, for that host, port and agency alone."""

import asyncssh
import pytest
from django.core import signing

from core import tenancy
from core.models import Agency, User
from imports.models import SFTPFeed
from imports.pages import accepted_keys, feed_changes
from tests.imports import sftp_server
from tests.imports.conftest import feed_of
from tests.imports.feeds.typing_in import HTMX, NEW, Browser, edited, errors_of, token_of, typed, url


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
