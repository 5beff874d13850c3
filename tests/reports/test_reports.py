"""What all reports have in common: who sees them, how they are filtered, sorted, explained, and read without script."""

import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.models import Agency, User
from core.sheet import Column, Kind, Linked, Sheet
from reports import catalogue
from reports.catalogue.sorting import Order
from tests.cast import bring_to, make_account
from tests.guard.markup import faults
from tests.reports.reading import report, table
from tests.worklist.pages import HTMX, statements, text

As = Callable[[User], Client]
SLUGS = [one.slug for one in catalogue.REPORTS]
RUBBISH = [
    "period=x",
    "period=custom",
    "period=custom&since=2026-02-30&until=2026-01-01",
    "creditor=x&collector=%00",
    "creditor=00000000-0000-0000-0000-000000000000",
    "sort=-nothing",
    "sort=..-.",
]
SHEET = Sheet(
    "Creditors",
    [Column("creditor", "Creditor"), Column("balance", "Balance", Kind.MONEY)],
    [(Linked("northgate", "/n/"), 5), ("Alder", None), (Linked("Birch", "/b/"), 70), ("cedar", 5)],
    ("Total", 80),
)


def names(order: str, key: str = "") -> list[object]:
    return [getattr(row[0], "value", row[0]) for row in Order.read(order).sort(key, SHEET).rows]


def test_the_index_says_what_each_report_answers(dana: User, as_user: As) -> None:
    page = as_user(dana).get("/reports/")
    for one in catalogue.REPORTS:
        assert one.question in text(page)
        assert f'href="/reports/{one.slug}/"' in page.content.decode()
    assert len(SLUGS) == len(set(SLUGS))


@pytest.mark.parametrize("path", ["/reports/", "/reports/definitions/", *(f"/reports/{slug}/" for slug in SLUGS)])
def test_managers_see_it_and_collectors_do_not(path: str, dana: User, auditor: User, sarah: User, as_user: As) -> None:
    assert as_user(dana).get(path).status_code == 200
    assert as_user(auditor).get(path).status_code == 200
    assert as_user(sarah).get(path).status_code == 404
    assert as_user(dana).post(path).status_code == 405


def test_a_report_that_does_not_exist_is_not_found(dana: User, as_user: As) -> None:
    assert report(as_user(dana), "no-such-report").status_code == 404


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("query", RUBBISH)
def test_rubbish_in_the_url_breaks_nothing(slug: str, query: str, dana: User, as_user: As) -> None:
    page = report(as_user(dana), slug, query)
    assert page.status_code == 200
    assert faults(page.content.decode()) == []


@pytest.mark.parametrize("slug", SLUGS)
def test_what_was_not_understood_is_said(slug: str, dana: User, as_user: As) -> None:
    page = report(as_user(dana), slug, "period=x&creditor=x&collector=x")
    understands = catalogue.named(slug)
    assert understands
    assert ("Not every filter could be used" in text(page)) == bool(understands.filters)


@pytest.mark.parametrize("slug", SLUGS)
def test_htmx_gets_the_results_alone_under_their_own_address(slug: str, dana: User, as_user: As) -> None:
    page = report(as_user(dana), slug, "since=2026-01-01&until=2026-01-02", **HTMX)
    assert page.content.decode().lstrip().startswith('<section id="results"')
    assert "<form" not in page.content.decode()
    assert page.headers["HX-Push-Url"] == f"/reports/{slug}/"


@pytest.mark.parametrize("slug", SLUGS)
def test_a_report_asks_few_statements(slug: str, dana: User, as_user: As) -> None:
    browser = as_user(dana)
    report(browser, slug)
    with CaptureQueriesContext(connection) as queries:
        assert report(browser, slug).status_code == 200
    assert len(statements(queries)) <= 10, "\n".join(statements(queries))


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_yet_and_nothing_found_are_told_apart(slug: str, dana: User, as_user: As) -> None:
    known = catalogue.named(slug)
    assert known
    page = text(report(as_user(dana), slug))
    assert "Nothing to report yet" in page
    assert known.nothing in page
    if "period" in known.filters:
        page = text(report(as_user(dana), slug, "period=7d"))
        assert "Nothing matches these filters" in page
        assert known.nothing not in page


def test_a_report_is_sorted_by_its_heads(inside: Agency, dana: User, sarah: User, james: User, as_user: As) -> None:
    bring_to(make_account(original_amount=Decimal(900)), "assigned", admin=dana, to=james)
    bring_to(make_account(original_amount=Decimal(100)), "assigned", admin=dana, to=sarah)
    browser, query = as_user(dana), "period=7d"
    page = report(browser, "collectors", query)
    found = re.search(r'href="(\?[^"]*sort=-balance)"', page.content.decode())
    assert found, "figures are asked for from the greatest"
    page = browser.get(f"/reports/collectors/{unescape(found.group(1))}")
    assert table(page).names == ["James Carter", "Sarah Mitchell"]
    assert 'aria-sort="descending"' in page.content.decode()
    turned = re.search(r'href="(\?[^"]*sort=balance)"', page.content.decode())
    assert turned
    page = browser.get(f"/reports/collectors/{unescape(turned.group(1))}")
    assert table(page).names == ["Sarah Mitchell", "James Carter"]
    assert "Last 7 days" in text(page), "the filters stay"


def test_rows_are_ordered_by_any_column(dana: User, as_user: As) -> None:
    assert names("creditor") == ["Alder", "Birch", "cedar", "northgate"]
    assert names("-creditor") == ["northgate", "cedar", "Birch", "Alder"]
    assert names("balance") == ["northgate", "cedar", "Birch", "Alder"], (
        "what has no value comes last, equals as they were"
    )
    assert names("-balance") == ["Birch", "northgate", "cedar", "Alder"]
    assert names("debtor") == names("") == ["northgate", "Alder", "Birch", "cedar"]
    assert names("by.creditor") == names(""), "that is another sheet"
    assert names("by.creditor", "by") == names("creditor")
