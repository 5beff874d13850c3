"""The lists behind the figures as files: the rows of all pages, in the page's order, with the page's sums."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from core import contacts, paging, promises
from core.contacts import Contact
from core.models import Account, Agency, BalanceEntry, ContactAttempt, Disposition, Promise, User
from payments import refunding, taking
from payments.taking import Order
from tests.cast import bring_to, make_account, make_creditor, today
from tests.reports.exporting import csv_rows, exported, sheets
from tests.reports.pages import every_page, totals

As = Callable[[User], Client]


@pytest.fixture
def browser(
    inside: Agency, dana: User, sarah: User, james: User, as_user: As, monkeypatch: pytest.MonkeyPatch
) -> Client:
    """Six accounts on pages of two, each with a contact, a promise and money, some of which was given back."""
    monkeypatch.setattr(paging, "PER_PAGE", 2)
    for n in range(6):
        due = today() - timedelta(days=10 * n) if n % 3 else None
        facts = {"creditor": make_creditor(("Northgate Hospital", "Lakeside Dental")[n % 2]), "due_date": due}
        account = bring_to(
            make_account(external_ref=f"REF-{n}", **facts), "in_contact", admin=dana, to=(sarah, james)[n % 2]
        )
        outcome = Disposition.objects.get(code=("no_answer", "spoke")[n % 2])
        contacts.log(account.pk, Contact(outcome, override="As it happened"), by=(sarah, dana)[n % 2])
        terms = promises.Terms(Decimal(10 + n), today() + timedelta(days=n), "card")
        promises.make(Account.objects.locked().get(pk=account.pk), terms, by=(sarah, dana)[n % 2])
        order = Order(Decimal(100 + n), ("check", "cash")[n % 2], str(uuid4()), received_on=today())
        payment = taking.take(account.pk, order, by=sarah)
        if n == 4:
            refunding.refund(payment.pk, Decimal("30.00"), "Too much", key="r", by=dana)
    return as_user(dana)


def on_page(browser: Client, path: str) -> list[Any]:
    return [pk for page in every_page(browser, path) for pk in page]


REF: dict[str, Callable[[Any], str]] = {
    "accounts": lambda pk: Account.objects.get(pk=pk).external_ref,
    "collected": lambda pk: BalanceEntry.objects.get(pk=pk).account.external_ref,
    "contacts": lambda pk: ContactAttempt.objects.get(pk=pk).account.external_ref,
    "promises": lambda pk: Promise.objects.get(pk=pk).account.external_ref,
}


def test_the_rows_are_those_of_all_pages_in_their_order(browser: Client, inside: Agency, sarah: User) -> None:
    dental = make_creditor("Lakeside Dental").pk
    for name, queries in {
        "accounts": ["", "sort=due", "sort=-due", "sort=balance", f"creditor={dental}", "past_due=none&sort=-balance"],
        "collected": ["", "method=cash", f"collector={sarah.collector.pk}"],
        "contacts": ["", "right_party=1", "collector=nobody"],
        "promises": ["", f"creditor={dental}", "status=open"],
    }.items():
        for query in queries:
            shown = [REF[name](pk) for pk in on_page(browser, f"/reports/{name}/?{query}")]
            assert shown, query
            rows = csv_rows(exported(browser, inside, f"lists.{name}", query))
            assert [row["Account"] for row in rows] == shown, (name, query)


def test_the_sums_are_those_of_the_page(browser: Client, inside: Agency) -> None:
    for name, below in {
        "accounts": {"Original amount": "original", "Balance": "balance"},
        "collected": {"Amount": "collected"},
        "promises": {"Amount": "promised", "Received": "received"},
    }.items():
        sums = totals(browser.get(f"/reports/{name}/"))
        [[heading, *rows]] = [
            book for title, book in sheets(exported(browser, inside, f"lists.{name}", "", "xlsx")).items()
            if not title.startswith("About")
        ]  # fmt: skip
        for title, key in below.items():
            column = heading.index(title)
            assert Decimal(str(rows[-1][column])) == sums[key], (name, title)
            assert sum(Decimal(str(row[column])) for row in rows[:-1]) == sums[key], (name, title)


def test_what_a_row_says(browser: Client, inside: Agency) -> None:
    [refund] = [row for row in csv_rows(exported(browser, inside, "lists.collected")) if row["Kind"] == "Refund"]
    assert (refund["Amount"], refund["Means"], refund["Credited to"]) == ("-30.00", "Check", "Sarah Mitchell")
    [contact] = csv_rows(exported(browser, inside, "lists.contacts", "right_party=1&collector=nobody"))[:1]
    assert (contact["Right party"], contact["Logged by"], contact["Channel"]) == ("Yes", "Dana Whitlock", "Call")
    [account] = [row for row in csv_rows(exported(browser, inside, "lists.accounts")) if row["Account"] == "REF-5"]
    assert (account["Days past due"], account["Collector"], account["Balance"]) == ("50", "James Carter", "395.00")
    [promise] = [row for row in csv_rows(exported(browser, inside, "lists.promises")) if row["Account"] == "REF-3"]
    assert (promise["Amount"], promise["Status"], promise["Made to"]) == ("13.00", "Open", "Dana Whitlock")
    about = sheets(exported(browser, inside, "lists.accounts", "open=1", "xlsx"))["About this file"]
    assert ["", "Open"] in about
    assert ["", "Accounts: 6"] in about
