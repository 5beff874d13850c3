"""A manager reads a report: filters, sorts, follows a figure to its rows and comes back; with and without script."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Stage, Watched

pytestmark = pytest.mark.browser


def test_filters_and_order_stand_in_the_address(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.dana)
    page.goto("/reports/collectors/")
    expect(page.get_by_label("From")).to_be_hidden()
    page.get_by_label("Period").select_option("7d")
    expect(page).to_have_url(re.compile(r"/reports/collectors/\?period=7d$"))
    expect(page.get_by_role("status").filter(has_text="Last 7 days")).to_be_visible()
    page.get_by_label("Period").select_option("custom")
    expect(page.get_by_label("From")).to_be_visible()
    expect(page).to_have_url(re.compile("period=custom&since="))
    page.get_by_label("Period").select_option("7d")
    expect(page).to_have_url(re.compile(r"period=7d$"))
    page.locator("thead").get_by_role("link", name="Accounts", exact=True).click()
    expect(page).to_have_url(re.compile(r"period=7d&sort=-active_accounts$"))
    expect(page.locator("th[aria-sort=descending]")).to_have_text("Accounts")
    assert page.evaluate("document.activeElement.id") == "s-active_accounts", "the focus stays on the head"
    names = page.locator(".sheet tbody th").all_text_contents()
    assert names[:2] == ["Sarah Mitchell", "Nobody"]


def test_a_figure_leads_to_its_rows_and_back(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.dana)
    page.goto("/reports/collectors/?period=7d")
    row = page.get_by_role("row", name="Sarah Mitchell").last
    figure = row.get_by_role("link").first
    expect(figure).to_have_text("4")
    figure.click()
    expect(page.locator("[data-total=number]")).to_have_text("4")
    page.go_back()
    expect(page.get_by_label("Period")).to_have_value("7d")


def test_without_script(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.auditor, java_script_enabled=False)
    page.goto("/reports/aging/")
    page.get_by_label("Collector").select_option(label="Sarah Mitchell")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("status").filter(has_text="Sarah Mitchell")).to_be_visible()
    assert "collector=" in page.url
    page.get_by_role("link", name="Balance", exact=True).first.click()
    assert "sort=-balance" in page.url
    assert "collector=" in page.url
