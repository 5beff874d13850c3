"""The list of payments: who sees which, what the filters let through, and what all of it comes to."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import paging, tenancy
from core.models import Account, Agency, User
from payments import refunding, taking
from payments.models import Payment
from payments.taking import Order
from tests.cast import ago, bring_to, make_account, make_creditor, today
from tests.worklist.pages import HTMX, as_told, statements, text

As = Callable[[User], Client]
URL = "/payments/"


def check(account: Account, amount: str, by: User, method: str = "check") -> Payment:
    """So much came by mail."""
    order = Order(Decimal(amount), method, str(uuid4()), received_on=today())
    return taking.take(account.pk, order, by=by)


def made(payment: Payment, when: datetime) -> None:
    Payment.objects.filter(pk=payment.pk).update(created_at=when)


def amounts(response: Any) -> list[str]:
    """The amounts of the rows, in their order."""
    return re.findall(r'class="num bal">([^<]+)<', response.content.decode())


@pytest.fixture
def others(inside: Agency, james: User, dana: User) -> Account:
    """An account on James's desk."""
    facts = {"creditor": make_creditor("Lakeside Dental"), "external_ref": "JAMES-1"}
    return bring_to(make_account(**facts), "in_contact", admin=dana, to=james)


def test_the_newest_come_first_with_what_they_come_to(account: Account, sarah: User, dana: User, as_user: As) -> None:
    check(account, "100.00", sarah)
    second = check(account, "50.00", sarah, "cash")
    refunding.refund(second.pk, Decimal("20.00"), "Too much", key="r", by=dana)
    page = as_user(dana).get(URL)
    assert amounts(page) == ["$50.00", "$100.00"]
    assert "Payments 2 Taken $150.00 Refunded $20.00 Charged back $0.00 Net $130.00" in text(page)
    assert "Partly refunded" in text(page)
    assert f'href="/accounts/{account.pk}/"' in page.content.decode()


def test_a_collector_sees_the_payments_of_her_desk(
    account: Account, others: Account, sarah: User, james: User, auditor: User, as_user: As
) -> None:
    check(account, "100.00", sarah)
    check(others, "70.00", james)
    assert amounts(as_user(sarah).get(URL)) == ["$100.00"]
    assert amounts(as_user(auditor).get(URL)) == ["$70.00", "$100.00"]
    assert 'name="collector"' not in as_user(sarah).get(URL).content.decode()


def test_the_other_agency_sees_nothing(account: Account, sarah: User, stranger: User, as_user: As) -> None:
    check(account, "100.00", sarah)
    with tenancy.acting_for(stranger.agency):
        browser = as_user(stranger)
    assert "No payment yet" in text(browser.get(URL))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=completed", ["$70.00", "$100.00"]),
        ("status=failed", []),
        ("method=cash", ["$70.00"]),
        ("min=70.01", ["$100.00"]),
        ("max=70", ["$70.00"]),
        ("min=70&max=100", ["$70.00", "$100.00"]),
        ("q=JAMES-1", ["$70.00"]),
        ("q=nobody", []),
        ("period=today", ["$70.00"]),
        ("period=week", ["$70.00"]),
        ("period=days30", ["$70.00", "$100.00"]),
        ("since=2026-01-01&until=2026-01-31&period=today", []),
    ],
)
def test_filters(
    query: str, found: list[str], account: Account, others: Account, sarah: User, james: User, dana: User, as_user: As
) -> None:
    made(check(account, "100.00", sarah), ago(20))
    check(others, "70.00", james, "cash")
    page = as_user(dana).get(f"{URL}?{query}")
    assert amounts(page) == found
    if not found:
        assert "No payment matches these filters" in text(page)


def test_by_creditor_collector_and_the_processors_reference(
    account: Account, others: Account, sarah: User, james: User, dana: User, as_user: As
) -> None:
    check(account, "100.00", sarah)
    paid = check(others, "70.00", james)
    Payment.objects.filter(pk=paid.pk).update(processor_ref="pi_123", metadata={"charge": "ch_9"})
    browser = as_user(dana)
    for query in (f"creditor={others.creditor_id}", f"collector={james.collector.pk}", "q=pi_123", "q=ch_9"):
        assert amounts(browser.get(f"{URL}?{query}")) == ["$70.00"], query


def test_days_are_those_of_the_agency(account: Account, sarah: User, dana: User, as_user: As) -> None:
    made(check(account, "10.00", sarah), datetime(2026, 3, 2, 5, 59, tzinfo=UTC))  # March 1, 11:59 PM in Chicago
    made(check(account, "20.00", sarah), datetime(2026, 3, 2, 6, 0, tzinfo=UTC))
    browser = as_user(dana)
    assert amounts(browser.get(f"{URL}?since=2026-03-02&until=2026-03-02")) == ["$20.00"]
    assert amounts(browser.get(f"{URL}?until=2026-03-01")) == ["$10.00"]
    assert as_told("Mar 1, 2026, 11:59 PM") in text(browser.get(URL))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("min=abc", "Enter an amount such as 300.00."),
        ("max=1.234", "Enter at most two decimals."),
        ("since=2026-02-30", "Enter a day that exists."),
        ("until=9999-01-01", "To"),
        ("status=gone", "Select a valid choice"),
        ("collector=x", "Collector"),
    ],
)
def test_a_wrong_filter_is_named_and_does_not_filter(
    query: str, sentence: str, account: Account, sarah: User, dana: User, as_user: As
) -> None:
    check(account, "100.00", sarah)
    page = as_user(dana).get(f"{URL}?{query}")
    assert amounts(page) == ["$100.00"]
    assert "Not every filter could be used" in text(page)
    assert sentence in text(page)


def test_what_a_pending_one_waits_for_is_said(account: Account, sarah: User, dana: User, as_user: As) -> None:
    Payment.objects.create(
        account=account, processor=check(account, "1.00", sarah).processor, amount=5, method="card",
        idempotency_key="k", status="pending", waits_for="bank",
    )  # fmt: skip
    assert "Pending Waits for the bank" in text(as_user(dana).get(URL))


def test_htmx_gets_the_results_alone(account: Account, sarah: User, as_user: As) -> None:
    check(account, "100.00", sarah)
    page = as_user(sarah).get(f"{URL}?method=check", headers=HTMX).content.decode()
    assert page.lstrip().startswith('<section id="results"')
    assert "<form" not in page


def test_pages_are_turned_by_key_and_keep_the_filters(
    account: Account, sarah: User, dana: User, as_user: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "PER_PAGE", 2)
    for cents in range(1, 6):
        check(account, f"{cents}.00", sarah)
    check(account, "99.00", sarah, "cash")
    browser, url, seen = as_user(dana), f"{URL}?method=check", []
    while url:
        page = browser.get(url)
        seen.append(amounts(page))
        found = re.search(r'rel="next" href="([^"]+)"', page.content.decode())
        url = URL + found.group(1).replace("&amp;", "&") if found else ""
    assert seen == [["$5.00", "$4.00"], ["$3.00", "$2.00"], ["$1.00"]]
    back = re.search(r'rel="prev" href="([^"]+)"', page.content.decode())
    assert back
    assert amounts(browser.get(URL + back.group(1).replace("&amp;", "&"))) == ["$3.00", "$2.00"]
    assert amounts(browser.get(f"{URL}?method=check&after=nonsense")) == ["$5.00", "$4.00"]


@pytest.mark.django_db(transaction=True)
def test_the_list_asks_the_same_few_statements(harborline: Agency, dana: User, sarah: User) -> None:
    counts = []
    for times in (1, 6):
        with tenancy.acting_for(harborline):
            account = bring_to(make_account(), "in_contact", admin=dana, to=sarah)
            for _ in range(times):
                check(account, "5.00", sarah)
        for user in (dana, sarah):
            browser = Client()
            browser.force_login(user)
            browser.get(URL)
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(URL).status_code == 200
            counts.append(len(statements(queries)))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 8, counts
