"""What was collected: the journal's entries behind every sum of money, and what they come to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import assignment, balances, clock, paging, tenancy
from core.models import Account, Agency, BalanceEntry, User
from core.words import MINUS
from payments import completing, refunding, taking
from payments.models import Payment
from payments.taking import Order
from reports.lists.collected import CollectedFilter
from tests.cast import bring_to, make_account, make_creditor
from tests.reports.pages import NASTY, before, every_page, ids, totals
from tests.worklist.pages import HTMX, as_told, statements, text

As = Callable[[User], Client]
URL = "/reports/collected/"
ZONE = ZoneInfo("America/Chicago")  # Harborline's


def pay(account: Account, amount: str, by: User, method: str = "check", at: datetime | None = None) -> Payment:
    """So much came, today or then."""
    at = at or timezone.now()
    with clock.at(at):
        order = Order(Decimal(amount), method, str(uuid4()), received_on=at.astimezone(ZONE).date())
        return taking.take(account.pk, order, by=by)


@dataclass(frozen=True)
class Fact:
    """What one entry is, as the test made it."""

    amount: Decimal
    at: datetime
    creditor: str
    collector: str
    method: str
    placed: str


@dataclass(frozen=True)
class World:
    facts: list[Fact]
    names: dict[str, str]

    def collected(self, **wanted: str) -> tuple[int, Decimal]:
        """Number and sum by plain Python."""
        chosen = [f.amount for f in self.facts if all(getattr(f, name) == value for name, value in wanted.items())]
        return len(chosen), sum(chosen, Decimal(0))


@pytest.fixture
def world(inside: Agency, dana: User, sarah: User, james: User) -> World:
    """Money of two creditors, two collectors and nobody, by four means, one given back, one of a former system."""
    hospital, dental = make_creditor("Northgate Hospital"), make_creditor("Lakeside Dental")
    january, june = datetime(2026, 1, 15, 18, tzinfo=UTC), datetime(2026, 6, 15, 18, tzinfo=UTC)
    facts: list[Fact] = []

    def placed(creditor: Any, to: User | None, at: datetime) -> Account:
        account = make_account(creditor=creditor, created_at=at)
        return bring_to(account, "in_contact", admin=dana, to=to) if to else account

    def paid(account: Account, amount: str, method: str, at: datetime) -> Payment:
        payment = pay(account, amount, dana, method, at)
        entry = BalanceEntry.objects.get(payment=payment.pk)
        holder = account.assigned_to.user.username if account.assigned_to else "nobody"
        month = f"{account.created_at:%Y-%m}"
        facts.append(Fact(Decimal(amount), entry.created_at, account.creditor.name, holder, method, month))
        return payment

    of_sarah, of_james = placed(hospital, sarah, january), placed(dental, james, june)
    of_nobody = placed(dental, None, january)
    first = paid(of_sarah, "100.00", "check", datetime(2026, 7, 1, 15, tzinfo=UTC))
    paid(of_sarah, "20.50", "cash", datetime(2026, 7, 3, 15, tzinfo=UTC))
    paid(of_james, "70.25", "check", datetime(2026, 7, 2, 15, tzinfo=UTC))
    paid(of_nobody, "9.99", "cash", datetime(2026, 7, 9, 15, tzinfo=UTC))
    with clock.at(datetime(2026, 7, 10, 15, tzinfo=UTC)):
        refunding.refund(first.pk, Decimal("30.00"), "Too much", key="r", by=dana)
    entry = BalanceEntry.objects.get(kind="refund")
    facts.append(Fact(Decimal("-30.00"), entry.created_at, hospital.name, sarah.username, "check", "2026-01"))
    balances.post_entry(of_james.pk, "payment", Decimal("-5.00"), by=None)
    entry = BalanceEntry.objects.get(payment=None, kind="payment")
    facts.append(Fact(Decimal("5.00"), entry.created_at, dental.name, "nobody", "none", "2026-06"))
    balances.post_entry(of_james.pk, "fee", Decimal("12.00"), by=None)  # no money
    assignment.assign([of_sarah.pk], to=james.collector, by=dana)  # what she collected stays hers
    names = {"hospital": str(hospital.pk), "dental": str(dental.pk)}
    names |= {user.username: str(user.collector.pk) for user in (sarah, james)}
    return World(facts, names)


def test_all_of_it_comes_with_its_sum_the_newest_first(world: World, dana: User, as_user: As) -> None:
    page = as_user(dana).get(URL)
    number, net = world.collected()
    assert totals(page) == {
        "number": number, "payments": 5, "came": net + 30, "back": Decimal("30.00"), "collected": net,
    }  # fmt: skip
    newest = BalanceEntry.objects.filter(pk__in=ids(page)).order_by("-created_at").values_list("pk", flat=True)
    assert ids(page) == list(newest)
    assert len(ids(page)) == 6
    assert f"{MINUS}$30.00" in text(page)
    assert "Refund" in text(page)


FILTERS = {
    "creditor={hospital}": {"creditor": "Northgate Hospital"},
    "creditor={dental}": {"creditor": "Lakeside Dental"},
    "collector={sarah.mitchell}": {"collector": "sarah.mitchell"},
    "collector={james.carter}": {"collector": "james.carter"},
    "collector=nobody": {"collector": "nobody"},
    "method=check": {"method": "check"},
    "method=cash": {"method": "cash"},
    "method=card": {"method": "card"},
    "method=none": {"method": "none"},
    "placed_month=2026-01": {"placed": "2026-01"},
    "placed_month=2026-06": {"placed": "2026-06"},
    "creditor={dental}&method=cash": {"creditor": "Lakeside Dental", "method": "cash"},
    "collector={sarah.mitchell}&method=check": {"collector": "sarah.mitchell", "method": "check"},
}


def test_each_filter_lets_through_what_it_says(world: World, dana: User, as_user: As) -> None:
    browser = as_user(dana)
    for query, wanted in FILTERS.items():
        for name, value in world.names.items():
            query = query.replace(f"{{{name}}}", value)
        page = browser.get(f"{URL}?{query}")
        number, net = world.collected(**wanted)
        assert len(ids(page)) == number, query
        assert totals(page).get("collected", Decimal(0)) == net, query
        assert ("Nothing matches these filters" in text(page)) == (number == 0)


def test_the_days_are_those_of_the_agency_both_included(world: World, dana: User, as_user: As) -> None:
    browser = as_user(dana)
    for since, until in (("2026-07-01", "2026-07-03"), ("2026-07-03", "2026-07-09"), ("2026-07-04", "2026-07-08")):
        chosen = [f.amount for f in world.facts if since <= f"{f.at:%Y-%m-%d}" <= until]
        page = browser.get(f"{URL}?since={since}&until={until}")
        assert totals(page).get("collected", Decimal(0)) == sum(chosen)
        assert len(ids(page)) == len(chosen)


def test_late_in_the_evening_is_still_that_day(inside: Agency, dana: User, sarah: User, as_user: As) -> None:
    account = bring_to(
        make_account(created_at=datetime(2026, 3, 1, 5, 59, tzinfo=UTC)),  # February 28, 11:59 PM in Chicago
        "in_contact", admin=dana, to=sarah,
    )  # fmt: skip
    pay(account, "10.00", sarah, at=datetime(2026, 3, 3, 5, 30, tzinfo=UTC))  # March 2, 11:30 PM
    pay(account, "20.00", sarah, at=datetime(2026, 3, 3, 6, 30, tzinfo=UTC))  # March 3, 12:30 AM
    browser = as_user(dana)

    def collected(query: str) -> Decimal:
        return totals(browser.get(f"{URL}?{query}")).get("collected", Decimal(0))

    assert collected("since=2026-03-02&until=2026-03-02") == 10
    assert collected("since=2026-03-03&until=2026-03-03") == 20
    assert collected("placed_month=2026-02") == 30
    assert collected("placed_month=2026-03") == 0
    assert as_told("Mar 2, 2026, 11:30 PM") in text(browser.get(URL))


def test_more_than_was_owed_is_not_collected(inside: Agency, dana: User, sarah: User, as_user: As) -> None:
    account = bring_to(make_account(original_amount=Decimal("50.00")), "in_contact", admin=dana, to=sarah)
    processor = pay(account, "10.00", sarah).processor
    facts = {"account": account, "processor": processor, "method": "card", "idempotency_key": "k"}
    completing.complete(Payment.objects.create(amount=Decimal("80.00"), **facts).pk, by=None)
    assert totals(as_user(dana).get(URL))["collected"] == 50


def test_what_is_on_is_said_and_can_be_taken_off(world: World, dana: User, as_user: As) -> None:
    query = f"method=cash&since=2026-07-01&placed_month=2026-01&creditor={world.names['dental']}"
    page = as_user(dana).get(f"{URL}?{query}&after={uuid4()}")
    for words in ("Means: Cash", "From Jul 1", "Placed in January 2026", "Creditor: Lakeside Dental"):
        assert words in text(page)
    assert f'class="chip" href="?{query.replace("method=cash&", "").replace("&", "&amp;")}"' in page.content.decode()


def test_rubbish_is_named_and_does_not_filter(world: World, dana: User, as_user: As) -> None:
    browser = as_user(dana)
    for name in CollectedFilter.base_filters:
        for value in NASTY:
            page = browser.get(URL, {name: value})
            assert "Not every filter could be used" in text(page), (name, value)
            assert totals(page)["number"] == 6, (name, value)
    for name in ("after", "before"):
        assert totals(browser.get(URL, {name: "\x00"}))["number"] == 6


def test_pages_hold_every_entry_once_also_of_one_moment(
    inside: Agency, dana: User, sarah: User, as_user: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "PER_PAGE", 3)
    account = bring_to(make_account(), "in_contact", admin=dana, to=sarah)
    for _ in range(8):
        balances.post_entry(account.pk, "payment", Decimal("-1.00"), by=None)  # all at the moment of this transaction
    browser = as_user(dana)
    pages = every_page(browser, f"{URL}?method=none")
    assert [len(page) for page in pages] == [3, 3, 2]
    assert len({entry for page in pages for entry in page}) == 8
    last = browser.get(f"{URL}?method=none&after={pages[1][-1]}")
    assert totals(last)["number"] == 8  # of all, not of the page
    assert ids(browser.get(URL + before(last))) == pages[1]


def test_the_other_agency_sees_nothing(world: World, stranger: User, as_user: As) -> None:
    with tenancy.acting_for(stranger.agency):
        page = as_user(stranger).get(URL)
    assert "Nothing here yet" in text(page)
    assert ids(page) == []


def test_it_is_for_the_agencys_management(world: World, sarah: User, auditor: User, as_user: As) -> None:
    assert as_user(sarah).get(URL).status_code == 404
    assert len(ids(as_user(auditor).get(URL))) == 6


def test_htmx_gets_the_results_alone(world: World, dana: User, as_user: As) -> None:
    page = as_user(dana).get(URL, headers=HTMX).content.decode()
    assert page.lstrip().startswith('<section id="results"')
    assert "<form" not in page


@pytest.mark.django_db(transaction=True)
def test_it_asks_the_same_few_statements(harborline: Agency, dana: User, sarah: User) -> None:
    browser = Client()
    browser.force_login(dana)
    counts = []
    for times in (1, 6):
        with tenancy.acting_for(harborline):
            account = bring_to(make_account(), "in_contact", admin=dana, to=sarah)
            for _ in range(times):
                pay(account, "5.00", sarah)
        browser.get(URL)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(URL).status_code == 200
        counts.append(len(statements(queries)))
    assert counts[0] == counts[1]
    assert counts[0] <= 9, counts


def test_the_world_is_what_it_says(world: World) -> None:
    entries = BalanceEntry.objects.filter(kind__in=["payment", "refund", "chargeback"])
    assert {-entry.amount for entry in entries} == {fact.amount for fact in world.facts}
    assert UUID(world.names["dental"])
