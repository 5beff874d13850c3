"""Start, next, previous, finished: through the front door; who has an account open is seen by the others."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import contacts
from core.contacts import Contact
from core.models import Account, Agency, Disposition, User
from tests.cast import bring_to, make_account
from tests.worklist.pages import HTMX, statements, text
from worklist.models import Lease
from worklist.working import trail

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("America/Chicago"))


@pytest.fixture(autouse=True)
def _tuesday_morning() -> Iterator[None]:
    with time_machine.travel(TUESDAY, tick=True):
        yield


@pytest.fixture
def desk(inside: Agency, dana: User, sarah: User) -> list[Account]:
    """Three accounts on Sarah's desk, the largest first."""
    made = [make_account(external_ref=f"ACC-{n}", original_amount=Decimal(n)) for n in (900, 800, 700)]
    return [bring_to(account, "assigned", admin=dana, to=sarah) for account in made]


def path(account: Account) -> str:
    return f"/accounts/{account.pk}/"


def go(browser: Client, after: Account | None = None, **facts: str) -> str:
    """Where "Start working" or "Next" leads."""
    sent = browser.post("/worklist/next/", ({"after": str(after.pk)} if after else {}) | facts)
    assert sent.status_code == 303
    return sent.headers["Location"]


def test_start_next_previous_and_back_to_the_list(sarahs_browser: Client, desk: list[Account]) -> None:
    first, second, third = desk
    assert go(sarahs_browser, list="sort=balance") == f"{path(first)}?list=sort%3Dbalance"
    page = sarahs_browser.get(f"{path(first)}?list=sort%3Dbalance").content.decode()
    assert f'<input type="hidden" name="after" value="{first.pk}">' in page
    assert 'id="previous-account"' not in page
    assert go(sarahs_browser, first, list="sort=balance").startswith(path(second))
    page = sarahs_browser.get(f"{path(second)}?list=sort%3Dbalance").content.decode()
    assert f'id="previous-account" href="{path(first)}?list=sort%3Dbalance"' in page
    assert 'href="/worklist/?sort=balance#a-ACC-800"' in page
    beside = sarahs_browser.get(path(third)).content.decode()
    assert f'id="previous-account" href="{path(second)}"' in beside, "from beside the trail back to its end"


def test_next_releases_what_is_left_and_opening_takes(sarahs_browser: Client, desk: list[Account]) -> None:
    go(sarahs_browser)
    assert set(Lease.objects.values_list("account", flat=True)) == {desk[0].pk}
    go(sarahs_browser, desk[0])
    assert set(Lease.objects.values_list("account", flat=True)) == {desk[1].pk}
    sarahs_browser.get(path(desk[2]))
    assert set(Lease.objects.values_list("account", flat=True)) == {desk[1].pk, desk[2].pk}


def test_progress_is_shown_while_working(sarahs_browser: Client, desk: list[Account], sarah: User) -> None:
    Account.objects.filter(pk=desk[1].pk).update(next_action_at=timezone.now() - timedelta(hours=1))
    assert "worked today" not in text(sarahs_browser.get(path(desk[1])))
    go(sarahs_browser)
    assert "0 worked today, 1 due" in text(sarahs_browser.get(path(desk[1])))
    for _ in range(2):
        contacts.log(desk[1].pk, Contact(Disposition.objects.get(code="voicemail")), by=sarah)
    assert "1 worked today, 0 due" in text(sarahs_browser.get(path(desk[1])))


def test_when_nothing_is_left_the_day_is_summed_up(sarahs_browser: Client, desk: list[Account], sarah: User) -> None:
    for account in desk:
        at = timezone.now() + timedelta(days=1)
        told = Contact(Disposition.objects.get(code="spoke"), next_action_at=at)
        contacts.log(account.pk, told, by=sarah)
    assert go(sarahs_browser, desk[0]) == "/worklist/finished/"
    words = text(sarahs_browser.get("/worklist/finished/"))
    assert "3 accounts worked today, 3 contacts, 3 conversations." in words
    assert "The next account opens tomorrow at 10:00 AM." in words


def test_what_waits_for_its_morning_is_told(sarahs_browser: Client, desk: list[Account]) -> None:
    for account in desk:
        account.debtor.time_zones = ["Pacific/Honolulu"]
        account.debtor.save()
    assert go(sarahs_browser) == "/worklist/finished/"
    words = text(sarahs_browser.get("/worklist/finished/"))
    assert "Nothing was logged today." in words
    assert "The next account opens today at 12:00 PM." in words  # 8:00 in Honolulu


def test_who_has_nothing_at_all_is_told_so(as_user: Any, james: User, desk: list[Account]) -> None:
    browser = as_user(james)
    assert go(browser) == "/worklist/finished/"
    assert "Nothing else is planned." in text(browser.get("/worklist/finished/"))


@pytest.mark.parametrize("after", ["", "nonsense", "\x00", "01a20213-0000-7000-8000-000000000000"])
def test_an_unknown_account_to_leave_is_the_beginning(after: str, sarahs_browser: Client, desk: list[Account]) -> None:
    sent = sarahs_browser.post("/worklist/next/", {"after": after})
    assert sent.headers["Location"] == path(desk[0])


def test_the_trail_keeps_the_last_twenty_and_each_once() -> None:
    session: Any = {}
    accounts = [make_id(n) for n in range(25)]
    for account in [*accounts, accounts[24]]:
        trail.step(session, account)
    assert len(session["trail"]) == 20
    assert trail.previous(session, accounts[24]) == str(accounts[23])
    assert trail.previous(session, accounts[5]) == ""
    session["trail"] = "spoilt"
    assert trail.previous(session, accounts[5]) == ""


def make_id(n: int) -> Any:
    from uuid import UUID

    return UUID(int=n)


def test_who_else_has_it_open_is_said_and_work_goes_on(
    sarahs_browser: Client, danas_browser: Client, desk: list[Account]
) -> None:
    danas_browser.get(path(desk[0]))
    words = text(sarahs_browser.get(path(desk[0])))
    assert "Dana Whitlock has this open." in words
    assert "Log contact" in words
    assert "has this open" not in text(danas_browser.get(path(desk[0]))), "it is hers"


def test_presence_is_renewed_and_told(sarahs_browser: Client, danas_browser: Client, desk: list[Account]) -> None:
    page = sarahs_browser.get(path(desk[0])).content.decode()
    assert f'hx-post="{path(desk[0])}presence/" hx-trigger="every 180s"' in page
    first = Lease.objects.get().until
    with time_machine.travel(TUESDAY + timedelta(minutes=5)):
        again = sarahs_browser.post(f"{path(desk[0])}presence/", headers=HTMX)
        assert again.content.decode().count('id="presence"') == 1
        assert "has this open" not in text(again)
        assert Lease.objects.get().until > first
        assert "Sarah Mitchell has this open." in text(danas_browser.post(f"{path(desk[0])}presence/", headers=HTMX))


def test_readers_take_no_lease_and_are_led_nowhere(auditors_browser: Client, desk: list[Account]) -> None:
    page = auditors_browser.get(path(desk[0])).content.decode()
    assert "every 180s" not in page
    assert 'id="next-account"' not in page
    assert auditors_browser.post("/worklist/next/").status_code == 403
    assert auditors_browser.post(f"{path(desk[0])}presence/").status_code == 403
    assert not Lease.objects.exists()


def test_presence_is_not_for_other_desks_or_agencies(
    as_user: Any, james: User, strangers_browser: Client, desk: list[Account]
) -> None:
    for browser in (as_user(james), strangers_browser):
        assert browser.post(f"{path(desk[0])}presence/").status_code == 404
        assert browser.get(f"{path(desk[0])}print/").status_code == 404
    assert not Lease.objects.exists()


def test_working_asks_no_more_than_ten(sarahs_browser: Client, danas_browser: Client, desk: list[Account]) -> None:
    for browser in (danas_browser, sarahs_browser):
        location = go(browser)
        for where in (location, path(desk[0])):  # at last one that Dana has open
            browser.get(where)
            with CaptureQueriesContext(connection) as queries:
                page = browser.get(where)
            assert len(statements(queries)) <= 10
            assert ("worked today" in text(page)) == (where == location)


def test_paper_holds_everything_and_the_view_is_recorded(
    sarahs_browser: Client, auditors_browser: Client, desk: list[Account], sarah: User
) -> None:
    from core import timeline
    from core.models import AuditLog

    for n in range(40):
        timeline.add_note(desk[0], f"note-{n:02}", by=sarah)
    for browser in (sarahs_browser, auditors_browser):
        words = text(browser.get(f"{path(desk[0])}print/"))
        assert all(f"note-{n:02}" in words for n in range(40))
        assert "Worklist" not in words, "no frame"
    seen = AuditLog.objects.filter(object_pk=str(desk[0].pk), action=AuditLog.Action.ACCESS)
    assert seen.count() == 2
