"""The palette finds accounts and acts: those that this user may do, on the account that is open."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.models import Account, Agency, User
from tests.cast import bring_to, make_account, make_debtor
from tests.worklist.pages import HTMX, statements, text
from worklist.models import SavedView


@pytest.fixture
def account(inside: Agency, dana: User, sarah: User) -> Account:
    return bring_to(make_account(debtor=make_debtor(full_name="Zoë Okafor")), "in_contact", admin=dana, to=sarah)


def palette(browser: Client, words: str = "", account: Account | None = None) -> Any:
    asked = {"q": words, **({"account": str(account.pk)} if account else {})}
    return browser.get("/worklist/find/", asked, headers={**HTMX, "HX-Target": "found"})


def lines(response: Any) -> list[str]:
    """What the options say, in their order."""
    options = re.findall(r'class="line"[^>]*role="option".*?</(?:a|button)>', response.content.decode(), re.DOTALL)
    return [unescape(re.search(r"<span>([^<]*)", option).group(1)).strip() for option in options]  # type: ignore[union-attr]


def test_nothing_typed_shows_what_can_be_done_with_the_account(sarahs_browser: Client, account: Account) -> None:
    shown = lines(palette(sarahs_browser, "", account))
    assert shown[:5] == ["Log a call", "Log an e-mail", "Add a note", "Take a payment", "Agree a plan…"]
    assert {"Dispute…", "Next account", "Schedule a follow-up", "Print the account", "Worklist", "Start working"} <= {
        *shown
    }
    assert "Assign to" not in " ".join(shown)


def test_nothing_typed_elsewhere_shows_where_one_can_go(danas_browser: Client, inside: Agency) -> None:
    shown = lines(palette(danas_browser))
    assert shown == [
        "Dashboard",
        "Accounts",
        "Payments",
        "Reports",
        "Team",
        "Imports",
        "Due today",
        "Promises due",
        "Broken promises",
        "Never contacted",
        "All open",
    ]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("note", "Add a note"),
        ("nego", "Negotiate"),
        ("status", "Negotiate"),
        ("call", "Log a call"),
        ("follow", "Schedule a follow-up"),
        ("print", "Print the account"),
        ("next acc", "Next account"),
        ("prom due", "Promises due"),
        ("dark", "Switch the color theme"),
        ("keys", "Switch single keys off"),
        ("security", "Your password"),
    ],
)
def test_an_act_is_found_by_its_words(words: str, first: str, sarahs_browser: Client, account: Account) -> None:
    assert lines(palette(sarahs_browser, words, account))[0] == first


def test_a_name_alone_never_assigns(danas_browser: Client, account: Account, james: User) -> None:
    assert "Assign to James Carter" not in lines(palette(danas_browser, "james carter", account))
    found = palette(danas_browser, "assign jam", account)
    assert lines(found)[0] == "Assign to James Carter"
    fields = dict(re.findall(r'name="(collector|expected)" value="([^"]*)"', found.content.decode()))
    done = danas_browser.post(f"/accounts/{account.pk}/assignment/", fields)
    account.refresh_from_db()
    assert (done.status_code, account.assigned_to) == (303, james.collector)


def test_an_account_is_found_by_a_misspelt_name_and_closed_ones_too(
    danas_browser: Client, sarahs_browser: Client, account: Account, dana: User, sarah: User
) -> None:
    gone = make_account(debtor=make_debtor(full_name="Gregor Samsa"))
    bring_to(gone, "closed", admin=dana, to=sarah)
    for browser in (danas_browser, sarahs_browser):
        assert "Zoë Okafor" in lines(palette(browser, "okafro"))
    assert "Gregor Samsa" in lines(palette(danas_browser, "samsa"))
    assert lines(palette(danas_browser, "samsa"))[-1] == "Search all accounts for “samsa”"


def test_an_account_that_one_may_not_see_offers_nothing(
    as_user: Callable[[User], Client], strangers_browser: Client, account: Account, james: User
) -> None:
    for browser in (as_user(james), strangers_browser):
        found = palette(browser, "", account)
        assert found.status_code == 200
        assert "On this account" not in text(found)
        assert "No account matches" in text(palette(browser, "okafor", account))
    assert as_user(james).get("/worklist/find/?account=nonsense", headers=HTMX).status_code == 200


def test_a_reader_is_offered_nothing_that_changes_anything(auditors_browser: Client, account: Account) -> None:
    html = palette(auditors_browser, "", account).content.decode()
    assert "Print the account" in html
    assert 'method="post"' not in html
    assert "Import a file" not in lines(palette(auditors_browser, "import"))


def test_a_collector_is_not_shown_the_team(sarahs_browser: Client, inside: Agency) -> None:
    assert not {"Team", "Imports", "Feeds", "Distribution"} & {
        *lines(palette(sarahs_browser)), *lines(palette(sarahs_browser, "team")), *lines(palette(sarahs_browser, "go"))
    }  # fmt: skip


def test_saved_views_are_found_by_name(sarahs_browser: Client, danas_browser: Client, sarah: User, dana: User,
                                       inside: Agency) -> None:  # fmt: skip
    SavedView.objects.create(owner=sarah, name="Large disputes", query="min=900&status=disputed")
    SavedView.objects.create(owner=dana, name="Large and shared", query="min=900", is_shared=True)
    found = palette(sarahs_browser, "large")
    assert lines(found)[:2] == ["Large disputes", "Large and shared"]
    assert 'href="/worklist/?min=900&amp;status=disputed"' in found.content.decode()
    assert "Large disputes" not in lines(palette(danas_browser, "large"))


def test_without_script_it_is_a_page_of_links_and_forms(sarahs_browser: Client, account: Account) -> None:
    page = sarahs_browser.get("/worklist/find/", {"q": "nego", "account": str(account.pk)})
    html = page.content.decode()
    assert "<h1>Find</h1>" in html
    assert 'value="nego"' in html
    assert 'role="option"' not in html
    assert f'action="/accounts/{account.pk}/status/"' in html
    assert html.count('id="found"') == 1


@pytest.mark.parametrize("words", ["%", "\\", "'; DROP", "((", "\x00", "💣", "x" * 4000, "<script>alert(1)</script>"])
def test_odd_words_break_nothing(words: str, sarahs_browser: Client, account: Account) -> None:
    found = palette(sarahs_browser, words, account)
    assert found.status_code == 200
    assert "<script" not in found.content.decode()


@pytest.mark.django_db(transaction=True)
def test_it_asks_a_few_statements_whatever_is_typed(harborline: Agency, dana: User, sarah: User, james: User) -> None:
    from core import tenancy

    with tenancy.acting_for(harborline):
        account = bring_to(make_account(), "in_contact", admin=dana, to=sarah)
        for _ in range(3):
            bring_to(make_account(), "assigned", admin=dana, to=sarah)
    for user in (dana, sarah):
        browser = Client()
        browser.force_login(user)
        palette(browser, "whit", account)
        with CaptureQueriesContext(connection) as queries:
            assert len(lines(palette(browser, "whit", account))) == 5
        asked = statements(queries)
        own = [sql for sql in asked if "core_account" in sql or "core_creditor" in sql]
        assert (len(own), len(asked) <= 8) == (4, True), "\n".join(asked)
