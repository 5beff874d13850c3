"""The dashboard in a browser: a filter changes figures, address and title, and the focus stays where it is."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Stage, Watched

pytestmark = pytest.mark.browser


def test_filters_change_figures_address_and_title(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.dana)
    page.goto("/dashboard/")
    page.get_by_text("7 days", exact=True).click()
    expect(page).to_have_url(re.compile(r"/dashboard/\?period=7d$"))
    expect(page).to_have_title("Dashboard, Last 7 days · DebtFlow")
    expect(page.locator("#period-7d")).to_be_focused()
    page.get_by_role("link", name="Week").click()
    expect(page.get_by_role("heading", name="Collected per week")).to_be_visible()
    expect(page.locator("#step-week")).to_be_focused()
    page.locator("#of-collector").select_option(label="James Carter")
    expect(page.locator(".as-of")).to_contain_text("James Carter")
    expect(page.get_by_role("heading", name="Collected per week")).to_be_visible()
    page.go_back()
    expect(page.locator(".as-of")).not_to_contain_text("James Carter")
    expect(page).to_have_url(re.compile(r"period=7d&step=week$"))


def test_days_of_one_s_own_count_when_they_are_complete(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.dana)
    page.goto("/dashboard/")
    expect(page.locator("#since")).to_be_hidden()
    page.get_by_text("Own days", exact=True).click()
    expect(page).to_have_title(re.compile("^Dashboard, .* – .* · DebtFlow$"))
    since, until = page.locator("#since"), page.locator("#until")
    first, last = since.input_value(), until.input_value()
    since.fill(last)
    until.fill(first)
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("alert")).to_contain_text("The period ends before it begins.")
    expect(since).to_have_value(last)
    expect(page.locator("#show-days")).to_be_focused()
    since.fill(first)
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".as-of")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page).to_have_url(re.compile(f"since={first}&until={first}"))


def test_figures_explain_themselves_and_lead_on(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.auditor)
    page.goto("/")
    page.get_by_role("heading", name="Recovery rate").click()
    expect(page.locator(".how[open]")).to_contain_text("÷ the average of")
    page.locator(".figure .big a").first.click()
    expect(page.get_by_role("heading", name="All accounts")).to_be_visible()
    page.wait_for_load_state()  # this page's sheet is another, and scripts wait for it
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()


def test_without_script(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.dana, java_script_enabled=False)
    page.goto("/dashboard/")
    page.get_by_text("Quarter", exact=True).click()
    page.locator("#of-creditor").select_option(label="Northgate Hospital")
    page.locator("button.no-script").click()
    expect(page).to_have_title("Dashboard, This quarter · DebtFlow")
    expect(page.locator(".as-of")).to_contain_text("Northgate Hospital")
    page.get_by_role("link", name="Month", exact=True).click()
    expect(page.get_by_role("heading", name="Collected per month")).to_be_visible()
    expect(page).to_have_title("Dashboard, This quarter · DebtFlow")


def test_a_script_that_does_not_come_leaves_a_button(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.dana)
    page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto("/dashboard/")
    show = page.locator("button.no-script")
    expect(show).to_be_visible()
    page.locator("#of-creditor").select_option(label="Northgate Hospital")
    show.click()
    expect(page.locator(".as-of")).to_contain_text("Northgate Hospital")
