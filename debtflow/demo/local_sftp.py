"""Who may sign in to the local SFTP server, and where do their files lie? The server itself: `manage.py sftp_server`.

from debtflow.demo import local_sftp
account = local_sftp.account("placements")   # made on first use; needs no running server
account.host, account.port, account.username, account.password, account.host_key, account.home
"""

import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import asyncssh
from django.conf import settings
from django.utils import timezone

from debtflow.demo import placements
from debtflow.embedded_postgres import free_port

HOST = "127.0.0.1"
PLACEMENTS = "placements"  # the account whose folder `make run` prints
FOLDERS = ("incoming", "processed", "failed", "outgoing")


@dataclass(frozen=True)
class Account:
    """All that a feed needs. `host_key` is the server's public key as in known_hosts: `ssh-ed25519 AAAA…`."""

    host: str
    port: int
    username: str
    password: str
    host_key: str
    home: Path


def root() -> Path:
    """Everything of the local server; its folder, `host_key`, `port` and `accounts.json` are ours alone."""
    folder: Path = settings.DATA_DIR / "sftp"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def account(username: str) -> Account:
    """The account of that name, with its folders; a new one gets a generated password."""
    home = root() / "homes" / username
    for name in FOLDERS:
        (home / name).mkdir(parents=True, exist_ok=True)
    passwords = _passwords()
    if username not in passwords:
        passwords[username] = secrets.token_urlsafe(9)
        _write(root() / "accounts.json", json.dumps(passwords, indent=1))
    key = host_key().export_public_key().decode().split()
    return Account(HOST, port(), username, passwords[username], " ".join(key[:2]), home)


def is_allowed(username: str, password: str) -> bool:
    expected = _passwords().get(username)
    return expected is not None and hmac.compare_digest(expected.encode(), password.encode())


def home(username: str) -> Path:
    return root() / "homes" / username


def host_key() -> asyncssh.SSHKey:
    """Made once and kept: feeds pin it."""
    file = root() / "host_key"
    if not file.exists():
        _write(file, asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode())
    return asyncssh.read_private_key(file)


def port() -> int:
    """The remembered port; chosen free on first use."""
    file = root() / "port"
    if not file.exists():
        _write(file, str(free_port()))
    return int(file.read_text())


def settle_port() -> None:
    """Before the server starts: another port when a stranger took ours; the demo's feeds follow."""
    from imports.models import SFTPFeed

    _write(root() / "port", str(free_port(port())))
    key = account(PLACEMENTS).host_key
    # Across agencies: the feeds of all of them point at this one server.
    SFTPFeed.objects.unscoped().filter(host=HOST, host_key=key).exclude(port=port()).update(port=port())


def put_samples() -> None:
    """The sample placement files, once per data folder: later starts leave the creditor's folder alone."""
    done = root() / "samples"
    if done.exists():
        return
    incoming = account(PLACEMENTS).home / "incoming"
    for name, content in placements.sample_files(timezone.now().date()).items():
        (incoming / name).write_bytes(content)
    done.touch()


def _passwords() -> dict[str, str]:
    file = root() / "accounts.json"
    return dict(json.loads(file.read_text())) if file.exists() else {}


def _write(file: Path, text: str) -> None:
    """Whole or not at all, readable by us alone: the server reads while others write."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as output:
        output.write(text)
    fresh.replace(file)
