"""A note is written once, kept when refused, and works without a script."""

import pytest
from django.test import Client

from core.models import Account, Activity, Agency, User
from tests.at_once import at_once
from tests.cast import bring_to, make_account
from tests.worklist.pages import HTMX, text


@pytest.fixture
def account(inside: Agency, dana: User, sarah: User) -> Account:
    return bring_to(make_account(), "assigned", admin=dana, to=sarah)


def notes(account: Account) -> list[str]:
    return list(Activity.objects.filter(account=account, kind="note").values_list("body", flat=True))


def test_a_note_without_script_leads_back_to_the_account(sarahs_browser: Client, account: Account, sarah: User) -> None:
    sent = sarahs_browser.post(f"/accounts/{account.pk}/notes/", {"body": " Called back. ", "list": "sort=balance"})
    assert sent.status_code == 303
    assert sent.headers["Location"] == f"/accounts/{account.pk}/?list=sort%3Dbalance#history"
    assert Activity.objects.get(account=account, kind="note").actor == sarah
    assert "Sarah Mitchell added a note" in text(sarahs_browser.get(f"/accounts/{account.pk}/"))


def test_with_htmx_the_form_is_emptied_and_the_timeline_comes_along(sarahs_browser: Client, account: Account) -> None:
    page = sarahs_browser.post(f"/accounts/{account.pk}/notes/", {"body": "Called back."}, headers=HTMX)
    html = page.content.decode()
    assert (page.status_code, "<html" in html) == (200, False)
    assert 'id="history" aria-labelledby="t-h" hx-swap-oob="true"' in html
    assert "Called back." in html
    assert 'maxlength="10000" autofocus></textarea>' in html


@pytest.mark.parametrize(
    ("body", "sentence"), [("  \n ", "Enter the note."), ("x" * 10_001, "Shorten the note to 10,000 characters.")]
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_refused_note_is_kept_with_the_reason(
    body: str, sentence: str, headers: dict[str, str], sarahs_browser: Client, account: Account
) -> None:
    page = sarahs_browser.post(f"/accounts/{account.pk}/notes/", {"body": body}, headers=headers)
    assert page.status_code == 422
    assert sentence in text(page)
    assert body.strip() in page.content.decode()
    assert notes(account) == []


def test_clicking_twice_is_one_note(sarahs_browser: Client, account: Account) -> None:
    for _ in range(2):
        sarahs_browser.post(f"/accounts/{account.pk}/notes/", {"body": "Same words"})
    sarahs_browser.post(f"/accounts/{account.pk}/notes/", {"body": "Other words"})
    assert sorted(notes(account)) == ["Other words", "Same words"]


def test_lines_and_markup_are_shown_as_written(sarahs_browser: Client, account: Account) -> None:
    sarahs_browser.post(f"/accounts/{account.pk}/notes/", {"body": "one\r\n<b>two</b>\x00"})
    page = sarahs_browser.get(f"/accounts/{account.pk}/").content.decode()
    assert "one<br>&lt;b&gt;two&lt;/b&gt;" in page


def test_notes_are_only_posted(sarahs_browser: Client, account: Account) -> None:
    assert sarahs_browser.get(f"/accounts/{account.pk}/notes/").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_are_one_note(dana: User, sarah: User, harborline: Agency) -> None:
    from core import tenancy

    with tenancy.acting_for(harborline):
        account = bring_to(make_account(), "assigned", admin=dana, to=sarah)
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.force_login(sarah)
    at_once(*(lambda b=b: b.post(f"/accounts/{account.pk}/notes/", {"body": "Same words"}) for b in browsers))
    with tenancy.acting_for(harborline):
        assert notes(account) == ["Same words"]
