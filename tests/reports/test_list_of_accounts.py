"""The accounts behind the figures: what each filter lets through, by plain Python, and what they come to."""

import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from html import unescape
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import balances, books, clock, contacts, moves, paging, promises, tenancy
from core.account_states import Status
from core.contacts import Contact
from core.models import Account, Agency, Creditor, Debtor, Disposition, Hold, Promise, User
from reports import attention
from reports.lists.accounts import AccountFilter
from tests.cast import ZONE, bring_to, make_account, make_creditor, make_debtor, today
from tests.reports.pages import NASTY, before, every_page, ids, totals
from tests.worklist.pages import HTMX, refs, statements, text

As = Callable[[User], Client]
Expected = Callable[[Account], bool]
URL = "/reports/accounts/"
OPEN = {"new", "assigned", "in_contact", "negotiating", "payment_plan", "disputed"}


def local(days_ago: int, hour: int, minute: int = 0) -> datetime:
    """That time of day in the agency's zone, so many days ago."""
    return datetime.combine(today() - timedelta(days=days_ago), time(hour, minute), ZONE)


def age(account: Account) -> int:
    """Days past due."""
    assert account.due_date
    return (today() - account.due_date).days


def unworked(account: Account) -> int:
    """Days since it was placed or somebody was reached, whichever is later."""
    last = max(filter(None, (account.created_at, account.last_contact_at)))
    return (today() - last.astimezone(ZONE).date()).days


@pytest.fixture
def inventory(inside: Agency, dana: User, sarah: User, james: User) -> list[Account]:
    """Open and closed ones of every kind, at the edges of every age."""
    hospital, dental = make_creditor("Northgate Hospital"), make_creditor("Lakeside Dental")
    ages = [None, -1, 0, 1, 30, 31, 60, 61, 90, 91, 400]
    made = [
        make_account(
            creditor=(hospital, dental)[n % 2],
            original_amount=Decimal(100 + n),
            due_date=None if days is None else today() - timedelta(days=days),
            created_at=local(5 * n, 23, 30),
        )
        for n, days in enumerate([*ages, *ages])
    ]
    for n, account in enumerate(made[: len(ages)]):
        status = ("new", "assigned", "in_contact", "negotiating", "disputed")[n % 5]
        bring_to(account, status, admin=dana, to=(sarah, james)[n % 2])
    for account, reason in zip(made[-7:], ("recalled", "bankrupt", "deceased", "error", "uncollectible", "time_barred",
                                           "recalled"), strict=True):  # fmt: skip
        moves.move(account.pk, "withdraw", by=dana, reason=reason)
    for account, closed in ((made[11], False), (made[12], True)):  # paid off
        bring_to(account, "negotiating", admin=dana, to=sarah)
        balances.post_entry(account.pk, "payment", -account.current_balance, by=dana)
        moves.move(account.pk, "settle", by=sarah)
        if closed:
            moves.move(account.pk, "close", by=sarah)
    balances.post_entry(made[3].pk, "payment", Decimal("-33.33"), by=dana)
    # Worked on the last minutes of a day, and on the first of the next: the edge of what is stagnant.
    Account.objects.filter(pk=made[8].pk).update(last_contact_at=local(31, 23, 59))
    Account.objects.filter(pk=made[9].pk).update(last_contact_at=local(30, 0, 1))
    Account.objects.filter(pk=made[10].pk).update(last_contact_at=local(2, 9))
    return list(Account.objects.all())


def expect(browser: Client, query: str, accounts: list[Account], expected: Expected) -> None:
    """The page shows these accounts and no other, and their sums."""
    page = browser.get(f"{URL}?{query}")
    wanted = [account for account in accounts if expected(account)]
    assert {*ids(page)} == {account.pk for account in wanted}, query
    if wanted:
        assert totals(page) == {
            "number": len(wanted),
            "original": sum(account.original_amount for account in wanted),
            "balance": sum(account.current_balance for account in wanted),
        }
    else:
        assert "Nothing matches these filters" in text(page)


FILTERS: dict[str, Expected] = {
    "": lambda account: True,
    **{f"status={status}": lambda account, status=status: account.status == status for status in sorted(Status)},
    "open=1": lambda account: account.status in OPEN,
    "past_due=not_due": lambda account: account.status in OPEN and bool(account.due_date) and age(account) < 0,
    "past_due=0-30": lambda account: account.status in OPEN and bool(account.due_date) and 0 <= age(account) <= 30,
    "past_due=31-60": lambda account: account.status in OPEN and bool(account.due_date) and 31 <= age(account) <= 60,
    "past_due=61-90": lambda account: account.status in OPEN and bool(account.due_date) and 61 <= age(account) <= 90,
    "past_due=90%2B": lambda account: account.status in OPEN and bool(account.due_date) and age(account) > 90,
    "past_due=90+": lambda account: account.status in OPEN and bool(account.due_date) and age(account) > 90,
    "past_due=none": lambda account: account.status in OPEN and not account.due_date,
    "stagnant=1": lambda account: account.status in OPEN and unworked(account) > 30,
    "returned=1": lambda account: account.closed_reason in {"recalled", "bankrupt", "deceased", "error"},
    "resolved=1": lambda account: account.status == "settled" or account.closed_reason == "paid",
    "collector=nobody": lambda account: account.assigned_to_id is None,
    "collector=nobody&open=1": lambda account: account.assigned_to_id is None and account.status in OPEN,
}


def test_each_filter_lets_through_what_it_says(inventory: list[Account], dana: User, as_user: As) -> None:
    browser = as_user(dana)
    for query, expected in FILTERS.items():
        expect(browser, query, inventory, expected)


def test_by_creditor_and_collector(inventory: list[Account], dana: User, sarah: User, as_user: As) -> None:
    browser, dental = as_user(dana), Creditor.objects.get(name="Lakeside Dental")
    desk = sarah.collector.pk
    expect(browser, f"creditor={dental.pk}", inventory, lambda account: account.creditor_id == dental.pk)
    expect(browser, f"collector={desk}", inventory, lambda account: account.assigned_to_id == desk)
    query = f"collector={desk}&creditor={dental.pk}&open=1"
    expect(
        browser, query, inventory,
        lambda a: a.assigned_to_id == desk and a.creditor_id == dental.pk and a.status in OPEN,
    )  # fmt: skip


def test_by_placement_the_days_are_those_of_the_agency(inventory: list[Account], dana: User, as_user: As) -> None:
    def placed(account: Account) -> date:
        return account.created_at.astimezone(ZONE).date()

    browser, first, last = as_user(dana), today() - timedelta(days=40), today() - timedelta(days=10)
    query = f"placed_since={first}&placed_until={last}"
    expect(browser, query, inventory, lambda account: first <= placed(account) <= last)
    for account in inventory:
        month = f"{placed(account):%Y-%m}"
        expect(browser, f"placed_month={month}", inventory, lambda a, month=month: f"{placed(a):%Y-%m}" == month)


# --- what needs a manager ----------------------------------------------------------------------------------------


def promise(account: Account, days_ago: int, by: User, amount: str = "50.00") -> Promise:
    """A promise for the day after."""
    with clock.at(local(days_ago, 12)):
        terms = promises.Terms(Decimal(amount), today() + timedelta(days=1), "card")
        return promises.make(Account.objects.locked().get(pk=account.pk), terms, by=by)


def contact(account: Account, days_ago: int, by: User) -> None:
    with clock.at(local(days_ago, 13)):
        outcome = Disposition.objects.get(code="no_answer")
        contacts.log(account.pk, Contact(outcome, override="As it happened"), by=by)


@pytest.fixture
def not_kept(inside: Agency, dana: User, sarah: User) -> set[UUID]:
    """Accounts with every history of promises; those on which a promise was broken and nobody followed up."""

    def account() -> Account:
        return bring_to(make_account(), "in_contact", admin=dana, to=sarah)

    broken, partly, contacted_before, twice = account(), account(), account(), account()
    followed_up, kept, promised_again, taken_back, closed = account(), account(), account(), account(), account()
    everybody = (broken, partly, contacted_before, twice, followed_up, kept, promised_again, taken_back, closed)
    made = {one.pk: promise(one, 20, sarah) for one in everybody}
    with clock.at(local(19, 9)):
        for one, amount in ((partly, "-20.00"), (kept, "-50.00"), (twice, "-50.00")):
            balances.post_entry(one.pk, "payment", Decimal(amount), by=dana)
        promises.judge_due()
    promise(twice, 18, sarah)
    contact(contacted_before, 18, sarah)
    with clock.at(local(15, 9)):
        promises.judge_due()
    assert {one.status for one in Promise.objects.all()} == {"broken", "partial", "kept"}
    contact(followed_up, 9, sarah)
    promise(promised_again, 1, sarah)
    promises.withdraw(promise(taken_back, 5, sarah).pk, by=sarah)
    moves.move(closed.pk, "withdraw", by=dana, reason="recalled")
    assert len(made) == 9
    return {one.pk for one in (broken, partly, contacted_before, twice)}


@pytest.fixture
def disputes(inside: Agency, dana: User, sarah: User) -> dict[int, set[UUID]]:
    """By days: the accounts that are in dispute for longer."""
    held = make_debtor()
    sisters = [make_account(debtor=held) for _ in range(2)]
    found: dict[int, Account] = {}
    for days_ago, hour in ((10, 9), (29, 9), (30, 0), (31, 23), (60, 9)):
        with clock.at(local(days_ago, hour, 59)):
            found[days_ago] = bring_to(make_account(), "disputed", admin=dana, to=sarah)
    Hold.objects.create(debtor=held, kind="dispute", placed_at=local(45, 9))
    Hold.objects.create(account=sisters[0], kind="attorney", placed_at=local(90, 9))
    with clock.at(local(80, 9)):
        resolved = bring_to(make_account(), "disputed", admin=dana, to=sarah)
    moves.move(resolved.pk, "resolve_dispute", by=dana)
    closed = make_account(debtor=held)
    moves.move(closed.pk, "withdraw", by=dana, reason="recalled")
    return {
        30: {found[31].pk, found[60].pk, *(account.pk for account in sisters)},
        50: {found[60].pk},
        0: {*(account.pk for account in found.values()), *(account.pk for account in sisters)},
        100: set(),
    }


def test_a_broken_promise_that_nobody_followed_up(
    not_kept: set[UUID], inside: Agency, dana: User, sarah: User, as_user: As
) -> None:
    browser = as_user(dana)
    page = browser.get(f"{URL}?broken=1")
    assert {*ids(page)} == not_kept
    assert totals(page)["number"] == 4
    assert books.check_books(inside).broken == []
    one = not_kept.pop()
    contact(Account.objects.get(pk=one), 1, sarah)
    assert {*ids(browser.get(f"{URL}?broken=1"))} == not_kept
    assert books.check_books(inside).broken == []


def test_promises_that_were_broken_before_accounts_said_so_are_found(not_kept: set[UUID], inside: Agency) -> None:
    Account.objects.update(broken_promise_at=None)
    with connection.cursor() as cursor:
        cursor.execute(import_module("core.migrations.0024_broken_promises_that_wait").SQL)
    assert set(Account.objects.exclude(broken_promise_at=None).values_list("pk", flat=True)) >= not_kept
    assert books.check_books(inside).broken == []


def test_the_books_tell_when_an_account_says_otherwise(not_kept: set[UUID], inside: Agency) -> None:
    one, other = not_kept.pop(), Account.objects.get(promises__status="kept", broken_promise_at=None)
    Account.objects.filter(pk=one).update(broken_promise_at=None)
    Account.objects.filter(pk=other.pk).update(broken_promise_at=timezone.now())
    (broken,) = books.check_books(inside).broken
    assert broken.rule == "a broken promise waits until somebody follows it up"
    assert broken.times == 2


def test_a_dispute_that_lasts_too_long(disputes: dict[int, set[UUID]], dana: User, as_user: As) -> None:
    browser = as_user(dana)
    for days, expected in disputes.items():
        assert {*ids(browser.get(f"{URL}?disputed_over={days}"))} == expected, days
    assert "In dispute for more than 30 days" in text(browser.get(f"{URL}?disputed_over=30"))


def test_the_dashboard_counts_what_the_lists_show(
    not_kept: set[UUID], disputes: dict[int, set[UUID]], inventory: list[Account], dana: User, as_user: As
) -> None:
    with CaptureQueriesContext(connection) as queries:
        counts = attention.counts(today(), ZONE)
    assert len(statements(queries)) == 1
    browser = as_user(dana)
    for query, number in (
        ("broken=1", counts.broken),
        (f"disputed_over={attention.LONG_DISPUTE_DAYS}", counts.disputed),
        ("open=1&collector=nobody", counts.unassigned),
    ):
        assert number > 2
        assert totals(browser.get(f"{URL}?{query}"))["number"] == number, query


def test_an_agency_without_accounts_needs_no_attention(inside: Agency) -> None:
    assert set(asdict(attention.counts(today(), ZONE)).values()) == {0}


# --- order, pages, people ----------------------------------------------------------------------------------------


def sorted_by_hand(accounts: list[Account], sort: str) -> list[UUID]:
    column = {"placed": "created_at", "balance": "current_balance", "due": "due_date"}[sort.lstrip("-")]
    down = sort.startswith("-")
    valued = [account for account in accounts if getattr(account, column) is not None]
    valued.sort(key=lambda account: (getattr(account, column), account.pk), reverse=down)
    blank = sorted((a for a in accounts if getattr(a, column) is None), key=lambda a: a.pk, reverse=down)
    return [account.pk for account in (*valued, *blank)]


def test_every_order_holds_each_account_once_over_all_pages(
    inventory: list[Account], dana: User, as_user: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "PER_PAGE", 5)
    browser = as_user(dana)
    for sort in ("placed", "-placed", "balance", "-balance", "due", "-due"):
        pages = every_page(browser, f"{URL}?sort={sort}")
        assert [pk for page in pages for pk in page] == sorted_by_hand(inventory, sort), sort
        third = browser.get(f"{URL}?sort={sort}&after={pages[1][-1]}")
        assert ids(third) == pages[2]
        assert totals(third)["number"] == len(inventory)
        assert ids(browser.get(URL + before(third))) == pages[1]


def test_a_heading_sorts_and_turns_around(inventory: list[Account], dana: User, as_user: As) -> None:
    browser = as_user(dana)

    def follow(name: str, page: Any) -> Any:
        found = re.search(rf'id="sort-{name}" href="([^"]+)"', page.content.decode())
        assert found
        return browser.get(URL + unescape(found.group(1)))

    page = follow("balance", browser.get(f"{URL}?open=1&after={uuid4()}"))
    opened = [account for account in inventory if account.status in OPEN]
    assert ids(page) == sorted_by_hand(opened, "-balance")
    assert 'aria-sort="descending"' in page.content.decode()
    assert ids(follow("balance", page)) == sorted_by_hand(opened, "balance")
    assert ids(follow("due", page)) == sorted_by_hand(opened, "due")
    assert ids(browser.get(f"{URL}?sort=nonsense")) == sorted_by_hand(inventory, "-placed")
    assert '<input type="hidden" name="sort" value="due" form="filters">' in follow("due", page).content.decode()


def test_the_same_accounts_are_opened_in_the_worklist(inventory: list[Account], dana: User, as_user: As) -> None:
    browser, dental = as_user(dana), Creditor.objects.get(name="Lakeside Dental").pk
    for query in ("status=closed", "open=1", "collector=nobody", f"creditor={dental}", "status=new"):
        page = browser.get(f"{URL}?{query}")
        found = re.search(r'href="(/worklist/[^"]+)">(?:(?!</a>).)*Open in the worklist', page.content.decode(), re.S)
        assert found, query
        shown = {account.external_ref for account in Account.objects.filter(pk__in=ids(page))}
        assert {*refs(browser.get(unescape(found.group(1))))} == shown, query
        assert "Open in the worklist" not in text(browser.get(f"{URL}?{query}&stagnant=1"))


def test_a_row_says_what_a_manager_asks_for(inventory: list[Account], dana: User, as_user: As) -> None:
    account = next(account for account in inventory if account.original_amount == 100)
    Account.objects.filter(pk=account.pk).update(due_date=today() - timedelta(days=61), last_contact_at=local(1, 9))
    page = as_user(dana).get(URL)
    row = re.search(rf'id="r-{account.pk}".*?</tr>', page.content.decode(), re.DOTALL)
    assert row
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row.group()))
    for said in (account.external_ref, "Northgate Hospital", "New", "61 d past due", "$100.00", "Yesterday", "Nobody"):
        assert said in words, words
    assert f'href="/accounts/{account.pk}/"' in row.group()


def test_rubbish_is_named_and_does_not_filter(inventory: list[Account], dana: User, as_user: As) -> None:
    browser = as_user(dana)
    for name in AccountFilter.base_filters.keys() - {"disputed_over"}:
        for value in NASTY:
            page = browser.get(URL, {name: value})
            assert "Not every filter could be used" in text(page), (name, value)
            assert totals(page)["number"] == len(inventory), (name, value)


@pytest.mark.parametrize("value", ["abc", "\x00", "-1", "9" * 40, "1.5", "NaN", "1e9", "💣"])
def test_a_wrong_number_of_days_is_named(value: str, inventory: list[Account], dana: User, as_user: As) -> None:
    page = as_user(dana).get(URL, {"disputed_over": value})
    assert "Not every filter could be used" in text(page)
    assert totals(page)["number"] == len(inventory)


def test_nothing_yet_and_nothing_found_differ(inside: Agency, dana: User, as_user: As) -> None:
    browser = as_user(dana)
    assert "Nothing here yet Accounts appear here when" in text(browser.get(URL))
    assert "Nothing matches these filters" in text(browser.get(f"{URL}?open=1"))


def test_the_other_agency_sees_nothing(inventory: list[Account], stranger: User, as_user: As) -> None:
    with tenancy.acting_for(stranger.agency):
        page = as_user(stranger).get(f"{URL}?after={inventory[5].pk}")
    assert "Nothing here yet" in text(page)


def test_it_is_for_the_agencys_management(inventory: list[Account], sarah: User, auditor: User, as_user: As) -> None:
    assert as_user(sarah).get(URL).status_code == 404
    assert len(ids(as_user(auditor).get(URL))) == len(inventory)


def test_htmx_gets_the_results_alone(inventory: list[Account], dana: User, as_user: As) -> None:
    answer = as_user(dana).get(f"{URL}?status=&open=1&placed_since=&sort=balance", headers=HTMX)
    page = answer.content.decode()
    assert page.lstrip().startswith('<section id="results"')
    assert "<form" not in page
    assert answer.headers["HX-Push-Url"] == f"{URL}?open=1&sort=balance"


@pytest.mark.django_db(transaction=True)
def test_it_asks_the_same_few_statements(harborline: Agency, dana: User, sarah: User) -> None:
    browser = Client()
    browser.force_login(dana)
    counts = []
    for times in (1, 6):
        with tenancy.acting_for(harborline):
            for _ in range(times):
                bring_to(make_account(), "in_contact", admin=dana, to=sarah)
        browser.get(URL)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(f"{URL}?open=1").status_code == 200
        counts.append(len(statements(queries)))
    assert counts[0] == counts[1]
    assert counts[0] <= 8, counts


def test_the_debtor_may_owe_twice(disputes: dict[int, set[UUID]]) -> None:
    """The fixture is what it says: one debtor is held, with two open accounts and one that is closed."""
    held = Debtor.objects.get(holds__isnull=False)
    assert held.accounts.count() == 3
