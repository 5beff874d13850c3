"""The dashboard: every figure is the total of the list to which it leads, for whoever manages, of his agency alone."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import clock, contacts, tenancy
from core.models import Account, Agency, Disposition, Promise, User
from imports.models import SFTPFeed, SFTPImportJob
from payments import refunding, taking
from payments.models import Payment
from payments.taking import Order
from reports.dashboard import collectors
from tests.cast import ago, bring_to, make_account, make_creditor, today
from tests.reports.drills import Figure, figures
from tests.reports.pages import NASTY, totals
from tests.worklist.pages import HTMX, statements, text

As = Callable[[User], Client]
URL = "/dashboard/"


def pay(account: Account, amount: str, by: User, *, days_ago: int = 0) -> Payment:
    """So much came by check, so many days ago."""
    at = ago(days_ago)
    with clock.at(at):
        order = Order(Decimal(amount), "check", str(uuid4()), received_on=at.astimezone(account.agency.zone).date())
        return taking.take(account.pk, order, by=by)


def due(account: Account, by: User, status: str, *, days_ago: int) -> Promise:
    """A promise that was due so many days ago, and what became of it."""
    day = today() - timedelta(days=days_ago)
    received = 50 if status == "kept" else 0
    return Promise.objects.create(
        account=account, amount=50, due_date=day, method="check", status=status, received=received, made_by=by,
        judged_at=timezone.now() - timedelta(hours=1),
    )  # fmt: skip


@pytest.fixture
def busy(inside: Agency, dana: User, sarah: User, james: User) -> dict[str, str]:
    """Two creditors, two desks and nobody's; money that came, went back and came long ago; calls and promises.

    Gives query strings that narrow the page."""
    hospital, dental = make_creditor("Northgate Hospital"), make_creditor("Lakeside Dental")
    ages = [-9, 0, 12, 45, 77, 400, None]
    desks = [
        *((hospital, sarah, "in_contact") for _ in range(3)), (dental, sarah, "negotiating"),
        (dental, james, "disputed"), (hospital, james, "closed"), (dental, james, "assigned"),
    ]  # fmt: skip
    accounts = [
        bring_to(
            make_account(
                creditor=creditor,
                original_amount=Decimal(400 + 10 * n),
                due_date=today() - timedelta(days=age) if age is not None else None,
                created_at=ago(10 * n),
            ),
            status, admin=dana, to=to,
        )
        for n, ((creditor, to, status), age) in enumerate(zip(desks, ages, strict=True))
    ]  # fmt: skip
    make_account(creditor=dental, original_amount=Decimal("99.99"))
    for account, amount, days in zip(
        accounts[:5], ("100.00", "20.25", "9.99", "70", "31.07"), (0, 2, 12, 35, 50), strict=True
    ):
        pay(account, amount, dana, days_ago=days)
    refunding.refund(pay(accounts[0], "60.00", dana, days_ago=3).pk, Decimal("25.50"), "Twice", key="r", by=dana)
    spoke, letter = Disposition.objects.get(code="spoke"), Disposition.objects.get(code="sent")
    contacts.log(accounts[0].pk, contacts.Contact(letter, channel="letter"), by=sarah)
    contacts.log(accounts[1].pk, contacts.Contact(spoke, direction="in"), by=sarah)
    for _ in range(2):
        contacts.log(accounts[6].pk, contacts.Contact(spoke, direction="in"), by=james)
    due(accounts[0], sarah, "kept", days_ago=3)
    due(accounts[1], sarah, "broken", days_ago=5)
    due(accounts[4], james, "partial", days_ago=6)
    due(accounts[4], james, "kept", days_ago=60)
    days = [today() - timedelta(days=n) for n in range(15)]
    feed = SFTPFeed.objects.create(
        name="Northgate nightly", host="h", username="u", host_key="k", last_error="It is shut."
    )
    for errors in (0, 3):
        SFTPImportJob.objects.create(
            feed=feed, file_name=f"july{errors}.csv", file_size=1, status="completed", processed_ok=7, created_count=7,
            processed_errors=errors,
        )  # fmt: skip
    return {
        "everything": "",
        "a week": "period=7d",
        "ninety days": "period=90d&step=month",
        "days of one's own": f"period=custom&since={days[14]}&until={days[2]}&step=week",
        "a creditor": f"creditor={hospital.pk}",
        "a collector": f"collector={sarah.collector.pk}&period=90d",
        "both": f"creditor={dental.pk}&collector={james.collector.pk}&period=90d",
    }


PLACES = {
    "Active accounts", "Balance to recover", "Recovery rate", "Collected", "Needs attention", "Balance by age",
    "Accounts by status", "Collectors",
}  # fmt: skip


def differing(browser: Client, found: list[Figure]) -> list[Figure]:
    """The figures that are not the total of the list to which they lead; a list of nothing shows no totals."""
    known: dict[str, dict[str, Decimal]] = {}
    for figure in found:
        if figure.url not in known:
            response = browser.get(unescape(figure.url))
            assert response.status_code == 200, figure
            known[figure.url] = totals(response)
    return [figure for figure in found if known[figure.url].get(figure.total, Decimal(0)) != figure.value]


def test_every_figure_is_the_total_of_the_list_to_which_it_leads(busy: dict[str, str], dana: User, as_user: As) -> None:
    browser = as_user(dana)
    for name, query in busy.items():
        found = figures(browser.get(f"{URL}?{query}"))
        assert {figure.place for figure in found} >= PLACES, name
        assert sum(figure.value != 0 for figure in found) > 12, name
        assert [figure for figure in found if not figure.url] == [], name
        assert differing(browser, found) == [], name


def test_every_link_leads_to_a_page(busy: dict[str, str], dana: User, auditor: User, as_user: As) -> None:
    for user in (dana, auditor):
        browser = as_user(user)
        page = browser.get(URL).content.decode()
        region = page[page.index('id="dash"') :]
        links = {unescape(url) for url in re.findall(r'href="([^"#]+)"', region)}
        assert len(links) > 40
        for link in links:
            assert browser.get(link if link.startswith("/") else URL + link).status_code == 200, link


def test_what_it_says(busy: dict[str, str], dana: User, as_user: As) -> None:
    page = text(as_user(dana).get(f"{URL}?period=30d"))
    assert "$164.74" in page, "100.00 + 20.25 + 9.99 + 60.00 - 25.50"
    assert "Northgate nightly Fails: It is shut." in page
    assert "3 (30.0%)" in page
    assert "Broken promises, no contact since" in page


def test_the_time_is_the_agency_s(busy: dict[str, str], dana: User, as_user: As) -> None:
    with time_machine.travel(datetime(2026, 7, 2, 3, 5, tzinfo=UTC), tick=False):
        page = text(as_user(dana).get(URL))
    assert "updated 10:05 PM CDT" in page
    assert "Jun 2 – Jul 1" in page


def test_formulas_are_on_the_page(busy: dict[str, str], dana: User, as_user: As) -> None:
    from reports.kpis import KPIS

    page = text(as_user(dana).get(URL))
    for key in ("active_accounts", "balance", "recovery_rate", "collected", "rpc_rate", "conversion", "kept_rate"):
        assert KPIS[key].formula in page, key


@pytest.mark.parametrize(
    "column", ["name", "accounts", "collected", "rpc_rate", "conversion", "kept_rate", "commission"]
)
def test_collectors_are_sorted_by_any_column(column: str, busy: dict[str, str], dana: User, as_user: As) -> None:
    browser = as_user(dana)
    names = {}
    for order in (column, f"-{column}"):
        page = browser.get(f"{URL}?sort={order}").content.decode()
        assert f'aria-sort="{"descending" if order.startswith("-") else "ascending"}"' in page
        table = page[page.index('id="collectors-h"') : page.index("<tfoot>", page.index('id="collectors-h"'))]
        names[order] = re.findall(r'<tr><th scope="row">.*?</th>', table)
    assert sorted(names[column]) == sorted(names[f"-{column}"])
    assert len(names[column]) >= 3
    assert all("Nobody" in each[-1] for each in names.values()), "what is nobody's comes last either way"
    assert names[column] != names[f"-{column}"]


def test_of_many_collectors_the_first_are_shown_and_the_report_has_all(
    busy: dict[str, str], dana: User, as_user: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = as_user(dana)
    whole = browser.get(f"{URL}?period=year")
    assert "collectors</a>" not in whole.content.decode()
    monkeypatch.setattr(collectors, "SHOWN", 1)
    page = browser.get(f"{URL}?period=year").content.decode()
    table = page[page.index('id="collectors-h"') : page.index("</tfoot>", page.index('id="collectors-h"'))]
    names = re.findall(r'<tr><th scope="row">.*?</th>', table)
    assert [("Sarah Mitchell" in name, "Nobody" in name, "All together" in name) for name in names] == [
        (True, False, False), (False, True, False), (False, False, True)
    ]  # fmt: skip
    (report,) = re.findall(r'the first 1 of <a href="([^"]+)">2 collectors</a>', table)
    assert "James Carter" in text(browser.get(report))
    before = whole.content.decode()
    total = before[before.index("All together") : before.index("</tfoot>", before.index("All together"))]
    assert total in page, "the total stays that of all"


def test_a_collector_may_not_see_it(busy: dict[str, str], sarah: User, as_user: As) -> None:
    browser = as_user(sarah)
    assert browser.get(URL).status_code == 404
    assert "Dashboard" not in text(browser.get("/worklist/"))
    assert browser.get("/").headers["Location"] == "/worklist/"


def test_who_manages_begins_there(busy: dict[str, str], dana: User, auditor: User, as_user: As) -> None:
    for user in (dana, auditor):
        assert as_user(user).get("/").headers["Location"] == URL


def test_an_operator_begins_where_agencies_are_entered(operator: User, as_user: As) -> None:
    assert as_user(operator).get("/", follow=True).request["PATH_INFO"] == "/admin/"


def test_the_other_agency_sees_its_own(busy: dict[str, str], stranger: User, northwind: Agency, as_user: As) -> None:
    with tenancy.acting_for(northwind):
        browser = as_user(stranger)
    assert "Nothing is placed yet" in text(browser.get(URL))
    for query in busy.values():
        assert "Northgate" not in text(browser.get(f"{URL}?{query}"))
    with tenancy.acting_for(northwind):
        make_account(original_amount=Decimal("12.34"))
    page = browser.get(URL)
    worth = {(figure.place, figure.value) for figure in figures(page) if figure.total == "balance" and figure.value}
    assert {value for _, value in worth} == {Decimal("12.34")}
    assert "Northgate Hospital" in text(page), "its own creditor of that name"


def test_an_agency_without_accounts_is_told_what_comes_first(dana: User, auditor: User, as_user: As) -> None:
    for user, first in ((dana, "/imports/uploads/"), (auditor, "/imports/")):
        browser = as_user(user)
        page = browser.get(URL)
        assert "Nothing is placed yet" in text(page)
        assert 'id="dash"' not in page.content.decode()
        steps = re.findall(r'<li><a href="([^"]+)"', page.content.decode())
        assert first in steps
        for step in steps:
            assert browser.get(step).status_code == 200, step


def test_what_is_wrong_is_said_and_kept(busy: dict[str, str], dana: User, as_user: As) -> None:
    browser = as_user(dana)
    page = browser.get(f"{URL}?period=custom&since=2026-03-09&until=2026-03-01", headers=HTMX)
    assert "Not every filter could be used The period ends before it begins." in text(page)
    assert 'value="2026-03-09"' in page.content.decode()
    assert "HX-Push-Url" not in page.headers
    for nasty in NASTY:
        for name in ("period", "since", "until", "creditor", "collector", "step", "sort"):
            assert browser.get(URL, {"period": "custom", name: nasty}).status_code == 200


def test_htmx_gets_the_figures_alone(busy: dict[str, str], dana: User, as_user: As) -> None:
    query = "?period=7d&since=2026-01-01&until=2026-01-02&creditor=&collector="
    page = as_user(dana).get(f"{URL}{query}", headers=HTMX)
    html = page.content.decode()
    assert html.lstrip().startswith("<title>Dashboard, Last 7 days · DebtFlow</title>")
    assert '<div class="pad stack" id="dash">' in html
    assert 'id="days" hx-swap-oob="true"' in html
    assert 'name="creditor"' not in html
    assert page.headers["HX-Push-Url"] == f"{URL}?period=7d"


def test_collected_is_shown_by_day_week_or_month(busy: dict[str, str], dana: User, as_user: As) -> None:
    browser = as_user(dana)
    for step in ("day", "week", "month"):
        assert f"Collected per {step}" in text(browser.get(f"{URL}?period=90d&step={step}"))
    assert "Collected per day" in text(browser.get(f"{URL}?period=30d"))
    assert "Collected per week" in text(browser.get(f"{URL}?period=90d&step=hour"))


@pytest.mark.django_db(transaction=True)
def test_it_asks_the_same_few_statements(harborline: Agency, dana: User, sarah: User, james: User) -> None:
    counts: list[int] = []
    asked: list[Any] = []
    for times in (1, 5):
        with tenancy.acting_for(harborline):
            for n in range(times):
                creditor = make_creditor(f"Creditor {times} {n}")
                account = bring_to(make_account(creditor=creditor), "in_contact", admin=dana, to=(sarah, james)[n % 2])
                pay(account, "5.00", sarah)
                SFTPFeed.objects.create(name=f"Feed {times} {n}", host="h", username="u", host_key="k")
        browser = Client()
        browser.force_login(dana)
        for query in ("", "period=year", f"collector={sarah.collector.pk}"):
            browser.get(f"{URL}?{query}")
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(f"{URL}?{query}").status_code == 200
            asked = statements(queries)
            counts.append(len(asked))
    assert len({*counts[:2], *counts[3:5]}) == 1, counts
    assert max(counts) <= 10, "\n".join(asked)
