"""Ctrl K from anywhere: find an account by a misspelt name, or do something with the one that is open."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from core.models import Account
from tests.browser.conftest import Stage, Watched
from tests.browser.test_every_page import violations

pytestmark = pytest.mark.browser


def open_palette(page: Page) -> Locator:
    """The field of the palette, once its first line is there and chosen."""
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Account or action")
    expect(field).to_be_focused()
    expect(chosen(page)).to_have_count(1)
    return field


def chosen(page: Page) -> Locator:
    return page.locator("#found [aria-selected=true]")


def test_a_misspelt_name_and_enter_opens_the_account(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto("/worklist/")
    field = open_palette(page)
    page.keyboard.type("hartmen")
    expect(chosen(page)).to_contain_text("Celia Hartman")
    expect(field).to_have_attribute("aria-activedescendant", "option-0")
    expect(field).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Celia Hartman")


def test_enter_waits_for_the_answer_to_what_is_typed(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto("/worklist/")
    open_palette(page)
    page.keyboard.type("celia hart")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Celia Hartman")


def test_one_request_a_pause_and_the_caret_stays(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto("/worklist/")
    field = open_palette(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/find/" in request.url else None)
    page.keyboard.type("norwod", delay=15)
    expect(chosen(page)).to_contain_text("Amelia Norwood")
    assert len(asked) == 1, asked
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
    page.keyboard.type("o")
    expect(page.locator("#found[data-words=norwood]")).to_have_count(1)
    assert field.evaluate("field => [field.selectionStart, field.value]") == [5, "norwood"]


def test_arrows_walk_round_and_escape_gives_the_focus_back(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto("/worklist/")
    page.keyboard.press("j")
    row = page.locator("tbody .name").first
    expect(row).to_be_focused()
    open_palette(page)
    lines = page.locator("#found [role=option]")
    last = lines.count() - 1
    page.keyboard.press("ArrowUp")
    expect(lines.nth(last)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(lines.nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("End")
    expect(lines.nth(last)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Home")
    expect(lines.nth(0)).to_have_attribute("aria-selected", "true")
    expect(chosen(page)).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#finder")).to_be_hidden()
    expect(row).to_be_focused()


def test_the_open_account_is_worked_from_the_palette(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto(stage.account("Bertrand"))
    open_palette(page)
    expect(page.locator("#found")).to_contain_text("On this account")
    page.keyboard.type("log a c")
    expect(chosen(page)).to_contain_text("Log a call")
    page.keyboard.press("Enter")
    expect(page.locator("#finder")).to_be_hidden()
    expect(page.locator("#id_outcome")).to_be_focused()

    page.keyboard.press("Control+k")
    page.keyboard.type("follow")
    expect(chosen(page)).to_contain_text("Schedule a follow-up")
    page.keyboard.press("Enter")
    expect(page.locator("#id_follow-next_action")).to_be_focused()

    page.keyboard.press("Control+k")
    page.keyboard.type("negotiate")
    expect(chosen(page)).to_contain_text("Negotiate")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Negotiating")
    pk = stage.accounts["Bertrand"].pk
    assert stage.within(lambda: Account.objects.get(pk=pk).status) == "negotiating"


def test_colours_rows_and_keys_are_switched_from_it(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto("/worklist/")
    open_palette(page)
    page.keyboard.type("theme")
    expect(chosen(page)).to_contain_text("Switch the color theme")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("#finder")).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.type("single keys off")
    expect(chosen(page)).to_contain_text("Switch single keys off")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-keys", "off")
    expect(page).to_have_url(re.compile(r"/worklist/$"))


def test_a_server_that_does_not_answer_stops_nobody_typing(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto("/worklist/")
    field = open_palette(page)

    def fail(route: Route) -> None:
        route.fulfill(status=204, body="")  # no answer to swap

    page.route("**/find/**", fail)
    page.keyboard.type("hartman")
    page.keyboard.press("Enter")
    expect(field).to_have_value("hartman")
    expect(field).to_be_focused()
    page.unroute("**/find/**")
    page.keyboard.type(" ")
    expect(chosen(page)).to_contain_text("Celia Hartman")


def test_without_script_the_same_lines_stand_on_a_page(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah, java_script_enabled=False)
    page.goto(stage.account("Bertrand"))
    page.get_by_role("link", name="Find or do").click()
    expect(page.get_by_role("heading", name="On this account")).to_be_visible()
    page.get_by_role("searchbox", name="Account or action").fill("negotiate")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("button", name="Negotiate").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Negotiating")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_open_palette_and_the_list_of_keys_keep_nobody_out(
    scheme: Any, width: int, stage: Stage, windows: Watched
) -> None:
    page = windows.open(stage.dana, color_scheme=scheme, viewport={"width": width, "height": 844})
    page.goto(stage.account("Bertrand"))
    open_palette(page)
    page.keyboard.type("no")
    expect(page.locator("#found[data-words=no]")).to_have_count(1)
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#finder")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert violations(page) == []


def test_a_key_right_after_the_palette_closed_is_not_typed_into_it(stage: Stage, windows: Watched) -> None:
    """The browser takes the focus away from its field with the next frame only."""
    page = windows.open(stage.dana)
    page.goto(stage.account("Bertrand"))
    field = open_palette(page)
    field.evaluate("""field => {
        field.closest("dialog").close();
        field.dispatchEvent(new KeyboardEvent("keydown", { key: "?", bubbles: true }));
    }""")
    expect(page.locator("#keys")).to_be_visible()
