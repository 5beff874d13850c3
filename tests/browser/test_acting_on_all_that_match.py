"""All that match, not only the page: chosen, prioritised, and undone in the toast; with keys and without script."""

import pytest
from playwright.sync_api import Page, expect

from core.models import Account
from tests.browser.conftest import Stage, Watched
from worklist.listing import queue

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """The agency has seven accounts; a page shows five."""
    monkeypatch.setattr(queue, "PAGE", 5)


def urgent(stage: Stage) -> int:
    return stage.within(lambda: Account.objects.filter(priority=3).count())


def choose_all(page: Page) -> None:
    page.locator("input[name=ids]").first.check()
    page.get_by_label("All 7 that match").check()


def test_all_that_match_are_prioritised_and_put_back(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.dana)
    page.goto("/worklist/?min=1")
    choose_all(page)
    expect(page.locator("#picked")).to_have_text("Selected:")
    page.get_by_label("Priority", exact=True).select_option(label="Urgent")
    page.get_by_role("button", name="Set priority").click()
    expect(page.locator("#toasts")).to_contain_text("7 set to urgent priority.")
    assert urgent(stage) == 7
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("7 put back.")
    assert urgent(stage) == 0


def test_escape_clears_the_whole_selection(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.dana)
    page.goto("/worklist/")
    choose_all(page)
    page.keyboard.press("Escape")
    expect(page.locator("#bulk")).to_be_hidden()
    assert page.locator("[name=all]:checked").count() == 0


def test_a_view_is_saved_and_opened_without_script(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah, java_script_enabled=False)
    page.goto("/worklist/?status=disputed")
    page.get_by_role("link", name="Save this view").first.click()
    page.locator("#id_name").fill("Hard ones")
    page.get_by_role("button", name="Save view").press("Enter")
    expect(page.locator("#views a[aria-current]")).to_have_text("Hard ones")
    expect(page.locator("tbody .name")).to_have_text(["Dmitri Falk"])
