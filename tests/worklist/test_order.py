"""Due follow-ups first, then priority, then balance; and every order one can choose, in both directions."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from core.models import Account, Agency, User
from tests.cast import make_account
from tests.worklist.pages import refs, worklist


def account(ref: str, **facts: object) -> Account:
    return make_account(external_ref=ref, **facts)


def in_hours(hours: float) -> object:
    return timezone.now() + timedelta(hours=hours)


@pytest.fixture
def admin(as_user: Callable[[User], Client], inside: Agency, dana: User) -> Client:
    return as_user(dana)


def test_due_comes_first_the_longest_waiting_on_top_then_priority_then_balance(admin: Client) -> None:
    account("low-rich", priority=0, original_amount=Decimal(9000))
    account("urgent-poor", priority=3, original_amount=Decimal(100))
    account("urgent-rich", priority=3, original_amount=Decimal(900))
    account("due-now", priority=0, next_action_at=in_hours(-1))
    account("due-yesterday", priority=0, next_action_at=in_hours(-30))
    account("urgent-later", priority=3, original_amount=Decimal(500), next_action_at=in_hours(5))
    assert refs(worklist(admin)) == [
        "due-yesterday", "due-now", "urgent-rich", "urgent-later", "urgent-poor", "low-rich",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("balance", ["b", "c", "a"]),
        ("-balance", ["a", "c", "b"]),
        ("priority", ["b", "c", "a"]),
        ("-priority", ["a", "c", "b"]),
        ("next", ["c", "a", "b"]),
        ("-next", ["a", "c", "b"]),
        ("contact", ["b", "a", "c"]),
        ("-contact", ["c", "a", "b"]),
        ("created", ["a", "b", "c"]),
        ("-created", ["c", "b", "a"]),
    ],
)
def test_each_order_sorts_both_ways_and_keeps_what_is_empty_at_one_end(
    admin: Client, sort: str, expected: list[str]
) -> None:
    born = timezone.now() - timedelta(days=3)
    account("a", priority=3, original_amount=Decimal(30), next_action_at=in_hours(9), last_contact_at=in_hours(-9),
            created_at=born)  # fmt: skip
    account("b", priority=0, original_amount=Decimal(10), created_at=born + timedelta(days=1))
    account("c", priority=2, original_amount=Decimal(20), next_action_at=in_hours(-9), last_contact_at=in_hours(-1),
            created_at=born + timedelta(days=2))  # fmt: skip
    assert refs(worklist(admin, f"sort={sort}")) == expected


def test_an_unknown_order_is_the_usual_one(admin: Client) -> None:
    account("poor", original_amount=Decimal(1))
    account("rich", original_amount=Decimal(2))
    assert refs(worklist(admin, "sort=password")) == ["rich", "poor"]


def test_the_heading_says_how_the_list_is_sorted_and_turns_it_round(admin: Client) -> None:
    account("a")
    page = worklist(admin, "sort=-balance").content.decode()
    assert 'aria-sort="descending"' in page
    assert 'id="sort-balance" href="?sort=balance"' in page


def test_closed_accounts_are_a_record_the_newest_first(admin: Client, dana: User, sarah: User) -> None:
    from tests.cast import bring_to

    for ref, amount in (("old", 900), ("new", 100)):
        bring_to(account(ref, original_amount=Decimal(amount)), "closed", admin=dana, to=sarah)
    Account.objects.filter(external_ref="old").update(created_at=in_hours(-99))
    page = worklist(admin, "status=closed&sort=-balance")
    assert refs(page) == ["new", "old"]
    assert "sort-balance" not in page.content.decode()
