"""An admin sets up a feed: tests the connection, compares and accepts the server's key, sees the files, saves."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from imports.models import SFTPFeed
from tests.browser.conftest import Stage, Watched
from tests.imports import sftp_server

pytestmark = pytest.mark.browser


@pytest.fixture
def server(tmp_path: Path) -> Iterator[sftp_server.Server]:
    with sftp_server.running(sftp_server.Server(tmp_path / "remote")) as running:
        running.put("placements.csv", b"external_ref\n")
        yield running


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_feed_is_set_up(script: bool, server: sftp_server.Server, stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.dana, java_script_enabled=script)
    page.goto("/imports/")
    page.get_by_role("link", name="Feeds").click()
    page.get_by_role("link", name="Add a feed").click()
    page.get_by_label("Host").fill("127.0.0.1")
    page.get_by_label("Port").fill(str(server.port))
    page.get_by_label("Username").fill(sftp_server.USERNAME)
    page.get_by_label("Password").fill(sftp_server.PASSWORD)
    page.get_by_role("button", name="Test connection").click()
    connection = page.locator("#connection")
    expect(connection).to_contain_text(server.host_key.get_fingerprint())
    connection.get_by_label("I compared this key").check()
    if not script:
        page.get_by_label("Password").fill(sftp_server.PASSWORD)
    page.get_by_role("button", name="Test connection").click()
    expect(connection.get_by_role("row", name="placements.csv")).to_be_visible()
    expect(connection.get_by_label("I compared this key")).to_be_checked()
    assert not stage.within(SFTPFeed.objects.exists)
    page.get_by_label("Name", exact=True).fill("Northgate")
    if not script:
        page.get_by_label("Password").fill(sftp_server.PASSWORD)
    page.get_by_role("button", name="Save feed").click()
    expect(page.get_by_text("Northgate is saved.")).to_be_visible()
    made = stage.within(SFTPFeed.objects.get)
    assert (made.is_active, made.host_key) == (True, server.public_key)


def test_a_feed_is_paused_from_the_list(stage: Stage, windows: Watched) -> None:
    stage.within(lambda: SFTPFeed.objects.create(name="Northgate", host="h", username="u", host_key="k"))
    page = windows.open(stage.dana)
    page.goto("/imports/feeds/")
    page.get_by_role("button", name="Pause Northgate").click()
    expect(page.get_by_role("button", name="Resume Northgate")).to_be_visible()
    expect(page.locator(".feeds [data-s=closed]")).to_have_text("Paused")
