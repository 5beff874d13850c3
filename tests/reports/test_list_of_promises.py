"""The promises behind every kept rate: what the filters let through, what was promised and what came."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import paging, tenancy
from core.models import Agency, Creditor, Promise, User
from reports.lists.promises import PromiseFilter
from tests.cast import bring_to, make_account, make_creditor
from tests.reports.pages import NASTY, before, every_page, ids, totals
from tests.worklist.pages import HTMX, statements, text

As = Callable[[User], Client]
Expected = Callable[[Promise], bool]
URL = "/reports/promises/"
MATURED = {"kept", "partial", "broken"}


def made(day: int, hour: int = 18, minute: int = 0) -> datetime:
    """A moment in July."""
    return datetime(2026, 7, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def promises(inside: Agency, dana: User, sarah: User, james: User) -> list[Promise]:
    """In every status, to two collectors and an admin, for two creditors; two made around midnight in Chicago."""
    hospital, dental = make_creditor("Northgate Hospital"), make_creditor("Lakeside Dental")
    statuses = ["open", "kept", "partial", "broken", "withdrawn"]
    moments = [*(made(1 + n) for n in range(10)), made(20, 4, 30), made(20, 5, 30)]  # July 19, 11:30 PM; 12:30 AM
    for n, at in enumerate(moments):
        status = statuses[n % 5]
        account = bring_to(
            make_account(creditor=(hospital, dental)[n % 2]), "in_contact", admin=dana, to=(sarah, james)[n % 2]
        )
        Promise.objects.create(
            account=account,
            amount=Decimal(100 + n),
            due_date=date(2026, 8, 1 + n % 7),
            method=("card", "check")[n % 2],
            status=status,
            received={"kept": Decimal(100 + n), "partial": Decimal("12.34")}.get(status, Decimal(0)),
            judged_at=made(28) if status != "open" else None,
            made_by=(sarah, james, dana)[n % 3],
            created_at=at,
        )
    return list(Promise.objects.select_related("account"))


def expect(browser: Client, query: str, promises: list[Promise], expected: Expected) -> None:
    page = browser.get(f"{URL}?{query}")
    wanted = [promise for promise in promises if expected(promise)]
    assert wanted, query
    assert {*ids(page)} == {promise.pk for promise in wanted}, query
    assert totals(page) == {
        "number": len(wanted),
        "promised": sum(promise.amount for promise in wanted),
        "matured": sum(promise.status in MATURED for promise in wanted),
        "kept": sum(promise.status == "kept" for promise in wanted),
        "received": sum(promise.received for promise in wanted),
    }, query


def test_each_filter_lets_through_what_it_says(
    promises: list[Promise], dana: User, sarah: User, james: User, as_user: As
) -> None:
    browser, dental = as_user(dana), Creditor.objects.get(name="Lakeside Dental").pk
    expect(browser, "", promises, lambda promise: True)
    for status in Promise.Status.values:
        expect(browser, f"status={status}", promises, lambda promise, status=status: promise.status == status)
    expect(browser, "matured=1", promises, lambda promise: promise.status in MATURED)
    expect(browser, f"creditor={dental}", promises, lambda promise: promise.account.creditor_id == dental)
    for user in (sarah, james):
        expect(browser, f"collector={user.collector.pk}", promises, lambda p, user=user: p.made_by_id == user.pk)
    expect(browser, "collector=nobody", promises, lambda promise: promise.made_by_id == dana.pk)
    first, last = date(2026, 8, 2), date(2026, 8, 4)
    expect(browser, f"due_since={first}&due_until={last}", promises, lambda p: first <= p.due_date <= last)
    expect(
        browser, f"matured=1&due_since={first}&creditor={dental}", promises,
        lambda p: p.status in MATURED and p.due_date >= first and p.account.creditor_id == dental,
    )  # fmt: skip


def test_the_day_of_making_is_the_agencys(promises: list[Promise], dana: User, as_user: As) -> None:
    browser = as_user(dana)
    expect(
        browser, "made_since=2026-07-02&made_until=2026-07-05", promises,
        lambda promise: made(2, 5) <= promise.created_at < made(6, 5),
    )  # fmt: skip
    expect(browser, "made_since=2026-07-19&made_until=2026-07-19", promises, lambda p: p.created_at == made(20, 4, 30))
    expect(browser, "made_since=2026-07-20&made_until=2026-07-20", promises, lambda p: p.created_at == made(20, 5, 30))


def test_a_row_says_what_was_promised_and_what_came(promises: list[Promise], dana: User, as_user: As) -> None:
    said = text(as_user(dana).get(f"{URL}?status=partial"))
    for words in ("Jul 3", "Aug 3", "$102.00", "Card", "$12.34", "Partly kept", "Dana Whitlock"):
        assert words in said


def test_rubbish_is_named_and_does_not_filter(promises: list[Promise], dana: User, as_user: As) -> None:
    browser = as_user(dana)
    for name in PromiseFilter.base_filters:
        for value in NASTY:
            page = browser.get(URL, {name: value})
            assert "Not every filter could be used" in text(page), (name, value)
            assert totals(page)["number"] == len(promises), (name, value)


def test_pages_hold_every_promise_once_also_of_one_moment(
    promises: list[Promise], dana: User, as_user: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "PER_PAGE", 5)
    Promise.objects.update(created_at=made(1))
    browser = as_user(dana)
    pages = every_page(browser, URL)
    assert [pk for page in pages for pk in page] == sorted((promise.pk for promise in promises), reverse=True)
    assert ids(browser.get(URL + before(browser.get(f"{URL}?after={pages[1][-1]}")))) == pages[1]


def test_nothing_yet(inside: Agency, dana: User, as_user: As) -> None:
    assert "Nothing here yet A promise" in text(as_user(dana).get(URL))


def test_the_other_agency_sees_nothing(promises: list[Promise], stranger: User, as_user: As) -> None:
    with tenancy.acting_for(stranger.agency):
        page = as_user(stranger).get(URL)
    assert "Nothing here yet" in text(page)


def test_it_is_for_the_agencys_management(promises: list[Promise], sarah: User, auditor: User, as_user: As) -> None:
    assert as_user(sarah).get(URL).status_code == 404
    assert len(ids(as_user(auditor).get(URL))) == len(promises)


def test_htmx_gets_the_results_alone(promises: list[Promise], dana: User, as_user: As) -> None:
    page = as_user(dana).get(URL, headers=HTMX).content.decode()
    assert page.lstrip().startswith('<section id="results"')


@pytest.mark.django_db(transaction=True)
def test_it_asks_the_same_few_statements(harborline: Agency, dana: User, sarah: User) -> None:
    browser = Client()
    browser.force_login(dana)
    counts: list[Any] = []
    for times in (1, 4):
        with tenancy.acting_for(harborline):
            for _ in range(times):
                account = bring_to(make_account(), "in_contact", admin=dana, to=sarah)
                Promise.objects.create(account=account, amount=50, due_date=date(2026, 8, 1), method="card")
        browser.get(URL)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(URL).status_code == 200
        counts.append(len(statements(queries)))
    assert counts[0] == counts[1]
    assert counts[0] <= 8, counts
