"""Where adding up takes long, the page comes first: it asks for the sums by itself, and by a link without script."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from core import paging
from core.models import Agency, User
from reports.lists import listing
from tests.cast import make_account
from tests.reports.pages import ids, totals
from tests.worklist.pages import HTMX, text

As = Callable[[User], Client]
URL = "/reports/accounts/"


@pytest.fixture
def browser(inside: Agency, dana: User, as_user: As, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Five accounts on pages of two, of which everything is long to read."""
    monkeypatch.setattr(paging, "PER_PAGE", 2)
    monkeypatch.setattr(listing, "CHEAP", 0)
    for _ in range(5):
        make_account()
    return as_user(dana)


def link(page: str) -> str:
    found = re.search(r'id="totals"><a href="([^"]+)" hx-get="([^"]+)" hx-trigger="load, click"', page)
    assert found
    assert found[1] == found[2]
    return URL + unescape(found[1])


def test_the_page_comes_without_the_sums_and_asks_for_them(browser: Client) -> None:
    page = browser.get(f"{URL}?open=1")
    assert len(ids(page)) == 2
    assert totals(page) == {}
    sums = browser.get(link(page.content.decode()), headers=HTMX | {"HX-Target": "totals"})
    assert totals(sums) == {"number": 5, "original": 2500, "balance": 2500}
    assert sums.content.decode().strip().startswith('<dl class="row stats pad" id="totals"')


def test_without_script_the_link_leads_to_the_same_page_with_them(browser: Client) -> None:
    page = browser.get(f"{URL}?open=1")
    summed = browser.get(link(page.content.decode()))
    assert totals(summed)["number"] == 5
    assert ids(summed) == ids(page)
    assert "Filter" in text(summed)


def test_what_is_on_one_page_is_added_up_at_once(browser: Client) -> None:
    last = browser.get(f"{URL}?after={ids(browser.get(URL))[-1]}")
    assert totals(last) == {}
    assert totals(browser.get(f"{URL}?status=new&placed_since=2999-01-01")) == {}  # nothing matches
    wanted = ids(last)[0]
    make_account(external_ref="ONE", due_date="2026-01-01")
    assert wanted
    assert totals(browser.get(f"{URL}?past_due=90%2B"))["number"] == 1


def test_what_is_quickly_read_is_added_up_at_once(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(paging, "PER_PAGE", 2)
    assert totals(browser.get(URL))["number"] == 5


def test_turning_a_page_leaves_the_sums_alone(browser: Client) -> None:
    first = browser.get(URL)
    turned = browser.get(f"{URL}?after={ids(first)[-1]}", headers=HTMX | {"HX-Target": "rows"})
    assert turned.content.decode().strip().startswith('<div id="rows">')
    assert len(ids(turned)) == 2
    assert totals(turned) == {}
    assert "Add up" not in text(turned)
