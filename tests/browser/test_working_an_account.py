"""Read an account, write a note, change its status; the second of two people is told."""

import pytest
from playwright.sync_api import Page, expect

from core import moves
from core.models import Account, Activity, Hold
from tests.browser.conftest import Stage, Watched

pytestmark = pytest.mark.browser


def open_status_menu(page: Page) -> None:
    page.locator("summary", has_text="Status").click()


def choose_note(page: Page) -> None:
    page.locator("#compose").get_by_text("Note", exact=True).click()


def test_a_note_appears_at_once_and_only_once(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto(stage.account("Amelia"))
    page.evaluate("window.same = true")
    choose_note(page)
    page.get_by_label("What happened").fill("She asked for a copy of the bill.\nCall back on Friday.")
    page.get_by_role("button", name="Add note").dblclick()
    expect(page.locator("#timeline")).to_contain_text("She asked for a copy of the bill.")
    expect(page.get_by_label("What happened")).to_have_value("")
    assert page.evaluate("window.same")
    assert stage.within(lambda: Activity.objects.filter(kind="note").count()) == 1


def test_an_empty_note_is_refused_beside_the_field(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto(stage.account("Amelia"))
    choose_note(page)
    page.get_by_role("button", name="Add note").click()
    expect(page.locator("#say-error")).to_have_text("Enter the note.")
    expect(page.get_by_label("What happened")).to_be_focused()


def test_the_status_changes_with_one_click(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto(stage.account("Amelia"))
    open_status_menu(page)
    page.get_by_role("button", name="Start contact").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("In contact")
    expect(page.locator("#timeline")).to_contain_text("In contact")


def test_a_dispute_asks_for_the_reason_and_places_a_hold(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto(stage.account("Bertrand"))
    open_status_menu(page)
    page.get_by_role("link", name="Dispute").click()
    form = page.locator("#move")
    form.get_by_role("button", name="Dispute").click()
    expect(form).to_contain_text("Enter what the debtor disputes")
    form.get_by_role("textbox").fill("Insurance has paid it")
    form.get_by_role("button", name="Dispute").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Disputed")
    expect(page.locator("#balance")).to_contain_text("Insurance has paid it")
    assert stage.within(lambda: Hold.objects.filter(reason="Insurance has paid it", lifted_at=None).count()) == 1


def test_only_possible_moves_are_offered(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto(stage.account("Dmitri"))
    expect(page.locator("summary", has_text="Status")).to_have_count(0)
    admin = windows.open(stage.dana)
    admin.goto(stage.account("Dmitri"))
    open_status_menu(admin)
    menu = admin.locator(".bar .menu")
    for words in ("Resolve the dispute", "Uphold the dispute", "Withdraw"):
        expect(menu).to_contain_text(words)


def test_the_second_of_two_people_is_told_and_sees_the_fresh_page(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto(stage.account("Amelia"))
    stage.within(lambda: moves.move(stage.accounts["Amelia"].pk, "start_contact", by=stage.dana))
    open_status_menu(page)
    page.get_by_role("button", name="Start contact").click()
    expect(page.get_by_role("alert")).to_contain_text("Dana Whitlock changed the status to In contact a moment ago.")
    expect(page.get_by_role("heading", level=1)).to_contain_text("In contact")


def test_an_admin_reassigns_from_the_account(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.dana)
    page.goto(stage.account("Celia"))
    page.locator("#assign-to").select_option(label="James Carter")
    page.get_by_role("button", name="Reassign").click()
    expect(page.locator("#timeline")).to_contain_text("James Carter")
    pk = stage.accounts["Celia"].pk
    assert stage.within(lambda: Account.objects.get(pk=pk).assigned_to) == stage.james.collector


def test_a_reader_sees_no_action(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.auditor)
    page.goto(stage.account("Celia"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Celia Hartman")
    expect(page.get_by_role("button", name="Add note")).to_have_count(0)
    expect(page.locator("summary", has_text="Status")).to_have_count(0)
    expect(page.locator("#assign-to")).to_have_count(0)
