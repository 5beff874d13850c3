"""Filter, search, sort and assign; the URL keeps what is chosen."""

import re

import pytest
from playwright.sync_api import Page, expect

from core.models import Account
from tests.browser.conftest import Stage, Watched

pytestmark = pytest.mark.browser


def rows(page: Page) -> list[str]:
    return page.locator("tbody .name").all_inner_texts()


def test_filtering_changes_the_table_and_the_url_and_back_undoes_it(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto("/worklist/")
    page.evaluate("window.same = true")
    page.locator("#f-status").click()
    page.get_by_label("Disputed").check()
    expect(page.locator("tbody .name")).to_have_text(["Dmitri Falk"])
    expect(page).to_have_url(re.compile(r"status=disputed"))
    assert page.evaluate("window.same"), "only the table was fetched"
    page.reload()
    expect(page.locator("tbody .name")).to_have_text(["Dmitri Falk"])
    page.go_back()
    expect(page.locator("tbody .name")).to_have_count(4)


def test_searching_finds_by_name_without_accents_and_by_reference(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto("/worklist/")
    search = page.get_by_label("Search name, reference, phone or e-mail")
    search.fill("oslo")
    expect(page.locator("tbody .name")).to_have_text(["Bertrand Óslo"])
    search.fill(stage.accounts["Celia"].external_ref)
    expect(page.locator("tbody .name")).to_have_text(["Celia Hartman"])
    search.fill("nobody of that name")
    expect(page.locator("tbody .name")).to_have_count(0)
    expect(page.locator("#results")).to_contain_text(re.compile("no account", re.IGNORECASE))


def test_sorting_by_a_heading(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto("/worklist/")
    page.get_by_role("columnheader", name="Balance").get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"sort="))
    expect(page.locator("[aria-sort]")).to_have_count(1)
    assert len(rows(page)) == 4


def test_an_admin_assigns_the_selected_accounts(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.dana)
    page.goto("/worklist/?status=new")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_label("Select Farid Noor").check()
    page.get_by_label("Select Greta Lund").check()
    expect(page.locator("#picked")).to_have_text("2 selected, $1,000.00")
    page.locator("#bulk-collector").select_option(label="James Carter")
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_text("2 assigned to James Carter.").first).to_be_visible()
    assert stage.within(lambda: Account.objects.filter(assigned_to=stage.james.collector).count()) == 3


def test_the_list_is_worked_by_keys(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto("/worklist/")
    names = rows(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.get_by_role("link", name=names[0])).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name=names[0]).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(names[0])


def test_the_browser_s_way_back_leads_to_the_row_that_was_left(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto("/worklist/?sort=balance")
    names = rows(page)
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(names[2])
    page.go_back()
    expect(page.get_by_role("link", name=names[2])).to_be_focused()
    expect(page).to_have_url(re.compile(r"\?sort=balance#a-"))
    page.keyboard.press("k")
    expect(page.get_by_role("link", name=names[1])).to_be_focused()
