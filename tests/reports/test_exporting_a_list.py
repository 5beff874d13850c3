"""A file holds what the page shows: the same rows by the same filters in the same order, and of one agency alone."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from core import exportable, promises, tenancy
from core.models import Account, Agency, ContactPoint, Hold, User
from core.promises import Terms
from imports.models import SFTPImportJob
from payments import refunding, taking
from payments.taking import Order
from tests.cast import bring_to, make_account, make_creditor, make_debtor, make_user, today
from tests.reports.exporting import URL, ask, csv_rows, exported, link_on_page, only, sheets, work
from tests.worklist.pages import refs, worklist
from worklist.listing import ordering

As = Callable[[User], Client]
ACCOUNTS = "worklist.accounts"


@pytest.fixture
def accounts(inside: Agency, dana: User, sarah: User, james: User) -> list[Account]:
    """Accounts that differ in all that the list sorts and filters by."""
    made, now = [], timezone.now()
    for n in range(12):
        facts: dict[str, Any] = {
            "original_amount": Decimal(100 + 37 * (n % 5)),
            "priority": n % 4,
            "creditor": make_creditor(("Northgate Hospital", "Lakeside Dental")[n % 2]),
            "due_date": date(2026, 1, 1 + n) if n % 3 else None,
        }
        account = make_account(**facts)
        if n % 4:
            account = bring_to(
                account, ("in_contact", "assigned", "closed")[n % 4 - 1], admin=dana, to=(sarah, james)[n % 2]
            )
        if n % 3 != 1:
            Account.objects.filter(pk=account.pk).update(next_action_at=now + timedelta(days=n - 6), next_action="Call")
        if n % 5 == 0:
            Account.objects.filter(pk=account.pk).update(last_contact_at=now - timedelta(days=n))
        made.append(account)
    return made


def test_the_rows_are_those_of_the_page_in_its_order(
    accounts: list[Account], inside: Agency, dana: User, as_user: As
) -> None:
    browser, what = as_user(dana), exportable.named(ACCOUNTS)
    assert what
    for some in ("status=any", "", "collector=nobody", "min=130&priority=1&priority=2", "due=true"):
        for sort in ordering.ORDERS:
            query = f"{some}&sort={sort}"
            [sheet] = what.prepare(dana, QueryDict(query))
            shown = refs(worklist(browser, query))
            assert shown
            assert [row[0] for row in sheet.rows] == shown, query


def test_the_page_s_own_query_string_is_what_the_file_is_made_by(
    accounts: list[Account], inside: Agency, dana: User, as_user: As
) -> None:
    query = "collector=nobody&sort=-created&page=nonsense"
    file = csv_rows(exported(as_user(dana), inside, ACCOUNTS, query))
    assert [row["Reference"] for row in file] == refs(worklist(as_user(dana), query))


def test_a_search_is_that_of_the_page(accounts: list[Account], inside: Agency, dana: User, as_user: As) -> None:
    odd = make_account(debtor=make_debtor(full_name="Zebediah Quill"))
    file = csv_rows(exported(as_user(dana), inside, ACCOUNTS, "q=zebedia"))
    assert [row["Reference"] for row in file] == [odd.external_ref]


def test_a_wrong_filter_counts_for_nothing_as_on_the_page(
    accounts: list[Account], inside: Agency, dana: User, as_user: As
) -> None:
    file = csv_rows(exported(as_user(dana), inside, ACCOUNTS, "min=abc&status=any&page=nonsense"))
    assert len(file) == len(accounts)


def test_all_that_a_manager_expects_of_an_account(inside: Agency, dana: User, sarah: User, as_user: As) -> None:
    debtor = make_debtor(external_ref="P-1", full_name="Amélie O’Hara", address_line1="1 Elm St")
    account = bring_to(
        make_account(debtor=debtor, external_ref="NGH-1", due_date=today() - timedelta(days=40)),
        "in_contact", admin=dana, to=sarah,
    )  # fmt: skip
    points = [
        ("phone", "+15125550111", "opted_out"),
        ("phone", "+15125550143", "active"),
        ("email", "a@b.com", "active"),
    ]
    for kind, value, status in points:
        ContactPoint.objects.create(debtor=debtor, kind=kind, value=value, status=status)
    Hold.objects.create(debtor=debtor, kind="military")
    Account.objects.filter(pk=account.pk).update(
        last_contact_at=datetime(2026, 3, 2, 5, 30, tzinfo=UTC), created_at=datetime(2026, 3, 2, 5, 30, tzinfo=UTC)
    )
    [row] = csv_rows(exported(as_user(dana), inside, ACCOUNTS))
    expected = {
        "Reference": "NGH-1", "Debtor": "Amélie O’Hara", "Debtor reference": "P-1", "Creditor": "Northgate Hospital",
        "Collector": "Sarah Mitchell", "Status": "In contact", "Original amount": "500.00", "Balance": "500.00",
        "Placed": "2026-03-01", "Last contact": "2026-03-01 23:30:00", "Phone": "(512) 555-0143", "E-mail": "a@b.com",
        "Address": "1 Elm St", "State": "TX", "ZIP": "78701", "Holds in force": "Military service",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    assert int(row["Days past due"]) in (39, 40, 41)
    assert "1234" not in "".join(row.values())  # the last digits of the social security number


def test_an_open_promise_stands_beside_its_account(inside: Agency, dana: User, sarah: User, as_user: As) -> None:
    account = bring_to(make_account(), "negotiating", admin=dana, to=sarah)
    day = timezone.now().astimezone(inside.zone).date() + timedelta(days=3)
    promises.make(Account.objects.locked().get(pk=account.pk), Terms(Decimal("75.50"), day, "card"), by=sarah)
    [row] = csv_rows(exported(as_user(dana), inside, ACCOUNTS))
    assert (row["Promised"], row["Promised for"]) == ("75.50", day.isoformat())


def paid(account: Account, amount: str, by: User) -> Any:
    order = Order(Decimal(amount), "check", str(uuid4()), received_on=today(), reference="1042")
    return taking.take(account.pk, order, by=by)


def test_payments_with_their_totals(inside: Agency, dana: User, sarah: User, james: User, as_user: As) -> None:
    first = bring_to(make_account(external_ref="A-1"), "in_contact", admin=dana, to=sarah)
    other = bring_to(make_account(external_ref="B-1"), "in_contact", admin=dana, to=james)
    paid(first, "100.00", sarah)
    refunding.refund(paid(first, "50.00", sarah).pk, Decimal("20.00"), "Too much", key="r", by=dana)
    paid(other, "70.00", james)
    query = f"collector={sarah.collector.pk}"
    rows = csv_rows(exported(as_user(dana), inside, "payments.list", query))
    assert [(row["Account"], row["Amount"], row["Refunded"]) for row in rows] == [
        ("A-1", "50.00", "20.00"), ("A-1", "100.00", "0.00")
    ]  # fmt: skip
    assert {row["Collector"] for row in rows} == {"Sarah Mitchell"}
    assert rows[0]["Card, bank account or check"] == "1042"
    assert rows[0]["Commission rate"] == "0.1000"
    book = sheets(exported(as_user(dana), inside, "payments.list", query, "xlsx"))
    assert book["Payments"][-1][9:12] == [150.0, 20.0, 0.0]
    assert ["", "Collector: Sarah Mitchell"] in book["About this file"]


def test_commission_of_a_month_and_the_rows_behind_it(inside: Agency, dana: User, sarah: User, as_user: As) -> None:
    paid(bring_to(make_account(external_ref="A-1"), "in_contact", admin=dana, to=sarah), "100.00", sarah)
    book = sheets(exported(as_user(dana), inside, "payments.commission", "", "xlsx"))
    assert book["Commission"][1:] == [
        ["Sarah Mitchell", 1.0, 100.0, 10.0, 0.0, 10.0],
        ["Total", 1.0, 100.0, 10.0, 0.0, 10.0],
    ]
    assert book["Rows of commission"][1][1:] == [
        "Sarah Mitchell",
        "A-1",
        book["Rows of commission"][1][3],
        100.0,
        100.0,
        0.1,
        10.0,
    ]
    assert (
        len(sheets(exported(as_user(dana), inside, "payments.commission", "month=2001-01", "xlsx"))["Commission"]) == 2
    )


def test_imports_and_team(inside: Agency, dana: User, sarah: User, as_user: As) -> None:
    SFTPImportJob.objects.create(file_name="a.csv", file_size=1, processed_ok=3, created_count=3, processed_errors=2)
    SFTPImportJob.objects.create(file_name="b.csv", file_size=1, status="failed", error_details="No header")
    rows = csv_rows(exported(as_user(dana), inside, "imports.list", "status=failed"))
    assert [(row["File"], row["Why it was refused, or not finished"]) for row in rows] == [("b.csv", "No header")]
    bring_to(make_account(), "in_contact", admin=dana, to=sarah)
    [row] = csv_rows(exported(as_user(dana), inside, "team.list"))
    assert (row["Collector"], row["Accounts"], row["Balance"], row["In contact"]) == (
        "Sarah Mitchell",
        "1",
        "500.00",
        "1",
    )


def test_every_page_with_a_list_offers_its_export_to_managers_alone(
    inside: Agency, dana: User, sarah: User, auditor: User, as_user: As
) -> None:
    pages = {
        "/worklist/": ACCOUNTS,
        "/payments/": "payments.list",
        "/payments/commission/": "payments.commission",
        "/imports/": "imports.list",
        "/team/": "team.list",
        "/reports/accounts/": "lists.accounts",
        "/reports/collected/": "lists.collected",
        "/reports/contacts/": "lists.contacts",
        "/reports/promises/": "lists.promises",
    }
    for page, source in pages.items():
        field = f'name="source" value="{source}"'
        assert field in as_user(dana).get(page).content.decode()
        assert field in as_user(auditor).get(page).content.decode()
        assert field not in as_user(sarah).get(page).content.decode()
        assert ask(as_user(sarah), source).status_code == 404
    query = 'name="query" value="status=new&amp;sort=balance"'
    assert query in as_user(dana).get("/worklist/?status=new&sort=balance").content.decode()


def test_a_reader_takes_along_what_he_sees(accounts: list[Account], inside: Agency, auditor: User, as_user: As) -> None:
    assert len(csv_rows(exported(as_user(auditor), inside, ACCOUNTS, "status=any"))) == len(accounts)


def test_the_other_agency_gets_its_own_rows_and_no_other(
    accounts: list[Account], inside: Agency, northwind: Agency, stranger: User, dana: User, as_user: As
) -> None:
    ask(as_user(dana), ACCOUNTS, "status=any")
    work(inside)
    taken = link_on_page(as_user(dana))
    with tenancy.acting_for(northwind):
        make_account(external_ref="NORTH-1")
        ask(as_user(stranger), ACCOUNTS, "status=any")
    work(northwind)
    with tenancy.acting_for(northwind):
        browser = as_user(stranger)
        assert [row["Reference"] for row in csv_rows(b"".join(browser.get(link_on_page(browser))))] == ["NORTH-1"]
        assert browser.get(taken).status_code == 404
        for act in ("cancellation", "removal"):
            assert browser.post(f"{URL}{only(inside, dana).pk}/{act}/").status_code == 404
    assert only(inside, dana).status == "done"


def test_an_operator_exports_the_agency_that_he_has_entered(harborline: Agency, operator: User, as_user: As) -> None:
    with tenancy.acting_for(harborline):
        made = make_account()
    browser = as_user(operator)
    assert browser.post(f"/admin/core/agency/enter/{harborline.pk}/").status_code == 302
    assert [row["Reference"] for row in csv_rows(exported(browser, harborline, ACCOUNTS))] == [made.external_ref]


@pytest.mark.parametrize(
    ("source", "query", "kind"),
    [(ACCOUNTS, "", "pdf"), (ACCOUNTS, "q=" + "x" * 5000, "csv"), ("nothing", "", "csv"), ("", "", "csv")],
)
def test_what_cannot_be_made_is_said(
    source: str, query: str, kind: str, inside: Agency, dana: User, as_user: As
) -> None:
    browser = as_user(dana)
    page = browser.post(URL, {"source": source, "query": query, "format": kind}, follow=True)
    assert "No export yet" in page.content.decode()
    assert 'class="note warning"' in page.content.decode()


def test_who_left_meanwhile_gets_nothing(accounts: list[Account], inside: Agency, dana: User, as_user: As) -> None:
    other = make_user(inside, "olive.admin", "agency_admin")
    ask(as_user(other), ACCOUNTS)
    other.role = "collector"
    other.save()
    work(inside)
    assert only(inside, other).error == "You may not export this list any more."
    ask(as_user(dana), ACCOUNTS)
    dana.is_active = False
    dana.save()
    work(inside)
    assert only(inside, dana).status == "failed"
