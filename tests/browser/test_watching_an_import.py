"""A file lies on the creditor's server; an admin starts the import and watches it become accounts."""

from pathlib import Path

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import expect

from core.models import Account
from imports.fetching import visits
from tests.browser.conftest import Stage, Watched
from tests.imports import sftp_server
from tests.imports.conftest import csv_of, feed_of, row, work_off

pytestmark = pytest.mark.browser


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: Stage):  # type: ignore[no-untyped-def]
    """The creditor's server with one file: three good rows, one bad."""
    monkeypatch.setattr(visits, "LOOK_AGAIN_SECONDS", 0.05)
    monkeypatch.setattr(django_settings, "MEDIA_ROOT", tmp_path / "files")
    with sftp_server.running(sftp_server.Server(tmp_path / "remote")) as running:
        rows = [row(1), row(2, original_amount="abc"), row(3), row(4)]
        (running.incoming / "northgate.csv").write_bytes(csv_of(rows))
        stage.within(lambda: feed_of(running))
        yield running


def test_an_import_arrives_while_the_admin_watches(server: sftp_server.Server, stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.dana)
    page.goto("/imports/")
    page.get_by_role("button", name="Import now").click()
    expect(page.get_by_text("Looking into 1 feed.")).to_be_visible()

    from debtflow import jobs

    assert jobs.run_next()["success"], "the worker looks into the feed"
    page.reload()
    page.get_by_role("link", name="northgate.csv").click()
    progress = page.locator("#progress")
    expect(progress.get_by_role("progressbar")).to_be_visible()
    page.get_by_role("link", name="Stop import").click()
    question = page.get_by_role("dialog", name="Stop this import?")
    expect(question).to_be_visible()
    question.get_by_role("button", name="Cancel").click()

    work_off()  # meanwhile the page asks by itself
    expect(progress).to_contain_text("4 records")
    expect(progress.locator("[data-s=completed]")).to_be_visible()
    line = page.locator("#lines tbody tr")
    expect(line).to_have_count(1)
    expect(line).to_contain_text("NGH-00002")
    expect(line.get_by_role("cell").first).to_have_text("3")  # the header is line 1
    expect(progress).not_to_have_attribute("hx-trigger", "every 1s")
    expect(page.get_by_role("status").filter(has_text="The import is completed")).to_have_count(1)
    expect(page.get_by_role("link", name="Acknowledgment")).to_be_visible()
    expect(page.get_by_role("link", name="Stop import")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("link", name="Rejected rows").click()
    assert "NGH-00002" in download.value.path().read_text()

    page.goto("/worklist/?q=NGH-0000")
    expect(page.locator("tbody .name")).to_have_count(3)
    assert stage.within(lambda: Account.objects.filter(external_ref__startswith="NGH").count()) == 3
    assert [path.name for path in (server.root / "processed").iterdir()] == ["northgate.csv"]
