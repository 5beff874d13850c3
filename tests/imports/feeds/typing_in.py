"""What a browser sends from the form of a feed, and what comes back."""

import re
from collections.abc import Callable
from typing import Any

from django.test import Client

from core.models import User
from imports.models import SFTPFeed
from tests.imports import sftp_server

Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
SECRET = "t0p-s3cret-of-the-creditor"
NEW = "/imports/feeds/new/"


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
