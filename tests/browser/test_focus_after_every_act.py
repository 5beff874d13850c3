"""After every act by keyboard that replaces a region the focus is somewhere, never on the body (UX checklist 8)."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, Route, expect

from core import contacts, moves
from tests.browser.conftest import Stage, Watched

pytestmark = pytest.mark.browser


@dataclass
class Act:
    """Where, as whom, what is pressed, and what shows that the region is new."""

    name: str
    who: str
    path: str
    do: Callable[[Page], object]
    shows: str


def press(page: Page, selector: str, key: str = "Enter") -> None:
    """As a keyboard does: the element has the focus, then the key."""
    found = page.locator(selector).first
    found.focus()
    found.press(key)


def move(page: Page) -> None:
    page.keyboard.press("s")
    page.keyboard.press("Enter")


def ask(page: Page) -> None:
    page.keyboard.press("s")
    press(page, ".bar .menu a")


def note(page: Page) -> None:
    page.keyboard.press("n")
    page.keyboard.type("Called the office.")
    page.keyboard.press("Control+Enter")


def follow_up(page: Page) -> None:
    press(page, "#next summary")
    page.locator("#id_follow-next_action").fill("Ask the employer")
    page.locator("#id_follow-next_day").fill("2031-01-01")  # too far
    page.locator("#id_follow-next_action").focus()
    page.keyboard.press("Control+Enter")


def select_and_assign(page: Page) -> None:
    press(page, "input[name=ids]", "Space")
    page.locator("#bulk-collector").select_option(label="James Carter")
    press(page, "#bulk button:has-text('Assign')")


def reassign(page: Page) -> None:
    page.locator("#assign-to").select_option(label="James Carter")
    press(page, ".assign button")


def narrow_imports(page: Page) -> None:
    page.locator("#id_status").focus()
    page.keyboard.press("ArrowDown")


ACTS = [
    Act("a move", "sarah", "Amelia", move, "h1 [data-s=in_contact]"),
    Act("a note", "sarah", "Amelia", note, "#timeline :text('Called the office.')"),
    Act("a refused contact", "sarah", "Amelia", lambda p: press(p, "#say", "Control+Enter"), "#compose .neg"),
    Act("a refused follow-up", "sarah", "Amelia", follow_up, "#next .neg"),
    Act("a form of a move", "dana", "Amelia", ask, "#move form"),
    Act("a filter of the timeline", "sarah", "Amelia", lambda p: press(p, "#show-notes"), "#show-notes[aria-current]"),
    Act("last four digits", "sarah", "Amelia", lambda p: press(p, "#ssn button"), "#ssn :text('ends 1234')"),
    Act("an assignment", "dana", "Celia", reassign, "#timeline :text('James Carter')"),
    Act("a sort", "sarah", "/worklist/", lambda p: press(p, "#sort-balance"), "[aria-sort]"),
    Act("a search", "sarah", "/worklist/", lambda p: (p.keyboard.press("/"), p.keyboard.type("oslo")),
        "#results:not(:has-text('Celia')) .name"),
    Act("an assignment of many", "dana", "/worklist/?status=new", select_and_assign, "#toasts .done-note"),
    Act("an outcome moved", "dana", "/team/outcomes/", lambda p: press(p, "tbody tr:nth-child(3) [id^=up-]"),
        "tbody tr:nth-child(2) .name:text('Answered')"),
    Act("an outcome at the top", "dana", "/team/outcomes/", lambda p: press(p, "tbody tr:nth-child(2) [id^=up-]"),
        "tbody tr:nth-child(1) .name:text('Answered')"),
    Act("an outcome switched off", "dana", "/team/outcomes/", lambda p: press(p, "[id^=switch-]"),
        "table[aria-label='Switched off']"),
    Act("a filter of the imports", "dana", "/imports/", narrow_imports, "#results .empty :text('No import matches')"),
    Act("a refused upload", "dana", "/imports/uploads/", lambda p: press(p, "#upload .primary"), "#upload .note.neg"),
    Act("the switch of the keys", "sarah", "/worklist/",
        lambda p: (p.keyboard.press("?"), press(p, "#key-switch-button")), "#key-switch[data-keys=off]"),
]  # fmt: skip


# A microtask runs when the script that put the new content in has ended, and before anything can be pressed.
NOTE_THE_FOCUS = """document.addEventListener("htmx:afterSwap", () => queueMicrotask(() => {
  document.body.dataset.swapped = document.activeElement?.tagName; }))"""


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement?.tagName + '#' + (document.activeElement?.id || '')"))


def test_the_focus_is_never_lost(stage: Stage, windows: Watched) -> None:
    """Not for a moment: a key pressed while content settles goes somewhere, too. All that is lost is told at once."""
    people = {"sarah": windows.open(stage.sarah), "dana": windows.open(stage.dana)}
    lost = {}
    for act in ACTS:
        page = people[act.who]
        page.goto(act.path if act.path.startswith("/") else stage.account(act.path))
        page.evaluate(NOTE_THE_FOCUS)
        act.do(page)
        expect(page.locator(act.shows).first).to_be_attached()
        expect(page.locator("body[data-swapped]")).to_have_count(1)
        for moment in (str(page.locator("body").get_attribute("data-swapped")), focused(page)):
            if moment.startswith(("BODY", "null", "undefined", "HTML")):
                lost[act.name] = moment
    assert lost == {}


def test_the_status_button_has_the_focus_after_a_move(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto(stage.account("Amelia"))
    move(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("In contact")
    expect(page.locator("#status-menu")).to_be_focused()


def test_an_outcome_that_reached_the_top_can_be_moved_down_at_once(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.dana)
    page.goto("/team/outcomes/")
    press(page, "tbody tr:nth-child(2) [id^=up-]")
    expect(page.locator("tbody tr:nth-child(1) .name").first).to_have_text("Spoke, will call back")
    expect(page.get_by_role("button", name="Move Spoke, will call back down")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr:nth-child(2) .name").first).to_have_text("Spoke, will call back")
    expect(page.get_by_role("button", name="Move Spoke, will call back down")).to_be_focused()


def test_a_desk_that_is_refused_says_so_where_the_focus_is(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.dana)
    page.goto(f"/team/{stage.within(lambda: stage.sarah.collector.pk)}/")
    page.get_by_label("Open accounts at most").fill("many")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Open accounts at most")).to_be_focused()


def test_two_people_and_nothing_typed_is_lost(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto(stage.account("Bertrand"))
    pk = stage.accounts["Bertrand"].pk
    page.locator("#say").fill("Half a sentence about")
    page.locator("#next summary").click()
    page.locator("#id_follow-next_action").fill("Ask the employer")
    stage.within(lambda: moves.move(pk, "negotiate", by=stage.dana))
    page.locator("body").press("Escape")
    page.locator("#say").blur()
    page.locator("#status-menu").click()
    page.get_by_role("button", name=re.compile("Negotiate")).press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Dana Whitlock changed the status to Negotiating a moment ago.")
    expect(alert).to_be_focused()
    expect(page.locator("#say")).to_have_value("Half a sentence about")
    expect(page.locator("#id_follow-next_action")).to_have_value("Ask the employer")


def test_a_follow_up_that_was_set_meanwhile(stage: Stage, windows: Watched) -> None:
    from datetime import timedelta

    from django.utils import timezone

    page = windows.open(stage.sarah)
    page.goto(stage.account("Bertrand"))
    pk, soon = stage.accounts["Bertrand"].pk, timezone.now() + timedelta(days=2)
    stage.within(lambda: contacts.schedule(pk, "Call the bank", soon, by=stage.dana))
    page.locator("#next summary").click()
    page.locator("#id_follow-next_action").fill("Ask the employer")
    page.locator("#id_follow-next_day").fill(soon.date().isoformat())
    page.locator("#id_follow-next_action").press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Dana Whitlock planned “Call the bank” a moment ago.")
    expect(page.locator("#next .note")).to_contain_text("Call the bank")
    expect(page.locator("#id_follow-next_action")).to_have_value("Ask the employer")
    page.locator("#id_follow-next_action").press("Control+Enter")
    expect(page.locator("#next .note")).to_contain_text("Ask the employer")


@pytest.mark.parametrize("failure", ["500", "no network"])
def test_a_server_in_trouble_is_told_and_the_form_untouched(failure: str, stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto(stage.account("Bertrand"))

    def fail(route: Route) -> None:
        route.abort() if failure == "no network" else route.fulfill(status=500, body="<h1>broken</h1>")

    page.route("**/notes/", fail)
    page.keyboard.press("n")
    page.keyboard.type("Not to be lost.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("Not saved. What you typed is still here; try again.")
    expect(page.locator("#say")).to_have_value("Not to be lost.")
    expect(page.locator("#say")).to_be_focused()
    page.unroute("**/notes/")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#timeline")).to_contain_text("Not to be lost.")
    windows.heard.clear()  # the browser tells its console about both


def test_an_ended_session_leads_to_the_sign_in_and_back(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto("/worklist/?status=assigned")
    page.context.clear_cookies()
    press(page, "#sort-balance")
    expect(page).to_have_url(re.compile(r"/auth/login/\?next="))
    expect(page.locator(".app")).to_have_count(0)


@pytest.mark.parametrize("failure", ["500", "no network"])
def test_a_search_without_an_answer_says_so_and_leaves_the_list(failure: str, stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto("/worklist/")
    rows = page.locator("#results tbody tr").count()

    def fail(route: Route) -> None:
        route.abort() if failure == "no network" else route.fulfill(status=500, body="<h1>broken</h1>")

    page.route("**/worklist/?*", fail)
    page.locator("#q").fill("Bertrand")
    expect(page.locator("#toasts")).to_contain_text("No answer came. What you see is as it was; try again.")
    expect(page.locator("#q")).to_have_value("Bertrand")
    expect(page.locator("#results tbody tr")).to_have_count(rows)
    page.unroute("**/worklist/?*")
    page.locator("#q").press("Enter")
    expect(page.locator("#results tbody tr")).to_have_count(1)
    windows.heard.clear()  # the browser tells its console about both
