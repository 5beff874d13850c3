"""The timeline: newest first under its days, by kind, 25 at a time."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from core import timeline
from core.models import Account, Activity, Agency, User
from tests.cast import bring_to, make_account
from tests.worklist.pages import HTMX, text

SOMEBODY = UUID(int=7)


@pytest.fixture
def account(inside: Agency, dana: User, sarah: User) -> Account:
    account = bring_to(make_account(), "in_contact", admin=dana, to=sarah)
    start = timezone.now() - timedelta(days=10)
    for n in range(40):
        Activity.objects.create(account=account, kind="note", actor=sarah, body=f"note-{n:02}",
                                created_at=start + timedelta(minutes=n))  # fmt: skip
    return account


def test_the_newest_come_first_and_the_rest_on_request(sarahs_browser: Client, account: Account) -> None:
    first = text(sarahs_browser.get(f"/accounts/{account.pk}/"))
    assert first.index("moved Assigned to In contact") < first.index("note-39") < first.index("note-20")
    assert "note-05" not in first
    assert "Show older" in first


def test_older_ones_follow_without_a_gap_with_and_without_htmx(sarahs_browser: Client, account: Account) -> None:
    seen, path, headers = [], f"/accounts/{account.pk}/?show=notes", {}
    while path:
        page = sarahs_browser.get(path, headers=headers)
        seen += [word for word in text(page).split() if word.startswith("note-")]
        html = page.content.decode()
        mark = 'hx-get="/accounts/'
        more = html[html.find('id="older"') :] if 'id="older"' in html else ""
        path = more[more.find(mark) + 8 : more.find('"', more.find(mark) + 8)].replace("&amp;", "&") if more else ""
        headers = {**HTMX, "HX-Target": "older"}
    assert seen == [f"note-{n:02}" for n in reversed(range(40))]


def test_a_filter_shows_one_kind(sarahs_browser: Client, account: Account) -> None:
    page = sarahs_browser.get(f"/accounts/{account.pk}/?show=status", headers={**HTMX, "HX-Target": "history"})
    assert page.content.startswith(b'<section class="stack" id="history"')
    assert "note-" not in text(page)
    assert "Dana Whitlock assigned this to Sarah Mitchell" in text(page)


def test_nothing_of_a_kind_is_said(sarahs_browser: Client, account: Account) -> None:
    assert "Nothing of this kind has happened yet." in text(sarahs_browser.get(f"/accounts/{account.pk}/?show=money"))


@pytest.mark.parametrize("query", ["older=x", f"older={SOMEBODY}", "show=nonsense", "older=%00"])
def test_an_unknown_place_is_the_beginning(query: str, sarahs_browser: Client, account: Account) -> None:
    page = sarahs_browser.get(f"/accounts/{account.pk}/?{query}")
    assert page.status_code == 200
    assert "note-39" in text(page)


def test_times_are_the_agencys(sarahs_browser: Client, inside: Agency, dana: User, sarah: User) -> None:
    account = bring_to(make_account(), "assigned", admin=dana, to=sarah)
    timeline.record(account, "note", by=sarah, body="late", at=datetime(2026, 3, 4, 3, 30, tzinfo=UTC))
    words = text(sarahs_browser.get(f"/accounts/{account.pk}/"))
    assert "March 3" in words  # 21:30 in Chicago
    assert "9:30 PM" in words
