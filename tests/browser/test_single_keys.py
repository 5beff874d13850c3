"""Single keys: silent in fields, with modifiers and in dialogs; listed under `?`; switched off for good."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Stage, Watched

pytestmark = pytest.mark.browser


def test_they_are_silent_where_somebody_types(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto(stage.account("Amelia"))
    page.locator("#say").focus()
    page.keyboard.type("cnsgwj?k/x")
    expect(page.locator("#say")).to_have_value("cnsgwj?k/x")
    page.keyboard.press("Escape")
    for pressed in ("Alt+n", "Control+Shift+n", "Meta+s"):
        page.keyboard.press(pressed)
    expect(page.locator("#say")).not_to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator("#keys")).to_be_visible()
    expect(page.locator("#say")).not_to_be_focused()


def test_g_and_a_letter_lead_somewhere(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.dana)
    page.goto(stage.account("Amelia"))
    for letter, path in (("t", "team"), ("i", "imports"), ("w", "worklist")):
        page.keyboard.press("g")
        page.keyboard.press(letter)
        expect(page).to_have_url(re.compile(rf"/{path}/$"))
        page.wait_for_load_state()  # a page hears keys when its script is there


def test_switched_off_under_the_question_mark_they_stay_off_elsewhere(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto(stage.account("Amelia"))
    expect(page.get_by_role("link", name="Note N").locator("kbd")).to_be_visible()
    page.keyboard.press("?")
    page.get_by_role("button", name="Switch them off").press("Enter")
    expect(page.get_by_role("button", name="Switch them on")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("#say")).not_to_be_focused()
    expect(page.locator("[data-compose=note] kbd")).to_be_hidden()

    elsewhere = windows.open(stage.sarah)
    elsewhere.goto("/worklist/")
    elsewhere.keyboard.press("w")
    elsewhere.keyboard.press("?")
    expect(elsewhere.locator("#keys")).to_be_hidden()
    expect(elsewhere).to_have_url(re.compile(r"/worklist/$"))
    elsewhere.keyboard.press("Control+k")
    expect(elsewhere.locator("#finder")).to_be_visible()
    elsewhere.keyboard.press("Escape")
    elsewhere.goto("/auth/preferences/")
    elsewhere.get_by_label("On", exact=True).check()
    elsewhere.get_by_role("button", name="Save preferences").click()
    elsewhere.goto("/worklist/")
    elsewhere.keyboard.press("/")
    expect(elsewhere.locator("#q")).to_be_focused()


def test_keys_are_not_shown_on_touch(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah, has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})
    page.goto(stage.account("Amelia"))
    shown = page.locator("kbd").evaluate_all("all => all.filter((key) => key.checkVisibility()).length")
    assert shown == 0


def test_switching_off_works_without_script(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah, java_script_enabled=False)
    page.goto("/auth/preferences/")
    page.get_by_label("Off", exact=True).check()
    page.get_by_role("button", name="Save preferences").press("Enter")
    expect(page.locator("html")).to_have_attribute("data-keys", "off")
