"""An agency's admin chooses host and port of a feed; the server must not become a scanner of our own network."""

import dataclasses
import socket

import pytest
from django.conf import LazySettings

from imports.fetching import sftp
from imports.fetching.sftp import addresses
from imports.models import SFTPFeed
from tests.imports import sftp_server
from tests.imports.conftest import csv_of
from tests.imports.sftp_server import Server
from tests.imports.visiting import ROWS, change, poll

PRIVATE_4 = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.3.4",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "198.18.0.1",
]
PRIVATE_6 = ["::1", "::", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:10.0.0.1", "2002:0a00:0001::", "64:ff9b::a00:1"]


@pytest.mark.parametrize("address", PRIVATE_4 + PRIVATE_6)
def test_private_addresses(address: str) -> None:
    assert not addresses.is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::808:808"]
)
def test_public_addresses(address: str) -> None:
    assert addresses.is_public(address)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f000001", "2130706433"])
def test_a_feed_within_our_network_is_refused_unconnected(
    feed: SFTPFeed, server: Server, settings: LazySettings, host: str
) -> None:
    settings.SFTP_ALLOW_PRIVATE_HOSTS = False
    server.put("july.csv", csv_of(ROWS))
    change(feed, host=host)
    assert "is an address within a private network, where feeds may not lead" in poll(feed)
    assert (feed.retry_at, server.sign_ins) == (None, 0)
    settings.SFTP_ALLOW_PRIVATE_HOSTS = True
    change(feed, host="127.0.0.1")
    assert poll(feed) == ""


def test_the_connection_goes_to_the_address_that_was_checked(
    server: Server, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that says something else the second time (DNS rebinding) has no second time."""
    settings.SFTP_ALLOW_PRIVATE_HOSTS = False
    asked: list[str] = []

    def resolved(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        address = "127.0.0.1" if len(asked) > 1 else "203.0.113.9"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, server.port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "203.0.113.9")
    connected: list[object] = []

    class Recorded(socket.socket):
        def connect(self, address: object) -> None:
            connected.append(address)
            raise TimeoutError

    monkeypatch.setattr(addresses.socket, "socket", Recorded)
    with pytest.raises(sftp.Unreachable):
        sftp.host_key_of("sftp.creditor.example", server.port)
    assert (asked, connected) == (["sftp.creditor.example"], [("203.0.113.9", server.port)])


# --- a first look (Test connection) ---------------------------------------------------------------------------


def address_of(server: Server, **changes: object) -> sftp.Address:
    address = sftp.Address(
        "127.0.0.1", server.port, sftp_server.USERNAME, sftp_server.PASSWORD, host_key=server.public_key
    )
    return dataclasses.replace(address, **changes)


def test_an_accepted_key_shows_the_matching_files(server: Server) -> None:
    for number in range(25):
        server.put(f"{number:02}.csv", b"x")
    server.put("notes.txt", b"x")
    found = sftp.probe(address_of(server), "incoming", "*.CSV")
    assert (found.key_is_pinned, found.trouble, found.more) == (True, "", 5)
    assert [file.name for file in found.files] == [f"{number:02}.csv" for number in range(20)]
    assert (found.host_key, found.fingerprint) == (server.public_key, sftp.fingerprint(server.public_key))
    assert len(server.names("incoming")) == 26


def test_without_a_key_it_is_only_shown(server: Server) -> None:
    found = sftp.probe(address_of(server, host_key=""), "incoming", "*.csv")
    assert found == sftp.Probe(server.public_key, sftp.fingerprint(server.public_key))
    assert server.sign_ins == 0


def test_with_another_key_both_are_shown_and_nobody_signs_in(server: Server) -> None:
    other = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ=="
    found = sftp.probe(address_of(server, host_key=other), "incoming", "*.csv")
    assert (found.host_key, found.key_is_pinned, server.sign_ins) == (server.public_key, False, 0)
    assert sftp.fingerprint(other) in found.trouble
    assert found.fingerprint in found.trouble


@pytest.mark.parametrize(
    ("changes", "folder", "says"),
    [
        ({"password": "wrong"}, "incoming", "refuses the user northgate"),
        ({"host_key": "nonsense"}, "incoming", "No host key is pinned"),
        ({"host_key": "ssh-ed25519 %%%"}, "incoming", "is not written as in known_hosts"),
        ({"private_key": "nonsense"}, "incoming", "The private key cannot be read"),
        ({}, "nowhere", "'nowhere' does not exist"),
        ({"port": 1}, "incoming", "Connection refused"),
    ],
)
def test_trouble_is_a_sentence(server: Server, changes: dict[str, object], folder: str, says: str) -> None:
    found = sftp.probe(address_of(server, **changes), folder, "*.csv")
    assert says in found.trouble
    assert found.files == []


def test_a_silent_server_is_left_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imports.fetching.sftp.session.CONNECT_SECONDS", 1)
    with sftp_server.silent() as port:
        found = sftp.probe(sftp.Address("127.0.0.1", port, "northgate", "placements"), "incoming", "*.csv")
    assert found == sftp.Probe(trouble="127.0.0.1 did not answer in time.")
