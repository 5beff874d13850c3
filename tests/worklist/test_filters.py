"""Every filter narrows, stands in the URL, can be removed, and says what is wrong with it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from core.models import Agency, User
from tests.cast import bring_to, make_account, make_creditor
from tests.worklist.pages import HTMX, refs, text, worklist

SOMEBODY = UUID(int=7)


@pytest.fixture
def admin(as_user: Callable[[User], Client], inside: Agency, dana: User, sarah: User) -> Client:
    now = timezone.now()
    metro = make_creditor("Metro Utilities")
    make_account(external_ref="new", priority=3, original_amount=Decimal(100), creditor=metro)
    late = make_account(external_ref="late", original_amount=Decimal(1000), next_action_at=now - timedelta(hours=1))
    bring_to(late, "in_contact", admin=dana, to=sarah)
    bring_to(make_account(external_ref="gone", original_amount=Decimal(50)), "closed", admin=dana, to=sarah)
    return as_user(dana)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"new", "late"}),
        ("status=new", {"new"}),
        ("status=new&status=in_contact", {"new", "late"}),
        ("status=closed", {"gone"}),
        ("status=any", {"new", "late", "gone"}),
        ("priority=3", {"new"}),
        ("priority=3&priority=0", {"new", "late"}),
        ("min=100.01", {"late"}),
        ("min=100&max=1000", {"new", "late"}),
        ("max=999.99", {"new"}),
        ("due=true", {"late"}),
        ("due=today", {"late"}),
        ("due=today&sort=balance", {"late"}),
        ("contact=never&priority=3", {"new"}),
        ("collector=nobody", {"new"}),
    ],
)
def test_a_filter_lets_through_what_it_says(admin: Client, query: str, expected: set[str]) -> None:
    assert set(refs(worklist(admin, query))) == expected


def test_creditor_and_collector_are_chosen_by_name(admin: Client, sarah: User) -> None:
    assert refs(worklist(admin, f"creditor={make_creditor('Metro Utilities').pk}")) == ["new"]
    assert refs(worklist(admin, f"collector={sarah.collector.pk}")) == ["late"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("min=lots", "Enter an amount such as 300.00."),
        ("max=-1", "Enter zero or more."),
        ("min=NaN", "Enter an amount such as 300.00."),
        ("min=1e99", "Enter at most"),
        ("min=1.234", "two decimals"),
        ("status=owned", "Select a valid choice"),
        ("promise=kept", "Select a valid choice"),
        ("contact=often", "Select a valid choice"),
        ("priority=9", "Select a valid choice"),
        (f"creditor={SOMEBODY}", "Select a valid choice"),
        ("collector=x", "Select a valid choice"),
        ("q=a%00b", "Null characters are not allowed"),
        ("q=" + "x" * 101, "at most 100 characters"),
    ],
)
def test_an_invalid_filter_is_named_and_the_others_still_work(admin: Client, query: str, sentence: str) -> None:
    page = worklist(admin, f"{query}&due=true")
    assert page.status_code == 200
    assert sentence in text(page)
    assert refs(page) == ["late"]


def test_each_filter_that_is_on_is_a_chip_that_removes_only_itself(admin: Client) -> None:
    page = worklist(admin, "priority=0&priority=3&min=10&sort=balance").content.decode()
    assert 'class="chip" href="?priority=3&amp;min=10&amp;sort=balance">Priority Low' in page
    assert 'class="chip" href="?priority=0&amp;priority=3&amp;sort=balance">Balance from $10.00' in page


def test_tabs_count_every_status_whatever_else_is_filtered(admin: Client) -> None:
    words = text(worklist(admin, "min=5000"))
    assert "All open 2 New 1 Assigned 0 In contact 1" in words
    assert "Closed 1" in words


def test_htmx_gets_the_results_alone_and_a_clean_address(admin: Client) -> None:
    page = admin.get("/worklist/?q=&min=&priority=3&sort=", headers=HTMX)
    assert b"<html" not in page.content
    assert b'id="results"' in page.content
    assert refs(page) == ["new"]
    assert page.headers["HX-Push-Url"] == "/worklist/?priority=3"
    assert "HX-Request" in page.headers["Vary"]


def test_history_restored_by_htmx_is_the_whole_page(admin: Client) -> None:
    page = admin.get("/worklist/", headers={**HTMX, "HX-History-Restore-Request": "true"})
    assert b"<html" in page.content


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("due=true&priority=2", "Nothing is due"),
        ("priority=2", "No account matches"),
        ("status=settled", "No account is in this status"),
    ],
)
def test_each_empty_list_says_why(admin: Client, query: str, sentence: str) -> None:
    assert sentence in text(worklist(admin, query))


def test_an_agency_without_accounts_is_told_where_they_come_from(
    as_user: Callable[[User], Client], inside: Agency, dana: User, sarah: User
) -> None:
    assert "when a creditor's file is imported" in text(worklist(as_user(dana)))
    assert "when an admin assigns them to you" in text(worklist(as_user(sarah)))
