"""A list one comes back to has a name: private or shared, normalised, and never more than its URL."""

from typing import Any

import pytest
from django.test import Client

from core.models import Agency, User
from tests.cast import make_account, make_creditor
from tests.worklist.pages import HTMX, refs, text, worklist
from worklist.listing import saved_views
from worklist.models import SavedView

QUERY = "sort=-balance&status=new&status=assigned&min=10&q=&page=abc"
NORMALISED = "min=10&status=assigned&status=new&sort=-balance"


@pytest.fixture(autouse=True)
def _within(inside: Agency) -> None:
    """Every test acts within Harborline."""


def save(browser: Client, name: str = "Big and new", query: str = QUERY, **facts: str) -> Any:
    return browser.post("/worklist/views/", {"name": name, "query": query, **facts})


def names(browser: Client) -> str:
    page = browser.get("/worklist/").content.decode()
    return page[page.index('id="views"') : page.index("</nav>", page.index('id="views"'))]


def test_the_filters_are_saved_under_a_name_and_opened_again(sarahs_browser: Client, sarah: User) -> None:
    link = text(worklist(sarahs_browser, QUERY))
    assert "Save this view" in link
    sent = save(sarahs_browser, " Big and new ")
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/worklist/?{NORMALISED}")
    view = SavedView.objects.get()
    assert (view.name, view.query, view.owner, view.is_shared) == ("Big and new", NORMALISED, sarah, False)
    page = sarahs_browser.get(sent.headers["Location"]).content.decode()
    assert 'aria-current="true"><span>Big and new</span>' in page
    assert "Save this view" not in page


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("status=owned&min=lots&creditor=x&sort=password&nonsense=1", ""),
        ("due=true&list=x&page=1&csrfmiddlewaretoken=y", "due=true"),
        ("q=%20okafor%20&callable=true", "callable=true&q=okafor"),
        ("collector=nobody", ""),  # a collector has no such filter
        ("q=a%00b", ""),
        ("%FF=%FE&&&==", ""),
    ],
)
def test_only_what_the_list_understands_is_kept(sarahs_browser: Client, query: str, kept: str) -> None:
    save(sarahs_browser, query=query)
    assert SavedView.objects.get().query == kept


def test_the_order_of_what_was_chosen_does_not_matter(sarahs_browser: Client) -> None:
    save(sarahs_browser)
    page = worklist(sarahs_browser, "status=assigned&min=10&sort=-balance&status=new").content.decode()
    assert 'aria-current="true"><span>Big and new</span>' in page


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Enter a name for this view."),
        ("   ", "Enter a name for this view."),
        ("x" * 61, "Shorten the name to 60 characters."),
        ("BIG AND NEW", "There is a view of this name already."),
        ("a\x00b", "Null characters are not allowed."),
    ],
)
def test_a_name_is_refused_at_its_field_and_kept(sarahs_browser: Client, name: str, sentence: str) -> None:
    save(sarahs_browser)
    page = save(sarahs_browser, name)
    assert (page.status_code, sentence in text(page)) == (422, True)
    assert f'name="query" value="{NORMALISED.replace("&", "&amp;")}"' in page.content.decode()
    assert SavedView.objects.count() == 1


def test_built_in_views_are_there_and_marked(sarahs_browser: Client) -> None:
    listed = names(sarahs_browser)
    for name, _ in saved_views.BUILT_IN:
        assert f"<span>{name}</span>" in listed
    assert listed.count("aria-current") == 1
    page = worklist(sarahs_browser, "contact=never").content.decode()
    assert 'href="/worklist/?contact=never" aria-current="true"' in page


@pytest.mark.parametrize("query", [query for _, query in saved_views.BUILT_IN])
def test_built_in_views_are_normalised(query: str, sarahs_browser: Client) -> None:
    save(sarahs_browser, query=query)
    assert SavedView.objects.get().query == query


def test_htmx_gets_the_views_with_the_new_one_marked(sarahs_browser: Client) -> None:
    page = sarahs_browser.get("/worklist/?due=today", headers=HTMX).content.decode()
    assert '<nav class="views" id="views" aria-label="Views of this list" hx-swap-oob="true">' in page
    assert 'href="/worklist/?due=today" aria-current="true"' in page


def test_an_admin_shares_and_everybody_has_it(
    danas_browser: Client, sarahs_browser: Client, auditors_browser: Client, strangers_browser: Client
) -> None:
    save(danas_browser, shared="on")
    for browser in (sarahs_browser, auditors_browser):
        assert "Big and new" in names(browser)
    assert "Big and new" not in names(strangers_browser)


def test_others_cannot_share(sarahs_browser: Client, danas_browser: Client) -> None:
    save(sarahs_browser, shared="on")
    assert "Big and new" not in names(danas_browser)
    assert "Share with the agency" not in text(sarahs_browser.get("/worklist/views/"))


def test_one_renames_and_deletes_ones_own(sarahs_browser: Client) -> None:
    save(sarahs_browser)
    path = f"/worklist/views/{SavedView.objects.get().pk}/"
    assert "Rename or delete" in text(worklist(sarahs_browser, NORMALISED))
    assert "Big and new" in text(sarahs_browser.get(path))
    assert sarahs_browser.post(path, {"name": "Big and New"}).status_code == 303
    assert SavedView.objects.get().name == "Big and New"
    assert sarahs_browser.get(f"{path}deletion/").status_code == 405
    assert sarahs_browser.post(f"{path}deletion/").status_code == 302
    assert SavedView.objects.count() == 0


def test_private_views_do_not_exist_for_others(
    sarahs_browser: Client, danas_browser: Client, strangers_browser: Client
) -> None:
    save(sarahs_browser)
    path = f"/worklist/views/{SavedView.objects.get().pk}/"
    for browser in (danas_browser, strangers_browser):
        assert "Big and new" not in names(browser)
        assert browser.get(path).status_code == 404
        assert browser.post(path, {"name": "Mine"}).status_code == 404
        assert browser.post(f"{path}deletion/").status_code == 404
    assert SavedView.objects.get().name == "Big and new"


def test_a_shared_view_is_changed_by_admins_alone(
    sarahs_browser: Client, danas_browser: Client, auditors_browser: Client
) -> None:
    save(danas_browser, shared="on")
    path = f"/worklist/views/{SavedView.objects.get().pk}/"
    for browser, refused in ((sarahs_browser, 404), (auditors_browser, 403)):
        assert browser.post(path, {"name": "Mine"}).status_code == refused
        assert browser.post(f"{path}deletion/").status_code == refused
        assert "Rename or delete" not in text(worklist(browser, NORMALISED))
    danas_browser.post(path, {"name": "Kept"})
    view = SavedView.objects.get()
    assert (view.name, view.is_shared) == ("Kept", False), "the box was not checked"


def test_an_admins_shared_view_shows_each_her_own_accounts(danas_browser: Client, sarahs_browser: Client) -> None:
    make_account(external_ref="free")
    save(danas_browser, query="collector=nobody", shared="on")
    assert refs(worklist(danas_browser, "collector=nobody")) == ["free"]
    assert refs(worklist(sarahs_browser, "collector=nobody")) == []


def test_a_view_whose_creditor_is_gone_says_so(danas_browser: Client) -> None:
    creditor = make_creditor("Metro Utilities")
    save(danas_browser, query=f"creditor={creditor.pk}")
    creditor.delete()
    page = worklist(danas_browser, SavedView.objects.get().query)
    assert "Select a valid choice" in text(page)


def test_fifty_views_are_enough(sarahs_browser: Client, sarah: User) -> None:
    SavedView.objects.bulk_create(SavedView(owner=sarah, name=f"view {n}") for n in range(50))
    assert "You have 50 views. Delete one first." in text(save(sarahs_browser))


def test_who_only_looks_opens_views_and_saves_none(auditors_browser: Client) -> None:
    assert "Save this view" not in text(worklist(auditors_browser, "due=true"))
    assert save(auditors_browser).status_code == 403
    assert SavedView.objects.count() == 0
