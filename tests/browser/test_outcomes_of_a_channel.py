"""The list of outcomes follows the channel and the direction, with a script and without; an admin orders the table."""

import pytest
from playwright.sync_api import Page, expect

from core.models import ContactAttempt, Disposition
from tests.browser.conftest import Stage, Watched

pytestmark = pytest.mark.browser

SHOWN = """list => [...list.options].filter(o => o.value && [o, o.parentElement].every(e => getComputedStyle(e).display
    !== "none")).map(o => o.textContent)"""


def choose(page: Page, label: str) -> None:
    page.locator("#compose").get_by_text(label, exact=True).click()


def shown(page: Page) -> list[str]:
    offered: list[str] = page.locator("#id_outcome").evaluate(SHOWN)
    return offered


def test_the_list_follows_the_channel_and_keeps_what_still_fits(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto(stage.account("Amelia"))
    outcomes = page.get_by_label("Outcome")
    assert "Left a voicemail" in shown(page)
    assert "Sent" not in shown(page)
    outcomes.select_option(label="Refused to pay")
    choose(page, "Letter")
    expect(outcomes.locator("option:checked")).to_have_text("Refused to pay")
    outcomes.select_option(label="Returned to sender")
    expect(page.locator("#by-outcome")).to_contain_text("Find another address in 1 day")
    choose(page, "Incoming")
    expect(outcomes.locator("option:checked")).to_have_text("Choose the outcome")
    expect(page.locator("#by-outcome")).to_contain_text("as the outcome says")
    assert "Answered" in shown(page)
    assert "Returned to sender" not in shown(page)
    outcomes.select_option(label="Answered")
    page.get_by_role("button", name="Log contact").click()
    expect(page.locator("#timeline")).to_contain_text("had a letter: Answered")
    assert "Returned to sender" in shown(page), "the next letter is ours again"


def test_without_script_the_list_follows_too_and_the_server_looks_again(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah, java_script_enabled=False)
    page.goto(stage.account("Amelia"))
    page.get_by_label("Outcome").select_option(label="No answer")
    choose(page, "Letter")
    page.get_by_role("button", name="Log contact").click()
    expect(page.locator("#compose")).to_contain_text("An outgoing letter does not end with “No answer”.")
    page.get_by_label("Outcome").select_option(label="Returned to sender")
    page.get_by_role("button", name="Log contact").click()
    expect(page.locator("#timeline")).to_contain_text("sent a letter: Returned to sender")
    assert stage.within(lambda: ContactAttempt.objects.get().channel) == "letter"


def test_an_admin_orders_the_table_by_keyboard(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.dana)
    page.goto("/team/outcomes/")
    up = page.get_by_role("button", name="Move Spoke, will call back up")
    up.focus()
    page.keyboard.press("Enter")
    expect(page.locator("tbody .name").first).to_have_text("Spoke, will call back")
    assert page.evaluate("document.activeElement !== document.body"), "the focus stays near"
    off = page.get_by_role("button", name="Switch off Busy")
    off.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Switch on Busy")).to_be_focused()
    assert stage.within(lambda: Disposition.objects.get(code="busy").is_active) is False
