"""What collectors earn, by month: sums of the journal, each row with its payment, and hers for a collector alone."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import assignment, clock, tenancy
from core.models import Account, Agency, User
from core.words import MINUS
from payments import refunding, taking
from payments.models import Commission, Payment
from payments.taking import Order
from tests.cast import bring_to, make_account, make_creditor, today
from tests.worklist.pages import as_told, statements, text

As = Callable[[User], Client]
URL = "/payments/commission/"
MARCH = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)


def check(account: Account, amount: str, by: User, at: datetime = MARCH) -> Payment:
    """So much came by mail at that moment."""
    with clock.at(at):
        day = clock.now().astimezone(ZoneInfo("America/Chicago")).date()
        return taking.take(account.pk, Order(Decimal(amount), "check", str(uuid4()), received_on=day), by=by)


@pytest.fixture
def others(inside: Agency, james: User, dana: User) -> Account:
    return bring_to(make_account(), "in_contact", admin=dana, to=james)


def figures(response: Any) -> list[str]:
    """The sums above the table."""
    return re.findall(r"<dd[^>]*>(?:<data[^>]*>)?([^<]+)<", response.content.decode())[:5]


def test_a_month_by_collector(
    account: Account, others: Account, sarah: User, james: User, dana: User, as_user: As
) -> None:
    first = check(account, "100.00", sarah)
    check(account, "50.00", sarah)
    check(others, "400.00", james)
    with clock.at(MARCH):
        refunding.refund(first.pk, Decimal("40.00"), "Too much", key="r", by=dana)
    page = as_user(dana).get(f"{URL}?month=2026-03")
    assert figures(page) == ["3", "$510.00", "$55.00", f"{MINUS}$4.00", "$51.00"]
    assert "James Carter 1 $400.00 $40.00 $0.00 $40.00" in text(page)
    assert f"Sarah Mitchell 2 $110.00 $15.00 {MINUS}$4.00 $11.00" in text(page)


def test_the_rows_of_one_collector_and_month_make_the_sums(
    account: Account, others: Account, sarah: User, james: User, dana: User, as_user: As
) -> None:
    payment = check(account, "99.99", sarah)
    check(account, "0.15", sarah)
    check(account, "7.00", sarah, datetime(2026, 4, 1, 5, 0, tzinfo=UTC))  # April 1, midnight in Chicago
    check(account, "3.00", sarah, datetime(2026, 4, 1, 4, 59, tzinfo=UTC))  # March 31 there
    check(others, "400.00", james)
    page = as_user(dana).get(f"{URL}{sarah.collector.pk}/?month=2026-03")
    rows = Commission.objects.filter(collector=sarah.collector).exclude(base=7)
    told = rows.aggregate(base=Sum("base"), net=Sum("amount"))
    assert figures(page) == ["3", f"${told['base']}", f"${told['net']}", "$0.00", f"${told['net']}"]
    shown = re.findall(r'<td class="num">([^<]+)</td></tr>', page.content.decode())
    assert sorted(shown) == sorted(f"${row.amount}" for row in rows)
    assert f'href="/payments/{payment.pk}/"' in page.content.decode()
    months = text(as_user(dana).get(f"{URL}{sarah.collector.pk}/"))
    assert "April 2026 1 $7.00 $0.70 $0.00 $0.70 March 2026 3 $103.14" in months


def test_days_of_ones_own_and_of_one_creditor(
    account: Account, sarah: User, james: User, dana: User, as_user: As
) -> None:
    """Where the figures of a report lead: any days, both included, and one creditor's."""
    dental = bring_to(make_account(creditor=make_creditor("Lakeside Dental")), "in_contact", admin=dana, to=sarah)
    for day in (9, 10, 11, 12):
        check(account, "50.00", sarah, datetime(2026, 3, day, 18, 0, tzinfo=UTC))
    check(dental, "40.00", sarah)
    browser, days = as_user(dana), "since=2026-03-10&until=2026-03-11"
    of_all, of_sarah = browser.get(f"{URL}?{days}"), browser.get(f"{URL}{sarah.collector.pk}/?{days}")
    assert figures(of_all) == figures(of_sarah) == ["3", "$140.00", "$14.00", "$0.00", "$14.00"]
    assert as_told("Mar 10, 2026 to Mar 11, 2026") in text(of_all)
    assert "Month before" not in text(of_all)
    assert f'href="{URL}{sarah.collector.pk}/?{days.replace("&", "&amp;")}"' in of_all.content.decode()
    for path in (URL, f"{URL}{sarah.collector.pk}/"):
        page = browser.get(f"{path}?{days}&creditor={dental.creditor_id}")
        assert figures(page) == ["1", "$40.00", "$4.00", "$0.00", "$4.00"]
        assert as_told("Mar 10, 2026 to Mar 11, 2026, Lakeside Dental") in text(page)


@pytest.mark.parametrize(
    "query",
    [
        "since=2026-03-11&until=2026-03-10",
        "since=2026-03-10",
        "since=x&until=\x00",
        "since=0001-01-01&until=9999-12-31",
    ],
)
def test_days_that_are_none_are_this_month(query: str, inside: Agency, dana: User, as_user: As) -> None:
    page = text(as_user(dana).get(f"{URL}?{query}&creditor=x"))
    assert f"No commission in {today():%B %Y}" in page


def test_a_collector_sees_her_own_alone(
    account: Account, others: Account, sarah: User, james: User, auditor: User, as_user: As
) -> None:
    check(account, "100.00", sarah)
    check(others, "400.00", james)
    page = as_user(sarah).get(f"{URL}?month=2026-03")
    assert figures(page) == ["1", "$100.00", "$10.00", "$0.00", "$10.00"]
    assert "James" not in text(page)
    assert as_user(sarah).get(f"{URL}{sarah.collector.pk}/?month=2026-03").status_code == 200
    assert as_user(sarah).get(f"{URL}{james.collector.pk}/").status_code == 404
    assert as_user(auditor).get(f"{URL}{james.collector.pk}/").status_code == 200


def test_for_a_stranger_there_is_nothing(account: Account, sarah: User, stranger: User, as_user: As) -> None:
    check(account, "100.00", sarah)
    with tenancy.acting_for(stranger.agency):
        browser = as_user(stranger)
    assert "No commission in March 2026" in text(browser.get(f"{URL}?month=2026-03"))
    assert browser.get(f"{URL}{sarah.collector.pk}/").status_code == 404


def test_what_she_earned_stays_when_the_account_leaves_her_desk(
    account: Account, sarah: User, james: User, dana: User, as_user: As
) -> None:
    payment = check(account, "100.00", sarah)
    assignment.assign([account.pk], to=james.collector, by=dana)
    page = as_user(sarah).get(f"{URL}{sarah.collector.pk}/?month=2026-03")
    assert "The account is on another desk now" in text(page)
    assert str(payment.pk) not in page.content.decode()
    assert account.debtor.full_name not in text(page)


@pytest.mark.parametrize("month", ["", "abc", "2026-13", "0001-01", "9999-12", "2026-11-05"])
def test_any_other_text_is_this_month(month: str, inside: Agency, dana: User, as_user: As) -> None:
    page = text(as_user(dana).get(f"{URL}?month={month}"))
    assert f"No commission in {today():%B %Y}" in page


@pytest.mark.django_db(transaction=True)
def test_it_asks_the_same_few_statements(harborline: Agency, dana: User, sarah: User, james: User) -> None:
    def asked() -> list[int]:
        counts = []
        browser = Client()
        browser.force_login(dana)
        for path in (
            f"{URL}?month=2026-03",
            f"{URL}{sarah.collector.pk}/?month=2026-03",
            f"{URL}{sarah.collector.pk}/",
        ):
            browser.get(path)
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(path).status_code == 200
            counts.append(len(statements(queries)))
        return counts

    with tenancy.acting_for(harborline):
        account = bring_to(make_account(), "in_contact", admin=dana, to=sarah)
        check(account, "10.00", sarah)
    few = asked()
    with tenancy.acting_for(harborline):
        other = bring_to(make_account(), "in_contact", admin=dana, to=james)
        for _ in range(4):
            check(account, "10.00", sarah)
            check(other, "10.00", james)
    assert asked() == few
    assert max(few) <= 7, few
