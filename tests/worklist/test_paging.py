"""Pages begin beside a row: nothing is skipped or shown twice, and a forged place is only the first page."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from core.models import Account, Agency, User
from tests.cast import make_account, make_creditor, make_debtor
from tests.worklist.pages import link, refs, text, worklist
from worklist.listing import queue
from worklist.listing.cursors import SALT


@pytest.fixture
def admin(as_user: Callable[[User], Client], inside: Agency, dana: User, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(queue, "PAGE", 4)
    return as_user(dana)


@pytest.fixture
def eleven(inside: Agency) -> list[str]:
    """Accounts of which five are due and several are alike in everything but their key."""
    debtor, creditor, now = make_debtor(), make_creditor(), timezone.now()
    for n in range(11):
        make_account(
            external_ref=f"R{n:02}",
            debtor=debtor,
            creditor=creditor,
            original_amount=Decimal(100 + n // 4),
            next_action_at=now - timedelta(hours=n // 2) if n < 5 else None,
            last_contact_at=now - timedelta(days=n // 3) if n % 2 else None,
        )
    return [f"R{n:02}" for n in range(11)]


def walk(client: Client, query: str, rel: str) -> list[list[str]]:
    """The references of each page from here on."""
    pages = []
    while True:
        page = worklist(client, query)
        pages.append(refs(page))
        query = link(page, rel)
        if not query:
            return pages


@pytest.mark.parametrize("sort", ["", "balance", "-priority", "-created", "next", "-next", "contact", "-contact"])
def test_walking_there_and_back_shows_every_account_once(admin: Client, eleven: list[str], sort: str) -> None:
    there = walk(admin, f"sort={sort}", "next")
    assert sorted(ref for page in there for ref in page) == eleven
    assert [len(page) for page in there] == [4, 4, 3]
    last = f"sort={sort}"
    for _ in there[1:]:
        last = link(worklist(admin, last), "next")
    assert walk(admin, last, "prev") == there[::-1]


def test_the_pager_says_where_we_are_and_what_the_page_is_worth(admin: Client, eleven: list[str]) -> None:
    first = worklist(admin, "sort=-balance")
    assert "1–4 of 11" in text(first)
    assert "$407.00 on this page" in text(first)
    assert "5–8 of 11" in text(worklist(admin, link(first, "next")))


def test_an_account_that_comes_in_between_shifts_nothing(admin: Client, eleven: list[str]) -> None:
    first = worklist(admin, "sort=-balance")
    make_account(external_ref="late", original_amount=Decimal(5000))
    second = worklist(admin, link(first, "next"))
    assert not set(refs(first)) & set(refs(second))


def test_what_becomes_due_while_pages_are_turned_is_not_skipped(admin: Client, eleven: list[str]) -> None:
    first = worklist(admin)
    Account.objects.filter(external_ref="R10").update(next_action_at=timezone.now() - timedelta(microseconds=1))
    seen = refs(first) + [ref for page in walk(admin, link(first, "next"), "next") for ref in page]
    assert "R10" in seen


@pytest.mark.parametrize(
    "place",
    ["x", "a.b.c", "%00", signing.dumps([1, 2], salt=SALT), signing.dumps("no", salt=SALT),
     signing.dumps(["", 9, [1], 1, "2026-01-01T00:00:00+00:00", 0], salt=SALT),
     signing.dumps(["", 0, ["x"], 1, "yesterday", 0], salt=SALT)],
    ids=range(7),
)  # fmt: skip
def test_a_forged_place_is_the_first_page_with_a_word_about_it(admin: Client, eleven: list[str], place: str) -> None:
    page = worklist(admin, f"page={place}")
    assert page.status_code == 200
    assert refs(page) == refs(worklist(admin))
    assert "no longer valid" in text(page)


def test_a_place_in_another_order_is_not_taken(admin: Client, eleven: list[str]) -> None:
    place = link(worklist(admin, "sort=balance"), "next")
    assert "no longer valid" in text(worklist(admin, place.replace("sort=balance", "sort=-created")))
