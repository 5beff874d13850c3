"""A feed, another server, and everything that any server was sent."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.models import Agency
from imports.models import SFTPFeed
from tests.imports import sftp_server
from tests.imports.feeds.typing_in import SECRET


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
