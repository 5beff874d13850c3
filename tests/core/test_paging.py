"""Pages by key: every row once, in order, forward and back, with ties and rows without a value."""

from datetime import date
from typing import Any

import pytest

from core import paging
from core.models import Account, Agency
from core.paging import Order, page_of
from tests.cast import make_account

DAYS = [date(2026, 1, 2), None, date(2026, 1, 1), date(2026, 1, 2), None, date(2026, 1, 2), None, date(2026, 1, 3)]


@pytest.fixture
def accounts(inside: Agency, monkeypatch: pytest.MonkeyPatch) -> list[Account]:
    monkeypatch.setattr(paging, "PER_PAGE", 2)
    return [make_account(due_date=day) for day in DAYS]


def sorted_by_hand(accounts: list[Account], order: Order) -> list[Account]:
    def key(account: Account) -> Any:
        return getattr(account, order.column), account.pk

    dated = sorted((a for a in accounts if key(a)[0] is not None), key=key, reverse=order.descending)
    undated = (a for a in accounts if key(a)[0] is None)
    return dated + sorted(undated, key=lambda account: account.pk, reverse=order.descending)


@pytest.mark.parametrize(
    "order", [Order("due_date", blank=True), Order("due_date", descending=False, blank=True), Order(), Order("status")]
)
def test_every_row_is_on_one_page_in_order(accounts: list[Account], order: Order) -> None:
    expected = sorted_by_hand(accounts, order)
    everything = Account.objects.all()
    pages, page = [], page_of(everything, {}, order)
    pages.append(page)
    while page.after:
        page = page_of(everything, {"after": str(page.after)}, order)
        pages.append(page)
    assert [account for each in pages for account in each.rows] == expected
    assert [len(each.rows) for each in pages] == [2, 2, 2, 2]
    back = [page]
    while page.before:
        page = page_of(everything, {"before": str(page.before)}, order)
        back.append(page)
    assert [each.rows for each in reversed(back)] == [each.rows for each in pages]
    assert page.before is None


@pytest.mark.parametrize("query", [{"after": "x"}, {"after": "0" * 32}, {"before": ""}, {"before": "\x00"}])
def test_a_key_of_no_row_is_the_first_page(accounts: list[Account], query: dict[str, str]) -> None:
    first = page_of(Account.objects.all(), {})
    assert page_of(Account.objects.all(), query) == first
    assert first.before is None


def test_beyond_the_last_row_is_the_first_page(accounts: list[Account]) -> None:
    last = Account.objects.earliest("created_at", "pk")
    assert page_of(Account.objects.all(), {"after": str(last.pk)}) == page_of(Account.objects.all(), {})
