"""Start working, log a call with a promise, take the next account and come back: by keyboard alone."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.models import Account, ContactAttempt, Promise
from tests.browser.conftest import Stage, Watched
from tests.cast import PASSWORD

pytestmark = pytest.mark.browser

# A place where it is day now, whenever this runs, so that a call is allowed.
SOMEWHERE = ("Pacific/Auckland", "Europe/Berlin", "America/Chicago")


def by_day() -> str:
    from core.contact_rules import is_within_hours

    return next(zone for zone in SOMEWHERE if is_within_hours(zone, timezone.now() + timedelta(minutes=2)))


def tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        if page.locator(f"{selector}:focus").count():
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached with Tab")


def test_a_call_with_a_promise_and_the_next_account(stage: Stage, windows: Watched) -> None:
    from core.models import Debtor

    zone = by_day()
    stage.within(lambda: Debtor.objects.update(time_zones=[zone]))
    page = windows.open(stage.sarah)
    page.goto("/worklist/")
    page.keyboard.press("w")
    expect(page.locator("#next-account")).to_be_visible()
    first = page.get_by_role("heading", level=1).inner_text()
    expect(page.locator(".queue")).to_contain_text("0 worked today")

    page.keyboard.press("c")
    expect(page.locator("#id_outcome")).to_be_focused()
    page.keyboard.type("Promised")
    expect(page.locator("#by-outcome")).to_contain_text("Check the promise on the day promised")
    tab_to(page, "#id_promise_amount")
    page.keyboard.type("9999")
    tab_to(page, "#id_promise_method")
    page.keyboard.type("Card")
    tab_to(page, "#say")
    page.keyboard.type("Pays after payday.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#compose")).to_contain_text("Enter the day promised.")
    expect(page.locator("#say")).to_have_value("Pays after payday.")
    expect(page.locator("#id_promise_due")).to_be_focused()
    page.locator("#id_promise_due").press_sequentially(f"{timezone.now() + timedelta(days=5):%m%d%Y}")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#compose")).to_contain_text("at most $500.00")
    expect(page.locator("#id_promise_amount")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("250")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#compose [role=status]")).to_have_text("Call logged")
    expect(page.locator("#say")).to_be_focused()
    expect(page.locator("#say")).to_have_value("")
    expect(page.locator("#promise")).to_contain_text("$250.00")
    expect(page.locator("#timeline")).to_contain_text("took a promise: $250.00")
    expect(page.locator(".queue")).to_contain_text("1 worked today")
    assert stage.within(lambda: (ContactAttempt.objects.count(), Promise.objects.get().amount)) == (1, 250)

    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first)
    expect(page.locator("#previous-account")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("heading", level=1)).to_contain_text(first.split("\n")[0])
    expect(page).to_have_url(re.compile(r"/accounts/"))


def test_from_the_sign_in_back_to_the_row_that_was_left(stage: Stage, windows: Watched) -> None:
    from core.models import Debtor

    zone = by_day()
    stage.within(lambda: Debtor.objects.update(time_zones=[zone]))
    page = windows.open()
    page.goto("/worklist/")
    tab_to(page, "#id_login")
    page.keyboard.type("sarah.mitchell")
    tab_to(page, "#id_password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("tbody .name")).to_have_count(4)

    page.keyboard.press("w")
    expect(page.locator("#next-account")).to_be_visible()
    first = page.get_by_role("heading", level=1).inner_text()
    page.keyboard.press("c")
    page.keyboard.type("Promised")
    tab_to(page, "#id_promise_amount")
    page.keyboard.type("250")
    tab_to(page, "#id_promise_due")
    page.keyboard.type(f"{timezone.now() + timedelta(days=5):%m%d%Y}")
    tab_to(page, "#id_promise_method")
    page.keyboard.type("Card")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#compose [role=status]")).to_have_text("Call logged")
    expect(page.locator("#say")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first)

    page.keyboard.press("Control+k")
    page.keyboard.type("hartmen")
    expect(page.locator("#found [aria-selected=true]")).to_contain_text("Celia Hartman")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Celia Hartman")

    page.keyboard.press("g")
    page.keyboard.press("w")
    expect(page.locator("tbody .name")).to_have_count(4)
    rows = page.locator("tbody .name")
    names = rows.all_inner_texts()
    at = names.index("Bertrand Óslo")
    for _ in range(at + 1):
        page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bertrand Óslo")
    expect(page.locator("html[data-script=on]")).to_have_count(1)  # the heading comes before the script
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Negotiating")
    expect(page.locator("#status-menu")).to_be_focused()
    for _ in range(30):
        if page.locator(".crumbs a:focus").count():
            break
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    left = page.get_by_role("link", name="Bertrand Óslo")
    expect(left).to_be_focused()
    expect(left).to_be_in_viewport()


def test_two_people_see_each_other(stage: Stage, windows: Watched) -> None:
    windows.open(stage.dana).goto(stage.account("Amelia"))
    page = windows.open(stage.sarah)
    page.goto(stage.account("Amelia"))
    expect(page.locator("#presence")).to_contain_text("Dana Whitlock has this open.")


def test_a_follow_up_and_a_full_balance(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto(stage.account("Amelia"))
    page.get_by_text("Change what comes next").click()
    page.locator("#id_follow-next_action").fill("Ask the employer")
    page.locator("#id_follow-next_day").fill((timezone.now() + timedelta(days=3)).date().isoformat())
    page.locator("#next").get_by_role("button", name="Save").click()
    expect(page.locator("#next")).to_contain_text("Ask the employer")
    expect(page.locator("#timeline")).to_contain_text("planned: Ask the employer")
    page.locator("#id_outcome").select_option(label="Promised to pay")
    page.get_by_role("button", name="Full balance").click()
    expect(page.locator("#id_promise_amount")).to_have_value("500.00")
    page.locator("#compose").get_by_text("Letter", exact=True).click()
    expect(page.locator("#id_phone")).to_be_hidden()
    pk = stage.accounts["Amelia"].pk
    assert stage.within(lambda: Account.objects.get(pk=pk).next_action) == "Ask the employer"


def test_an_open_page_renews_its_lease(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.clock.install()
    page.goto(stage.account("Amelia"))
    with page.expect_response(lambda response: response.url.endswith("/presence/")) as renewed:
        page.clock.fast_forward(181_000)
    assert renewed.value.status == 200
    expect(page.locator("#presence")).to_have_count(1)


def test_the_row_left_has_the_focus_though_the_browser_takes_it_late(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    # Going to the fragment, which a busy machine does in the first frame after everything was loaded.
    page.add_init_script("addEventListener('load', () => requestAnimationFrame(() => document.activeElement.blur()))")
    page.goto(f"/worklist/#a-{stage.accounts['Bertrand'].external_ref}")
    expect(page.get_by_role("link", name="Bertrand Óslo")).to_be_focused()
