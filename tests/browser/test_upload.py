"""An admin brings a file that is written in another way, says how, sees what would become of it, and imports it."""

import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Page, expect

from core.models import Account
from imports.models import SFTPImportJob
from tests.browser.conftest import Stage, Watched
from tests.imports.conftest import work_off

pytestmark = pytest.mark.browser
GERMAN = "Konto;Nachname;Vorname;Betrag\nK-1;Abbot;Ann;1.234,50\nK-2;Brown;Ben;viel\nK-3;Cole;Cy;20,00\n"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three rows, one of them bad, under titles and with amounts that we do not know."""
    monkeypatch.setattr(django_settings, "MEDIA_ROOT", tmp_path / "files")
    path = tmp_path / "placements.csv"
    path.write_text(GERMAN)
    return path


def choose(page: Page, field: str, title: str) -> None:
    page.get_by_label(field, exact=True).select_option(title)


def test_a_file_with_a_wrong_mapping_is_fixed_tried_out_and_imported(
    file: Path, stage: Stage, windows: Watched
) -> None:
    page = windows.open(stage.dana)
    page.goto("/imports/uploads/")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("placements.csv")
    trial, rows = page.locator("#trial"), page.locator("#preview")
    expect(trial).to_contain_text("Looking through the file")
    expect(rows).to_contain_text("The header lacks external_ref")
    work_off()  # meanwhile the page asks by itself
    expect(trial).to_contain_text("The whole file would be refused")
    expect(trial.get_by_role("button", name=re.compile("Import"))).to_have_count(0)

    page.evaluate("window.same = true")
    choose(page, "Account reference required", "Konto")
    choose(page, "Debtor name required", "Vorname")
    choose(page, "Debtor name, second column", "Nachname")
    choose(page, "Amount owed required", "Betrag")
    expect(rows).to_contain_text("Not an amount")  # the commas
    choose(page, "Amounts", "eu")
    expect(rows.get_by_text("Ann Abbot")).to_be_visible()
    expect(rows).to_contain_text("Missing, and no creditor is chosen")
    page.get_by_label("Creditor, the same text in every row").fill("Northgate Hospital")
    page.get_by_label("Creditor, the same text in every row").blur()
    expect(rows.get_by_text("Fine")).to_have_count(2)
    assert page.evaluate("window.same"), "only the rows were fetched"

    page.get_by_role("button", name="Use this mapping").click()
    work_off()
    expect(trial).to_contain_text("Would create")
    expect(trial.locator("tbody tr")).to_contain_text("Not an amount")
    assert stage.within(lambda: Account.objects.filter(external_ref__startswith="K-").count()) == 0

    trial.get_by_role("button", name="Import 3 rows").dblclick()
    expect(page.locator("#progress")).to_be_visible()
    work_off()
    expect(page.locator("#progress [data-s=completed]")).to_be_visible()
    assert stage.within(lambda: SFTPImportJob.objects.count()) == 1
    assert stage.within(lambda: Account.objects.filter(external_ref__startswith="K-").count()) == 2


def test_a_file_is_dropped_on_its_zone(file: Path, stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.dana)
    page.goto("/imports/uploads/")
    carried = page.evaluate_handle(
        "text => { const t = new DataTransfer(); t.items.add(new File([text], 'dropped.csv')); return t; }", GERMAN
    )
    zone = page.locator("[data-drop]")
    zone.dispatch_event("dragover", {"dataTransfer": carried})
    expect(zone).to_have_attribute("data-over", "")
    zone.dispatch_event("drop", {"dataTransfer": carried})
    expect(zone).not_to_have_attribute("data-over", "")
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("dropped.csv")


def test_a_file_too_large_is_told_before_it_is_sent(
    file: Path, stage: Stage, windows: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(django_settings, "IMPORT_MAX_FILE_BYTES", 50)
    page = windows.open(stage.dana)
    page.goto("/imports/uploads/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.get_by_label("File", exact=True).set_input_files(file)
    expect(page.get_by_text("The file is larger than")).to_be_visible()
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", name="Import a file")).to_be_visible()
    assert "POST" not in sent


def test_it_works_without_script(file: Path, stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.dana, java_script_enabled=False)
    page.goto("/imports/uploads/")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("placements.csv")
    work_off()
    page.get_by_role("link", name="Reload to see the result").click()
    expect(page.locator("#trial")).to_contain_text("The whole file would be refused")
    choose(page, "Account reference required", "Konto")
    choose(page, "Debtor name required", "Nachname")
    choose(page, "Amount owed required", "Betrag")
    choose(page, "Amounts", "eu")
    page.get_by_label("Creditor, the same text in every row").fill("Northgate Hospital")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview").get_by_text("Fine")).to_have_count(2)
    page.get_by_role("button", name="Use this mapping").click()
    work_off()
    page.reload()
    page.get_by_role("button", name="Import 3 rows").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("placements.csv")
    assert stage.within(lambda: SFTPImportJob.objects.count()) == 1


def test_an_upload_is_discarded(file: Path, stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.dana)
    page.goto("/imports/uploads/")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_text("placements.csv is discarded. Nothing was imported.")).to_be_visible()
    assert not list((file.parent / "files").rglob("imports/*/*/*/*")), "its stored file is gone"


def test_what_was_discarded_in_another_window_is_said_once_and_asked_for_no_more(
    file: Path, stage: Stage, windows: Watched
) -> None:
    page = windows.open(stage.dana)
    page.goto("/imports/uploads/")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator("#trial[hx-trigger]")).to_have_count(1)
    other = windows.open(stage.dana)
    other.goto(page.url)
    other.get_by_role("button", name="Discard").click()
    expect(page.locator("#toasts")).to_contain_text("This is not here any more")
    expect(page.locator("#trial")).to_have_count(1)
    expect(page.locator("#trial[hx-trigger]")).to_have_count(0)
    assert len([words for words in windows.heard if "status of 404" in words]) == 1, "asked once"
    windows.heard.clear()
