"""Every cell of the reports beside plain arithmetic over the raw rows, and every list behind a cell beside the cell."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from core.models import Creditor, User
from core.words import money, number, percent
from reports.inventory import AGES
from tests.reports.history import World
from tests.reports.pages import totals
from tests.reports.plain import OPEN
from tests.reports.reading import Shown, report, table
from tests.reports.story import Facts, tell

As = Callable[[User], Client]

# The story begins on December 28, 2025, and goes on for some months: this is the middle of it.
FIRST, LAST = date(2026, 1, 20), date(2026, 3, 31)
PERIOD = {"first": FIRST, "last": LAST}
QUERY = f"period=custom&since={FIRST}&until={LAST}"


@pytest.fixture
def story(world: World) -> World:
    """A past with everything that a report may count."""
    return tell(world)


@pytest.fixture
def browser(dana: User, as_user: As) -> Client:
    """Harborline's admin at her browser."""
    return as_user(dana)


def share(of: Decimal | int, whole: Decimal | int) -> str:
    """As a cell says it; nothing of nothing."""
    return percent(Decimal(of) / Decimal(whole)) if whole else ""


def names(world: World) -> dict[Any, str]:
    """What collectors and creditors are called."""
    desks = {desk.collector.pk: str(desk) for desk in world.desks}
    return desks | {None: "Nobody"} | {creditor.pk: creditor.name for creditor in world.creditors}


def follow(browser: Client, shown: Shown, behind: Mapping[str, str]) -> int:
    """Compare each cell of these columns with the total of that key of the list behind it; how many there were."""
    followed = 0
    for row, column, cell in shown.links:
        if column in behind:
            found = totals(browser.get(cell.url))
            value = found.get(behind[column], Decimal(0))  # a list without rows shows no totals
            said = money(value) if "$" in cell.said else number(int(value))
            assert cell.said == said, f"{row}, {column}: the list at {cell.url} says {said}"
            followed += 1
    return followed


def test_collectors(story: World, browser: Client) -> None:
    facts = Facts.of(story)
    shown = table(report(browser, "collectors", QUERY))

    def expected(**who: Any) -> dict[str, str]:
        open_now = facts("status", **who).where(lambda row: row.detail in OPEN)
        attempts, promised = facts("attempt", **who, **PERIOD), facts("promised", **who, **PERIOD)
        reached, matured = attempts.where(lambda row: bool(row.detail)), facts("matured", **who, **PERIOD)
        kept, collected = matured.where(lambda row: row.detail == "kept"), facts("collected", **who, **PERIOD)
        return {
            "Accounts": number(open_now.number),
            "Balance": money(open_now.amount),
            "Contacts": number(attempts.number),
            "Right party": number(reached.number),
            "RPC rate": share(reached.number, attempts.number),
            "Promises": number(promised.number),
            "Conversion": share(promised.number, reached.number),
            "Matured": number(matured.number),
            "Kept": number(kept.number),
            "Kept rate": share(kept.number, matured.number),
            "Payments": number(collected.number),
            "Collected": money(collected.amount),
            "Commission": money(facts("commission", **who, **PERIOD).amount),
        }

    assert sorted(shown.names) == ["James Carter", "Nobody", "Sarah Mitchell"]
    for who, name in names(story).items():
        if name in shown.names:
            assert shown.said(name) == {"Collector": name} | expected(who=who)
    assert shown.said("Total") == {"Collector": "All"} | expected()
    behind = {
        "Accounts": "number",
        "Balance": "balance",
        "Contacts": "attempts",
        "Right party": "right_party",
        "Promises": "number",
        "Matured": "matured",
        "Kept": "kept",
        "Payments": "payments",
        "Collected": "collected",
        "Commission": "commission",
    }
    assert follow(browser, shown, behind) == 4 * len(behind) - 1, "nobody earns no commission"
    _of_one_collector_and_creditor(story, facts, browser)


def _of_one_collector_and_creditor(story: World, facts: Facts, browser: Client) -> None:
    """Filters narrow figures and the lists behind them alike."""
    sarah, hospital = story.desks[0].collector, story.creditors[0]
    shown = table(report(browser, "collectors", f"{QUERY}&collector={sarah.pk}&creditor={hospital.pk}"))
    mine = facts("collected", who=sarah.pk, creditor=hospital.pk, **PERIOD)
    assert mine.number
    assert shown.said("Sarah Mitchell")["Collected"] == money(mine.amount)
    earned = facts("commission", who=sarah.pk, creditor=hospital.pk, **PERIOD)
    assert shown.said("Sarah Mitchell")["Commission"] == money(earned.amount)
    behind = {"Collected": "collected", "Contacts": "attempts", "Balance": "balance", "Commission": "commission"}
    assert follow(browser, shown, behind) >= 4


def test_trends(story: World, browser: Client) -> None:
    facts = Facts.of(story)
    for step in ("week", "month"):
        _trend(step, facts, browser)


def _trend(step: str, facts: Facts, browser: Client) -> None:
    """Later than the other reports, so that something happened in every step of the period before as well."""
    first, last = date(2026, 3, 1), date(2026, 4, 30)
    back = timedelta(days=(last - first).days + 1)
    page = report(browser, "trends", f"period=custom&since={first}&until={last}&step={step}")
    collected, placed = table(page, f"Collected per {step}"), table(page, f"Placed per {step}")
    steps = _days(collected)
    assert (steps[0][0], steps[-1][1]) == (first, last)
    assert steps == _days(placed)

    def came(since: date, until: date) -> dict[str, str]:
        now, then = (facts("collected", first=since - ago, last=until - ago) for ago in (timedelta(0), back))
        return {
            "Payments": number(now.number),
            "Collected": money(now.amount),
            "Collected before": money(then.amount),
            "Change": share(now.amount - then.amount, then.amount),
        }

    def placements(since: date, until: date) -> dict[str, str]:
        now, then = (facts("placed", first=since - ago, last=until - ago) for ago in (timedelta(0), back))
        return {
            "Accounts": number(now.number),
            "Accounts before": number(then.number),
            "Placed": money(now.amount),
            "Placed before": money(then.amount),
            "Change": share(now.amount - then.amount, then.amount),
        }

    for shown, expected in ((collected, came), (placed, placements)):
        rows = [dict(zip(shown.columns, (cell.said for cell in row), strict=True)) for row in shown.rows]
        for days, said in zip([*steps, (first, last)], [*rows, shown.said("Total")], strict=True):
            wanted = expected(*days)
            assert {title: said[title] for title in wanted} == wanted, days
    behind = {"Payments": "payments", "Collected": "collected", "Collected before": "collected"}
    assert follow(browser, collected, behind) == 3 * (len(steps) + 1)
    behind = {"Accounts": "number", "Placed": "original", "Accounts before": "number", "Placed before": "original"}
    assert follow(browser, placed, behind) == 4 * (len(steps) + 1)


def _days(shown: Shown) -> list[tuple[date, date]]:
    """The first and last day of each row, as its link has them."""
    queries = [QueryDict(row[2].url.partition("?")[2]) for row in shown.rows]
    name = "placed_" if "placed_since" in queries[0] else ""
    return [(date.fromisoformat(query[f"{name}since"]), date.fromisoformat(query[f"{name}until"])) for query in queries]


def test_aging(story: World, browser: Client) -> None:
    facts, today = Facts.of(story), timezone.now().astimezone(story.zone).date()
    page = report(browser, "aging")
    ages, creditors = table(page, "Balance by age"), table(page, "Balance by age and creditor")
    whole = facts("due")

    def late(row: Any) -> str:
        if row.day is None:
            return "none"
        days = (today - row.day).days
        return next(
            key for key, least, most in BUCKETS if (least is None or days >= least) and (most is None or days <= most)
        )

    for key, age in AGES.items():
        of = whole.where(lambda row, key=key: late(row) == key)  # type: ignore[misc]
        assert ages.said(age.label) == {
            "Age": age.label,
            "Accounts": number(of.number),
            "Balance": money(of.amount),
            "Share": share(of.amount, whole.amount),
        }
        for creditor in story.creditors:
            theirs = of.where(lambda row, pk=creditor.pk: row.creditor == pk)  # type: ignore[misc]
            assert creditors.said(creditor.name)[age.label] == money(theirs.amount)
        assert creditors.said("Total")[age.label] == money(of.amount)
    assert ages.said("Total")["Balance"] == creditors.said("Total")["Balance"] == money(whole.amount)
    assert follow(browser, ages, {"Accounts": "number", "Balance": "balance"}) == 14
    assert follow(browser, creditors, dict.fromkeys(creditors.columns[1:], "balance")) == 21


# Days past due, both included, as the trade counts them.
BUCKETS = [("not_due", None, -1), ("0-30", 0, 30), ("31-60", 31, 60), ("61-90", 61, 90), ("90+", 91, None)]


def test_creditors(story: World, browser: Client) -> None:
    facts = Facts.of(story)
    page = report(browser, "creditors", QUERY)
    recovery, liquidation = table(page, "Recovery in the period"), table(page, "Liquidation of placements")

    def money_then(until: date, **whose: Any) -> Decimal:
        """The open balance at the end of that day, as an observer wrote it down day by day."""
        return sum(
            (
                amount
                for (day, creditor, _), (_, amount) in story.inventory.items()
                if day <= until and (not whose or creditor == whose["creditor"])
            ),
            Decimal(0),
        )

    def expected(**whose: Any) -> tuple[dict[str, str], dict[str, str]]:
        open_now = facts("status", **whose).where(lambda row: row.detail in OPEN)
        collected, placed = facts("collected", **whose, **PERIOD), facts("placed", **whose)
        returned, resolved = (placed.where(lambda row, end=end: row.detail == end) for end in ("returned", "resolved"))  # type: ignore[misc]
        ever = facts("collected", **whose).amount
        average = (money_then(FIRST - timedelta(days=1), **whose) + money_then(LAST, **whose)) / 2
        return {
            "Accounts": number(open_now.number),
            "Balance": money(open_now.amount),
            "Payments": number(collected.number),
            "Collected": money(collected.amount),
            "Recovery rate": share(collected.amount, average),
        }, {
            "Accounts placed": number(placed.number),
            "Placed": money(placed.amount),
            "Returned": money(returned.amount),
            "Collected ever": money(ever),
            "Gross liquidation": share(ever, placed.amount),
            "Adjusted liquidation": share(ever, placed.amount - returned.amount),
            "Paid or settled": number(resolved.number),
            "Unit liquidation": share(resolved.number, placed.number),
        }

    for creditor in Creditor.objects.all():
        first, second = expected(creditor=creditor.pk)
        assert recovery.said(creditor.name) == {"Creditor": creditor.name} | first
        assert liquidation.said(creditor.name) == {"Creditor": creditor.name} | second
    first, second = expected()
    assert recovery.said("Total") == {"Creditor": "All"} | first
    assert liquidation.said("Total") == {"Creditor": "All"} | second
    behind = {"Accounts": "number", "Balance": "balance", "Payments": "payments", "Collected": "collected"}
    assert follow(browser, recovery, behind) == 12
    behind = {
        "Accounts placed": "number",
        "Placed": "original",
        "Returned": "original",
        "Collected ever": "collected",
        "Paid or settled": "number",
    }
    assert follow(browser, liquidation, behind) == 15


def test_placements_by_age(story: World, browser: Client) -> None:
    facts = Facts.of(story)
    for show in ("cumulative", "each", "dollars", "each_dollars"):
        _matrix(show, facts, story, browser)


def _matrix(show: str, facts: Facts, story: World, browser: Client) -> None:
    page = report(browser, "placement-months", f"show={show}")
    shown = table(page)
    months = sorted({row.day.replace(day=1) for row in facts("placed").rows if row.day})
    assert len(months) > 2
    assert follow(browser, shown, {"Accounts": "number", "Placed": "original"}) == 2 * (len(months) + 1)
    assert shown.names == [f"{month:%B} {month.year}" for month in months]
    for month in months:
        said = shown.said(f"{month:%B} {month.year}")
        placed = facts("placed").where(lambda row, month=month: bool(row.day) and row.day.replace(day=1) == month)  # type: ignore[misc]
        money_in = facts("batch", detail=f"{month:%Y-%m}")
        assert (said["Accounts"], said["Placed"]) == (number(placed.number), money(placed.amount))
        assert said["Gross"] == share(money_in.amount, placed.amount)
        returned = placed.where(lambda row: row.detail == "returned").amount
        assert said["Adjusted"] == share(money_in.amount, placed.amount - returned)
        assert said["Unit"] == share(placed.where(lambda row: row.detail == "resolved").number, placed.number)
        for age, column in enumerate(shown.columns[6:]):
            posted = _month_after(month, age)
            ended = posted > timezone.now().astimezone(story.zone).date()
            of = money_in.where(
                lambda row, posted=posted: row.day == posted if show.startswith("each") else row.day <= posted  # type: ignore[misc]
            )
            cell = money(of.amount) if "dollars" in show else share(of.amount, placed.amount)
            assert said[column] == ("" if ended else cell), (month, age)
    if show == "each_dollars":
        steps = dict.fromkeys(shown.columns[6:], "collected")
        assert follow(browser, shown, steps) > 10
    if show == "dollars":
        assert follow(browser, shown, dict.fromkeys(shown.columns[6:], "collected")) > 10


def _month_after(month: date, months: int) -> date:
    for _ in range(months):
        month = (month + timedelta(days=32)).replace(day=1)
    return month


def test_promises(story: World, browser: Client) -> None:
    facts = Facts.of(story)
    page = report(browser, "promise-keeping", QUERY)
    periods, collectors = table(page, "Promises"), table(page, "Promises by collector")
    before = {"first": FIRST - timedelta(days=(LAST - FIRST).days + 1), "last": FIRST - timedelta(days=1)}

    def expected(days: dict[str, date], **who: Any) -> dict[str, str]:
        made, matured = facts("promised", **days, **who), facts("matured", **days, **who)
        ends = {end: facts("matured", detail=end, **days, **who).number for end in ("kept", "partial", "broken")}
        received = facts("received", **days, **who).amount
        return {
            "Made": number(made.number),
            "Promised": money(made.amount),
            "Matured": number(matured.number),
            "Kept": number(ends["kept"]),
            "Partly kept": number(ends["partial"]),
            "Broken": number(ends["broken"]),
            "Kept rate": share(ends["kept"], matured.number),
            "Due": money(matured.amount),
            "Received": money(received),
            "Dollars kept": share(received, matured.amount),
        }

    assert facts("matured", **PERIOD).number > 1
    assert periods.said("This period") == {"Period": "This period"} | expected(PERIOD)
    assert periods.said("The period before") == {"Period": "The period before"} | expected(before)
    for who, name in names(story).items():
        if name in collectors.names:
            assert collectors.said(name) == {"Collector": name} | expected(PERIOD, who=who)
    assert collectors.said("Total") == {"Collector": "All"} | expected(PERIOD)
    assert {row.who for row in facts("promised", **PERIOD).rows} <= {
        who for who, name in names(story).items() if name in collectors.names
    }
    behind = {
        "Made": "number",
        "Promised": "promised",
        "Matured": "matured",
        "Kept": "number",
        "Partly kept": "number",
        "Broken": "number",
        "Due": "promised",
        "Received": "received",
    }
    assert follow(browser, periods, behind) == 16
    assert follow(browser, collectors, behind) >= 16


def test_payments_by_method(story: World, browser: Client) -> None:
    facts = Facts.of(story)("collected", **PERIOD)
    shown = table(report(browser, "payment-methods", QUERY))
    labels = {
        "card": "Card",
        "bank_transfer": "Bank transfer",
        "check": "Check",
        "cash": "Cash",
        "": "Without a payment",
    }
    seen = {row.detail for row in facts.rows}
    assert len(seen) > 2
    assert sorted(shown.names) == sorted(labels[method] for method in seen)
    for method in seen:
        of = facts("collected", detail=method)
        assert shown.said(labels[method]) == {
            "Means": labels[method],
            "Payments": number(of.number),
            "Collected": money(of.amount),
            "Share": share(of.amount, facts.amount),
            "Average payment": money(round(of.amount / of.number, 2)) if of.number else "",
        }
    assert shown.said("Total")["Collected"] == money(facts.amount)
    assert follow(browser, shown, {"Payments": "payments", "Collected": "collected"}) == 2 * (len(seen) + 1)


def test_however_it_is_split_it_comes_to_the_same(story: World, browser: Client) -> None:
    """Σ by collector and nobody = Σ by creditor = Σ by means = Σ by month = the total (DOMAIN §7)."""
    whole = Facts.of(story)("collected", **PERIOD).amount * 100
    for slug, title in {
        "collectors": "Collectors",
        "creditors": "Recovery in the period",
        "payment-methods": "Payments by method",
        "trends": "Collected per month",
    }.items():
        shown = table(report(browser, slug, f"{QUERY}&step=month"), title)
        split = sum(_cents(said) for said in shown.column("Collected"))
        assert split == _cents(shown.said("Total")["Collected"]) == whole, slug


def _cents(said: str) -> int:
    return int(said.replace("−", "-").translate(str.maketrans("", "", "$,.")))  # noqa: RUF001  (our minus)
