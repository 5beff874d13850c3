"""The list finds promises that are open, due or broken, and whom one may call now; its rows say so."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from core.models import Account, Agency, Hold, Promise, User
from tests.cast import bring_to, make_account, make_debtor
from tests.worklist.pages import refs, text, worklist

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("America/Chicago"))
TODAY = TUESDAY.date()


@pytest.fixture(autouse=True)
def _tuesday_morning() -> Iterator[None]:
    with time_machine.travel(TUESDAY, tick=True):
        yield


@pytest.fixture
def admin(as_user: Callable[[User], Client], inside: Agency, dana: User) -> Client:
    return as_user(dana)


def promise(ref: str, due: date, status: str = "open", **facts: object) -> Account:
    account = make_account(external_ref=ref, **facts)
    Promise.objects.create(
        account=account, amount=Decimal(250), due_date=due, method="card", status=status, created_at=timezone.now()
    )
    return account


@pytest.fixture
def promises(inside: Agency) -> None:
    """Accounts with promises of every kind."""
    promise("later", TODAY + timedelta(days=5))
    promise("today", TODAY)
    promise("late", TODAY - timedelta(days=1))
    promise("kept", TODAY - timedelta(days=9), "kept")
    promise("withdrawn", TODAY - timedelta(days=9), "withdrawn")
    promise("broken", TODAY - timedelta(days=2), "broken", next_action="Broken promise of $250.00",
            next_action_at=timezone.now() - timedelta(minutes=5))  # fmt: skip
    promise("partly", TODAY - timedelta(days=3), "partial")
    anew = promise("made anew", TODAY - timedelta(days=30), "broken")
    Promise.objects.create(account=anew, amount=Decimal(100), due_date=TODAY + timedelta(days=9), method="card",
                           created_at=timezone.now() + timedelta(seconds=1))  # fmt: skip
    make_account(external_ref="none")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("promise=open", {"later", "today", "late", "made anew"}),
        ("promise=due", {"today", "late"}),
        ("promise=broken", {"broken", "partly"}),
        ("promise=broken&due=true", {"broken"}),
    ],
)
def test_promises_are_found_by_how_they_stand(admin: Client, promises: None, query: str, expected: set[str]) -> None:
    assert set(refs(worklist(admin, query))) == expected


def test_a_row_tells_the_promise_once(admin: Client, promises: None) -> None:
    words = text(worklist(admin))
    for expected in (
        "Promise of $250.00 due today", "Promise of $250.00, 1 day late", "Promise of $250.00 due Nov 29",
        "Promise of $100.00 due Dec 3", "Broken promise of $250.00, 2 days late",
    ):  # fmt: skip
        assert words.count(expected) == 1, expected
    assert refs(worklist(admin))[0] == "broken"


def test_a_promise_of_another_agency_is_not_told(strangers_browser: Client, promises: None) -> None:
    assert refs(worklist(strangers_browser, "promise=open")) == []


def test_due_today_is_due_until_midnight_of_the_agency(admin: Client) -> None:
    midnight = datetime(2026, 11, 25, 0, 0, tzinfo=ZoneInfo("America/Chicago"))
    for ref, at in (("before", -1), ("after", 1)):
        make_account(external_ref=ref, next_action_at=midnight + timedelta(minutes=at))
    assert refs(worklist(admin, "due=today")) == ["before"]
    assert refs(worklist(admin, "due=true")) == []


@pytest.fixture
def reachable(inside: Agency) -> None:
    """Debtors here and there, held and not."""
    for ref, zones in (
        ("here", ["America/Chicago"]),
        ("tokyo", ["Asia/Tokyo"]),
        ("here or honolulu", ["America/Chicago", "Pacific/Honolulu"]),  # 6 in the morning there
        ("nowhere", []),
        ("mars", ["Mars/Olympus"]),
    ):
        make_account(external_ref=ref, debtor=make_debtor(time_zones=zones))
    Hold.objects.create(account=make_account(external_ref="held"), kind="attorney")
    Hold.objects.create(debtor=make_account(external_ref="held person").debtor, kind="cease")
    Hold.objects.create(account=make_account(external_ref="free again"), kind="fraud", lifted_at=timezone.now())


def test_callable_now_is_what_the_marks_of_the_rows_say(admin: Client, reachable: None) -> None:
    assert set(refs(worklist(admin, "callable=true"))) == {"here", "free again"}
    assert "no call now" not in text(worklist(admin, "callable=true"))
    words = text(worklist(admin))
    assert words.count("no call now") == 6
    assert "no call now: The debtor is represented by an attorney." in words
    assert "no call now: The debtor asked us to cease communication." in words


def test_nobodys_accounts_come_in_the_same_order_as_all(admin: Client, dana: User, sarah: User) -> None:
    for n in range(4):
        make_account(external_ref=f"due-{n}", next_action_at=timezone.now() - timedelta(hours=9 - n))
        make_account(external_ref=f"worth-{n}", priority=3 - n)
    bring_to(make_account(external_ref="hers", priority=3), "assigned", admin=dana, to=sarah)
    in_order = [f"due-{n}" for n in range(4)] + [f"worth-{n}" for n in range(4)]
    assert refs(worklist(admin, "collector=nobody")) == in_order
    assert refs(worklist(admin, "collector=nobody&sort=-priority"))[:4] == [f"worth-{n}" for n in range(4)]


def test_the_account_page_tells_the_promise_in_the_words_of_the_list(admin: Client, promises: None) -> None:
    def says(ref: str) -> str:
        return text(admin.get(f"/accounts/{Account.objects.get(external_ref=ref).pk}/"))

    assert "Promise of $250.00 due today" in says("today")
    assert "Broken promise of $250.00, 2 days late" in says("broken")
    assert "Promise of" not in says("kept")


@pytest.mark.parametrize("hour", [3, 21])
def test_at_night_nobody_can_be_called(admin: Client, inside: Agency, hour: int) -> None:
    make_account(external_ref="here", debtor=make_debtor(time_zones=["America/Chicago"]))
    with time_machine.travel(TUESDAY.replace(hour=hour), tick=True):
        assert refs(worklist(admin, "callable=true")) == []
        assert refs(worklist(admin)) == ["here"]
