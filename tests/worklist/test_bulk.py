"""Admins assign, take back and prioritise many accounts, or all that match, and undo it for ten minutes."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import assignment, tenancy
from core.models import Account, Activity, Agency, Collector, ContactPoint, Hold, Promise, User
from tests.at_once import at_once
from tests.cast import bring_to, make_account, make_creditor, make_debtor, make_user
from tests.worklist.pages import HTMX, link, refs, statements, text, worklist
from worklist.listing import bulk, queue
from worklist.models import BulkAct

TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture
def accounts(inside: Agency) -> list[Account]:
    return [make_account(external_ref=f"A-{n}") for n in range(5)]


def send(browser: Client, path: str, headers: dict[str, str] | None = HTMX, **facts: Any) -> Any:
    return browser.post(f"/worklist/{path}/", facts, headers=headers)


def ids(*accounts: Account) -> list[str]:
    return [str(account.pk) for account in accounts]


def desks(*accounts: Account) -> list[str]:
    found = {a.pk: str(a.assigned_to or "nobody") for a in Account.objects.select_related("assigned_to__user")}
    return [found[account.pk] for account in accounts]


def levels(*accounts: Account) -> list[int]:
    return [Account.objects.get(pk=account.pk).priority for account in accounts]


def undo_path(page: Any) -> str:
    """Where the Undo of this page leads."""
    return re.search(r'action="/worklist/(acts/[0-9a-f-]+/undo)/"', page.content.decode()).group(1)  # type: ignore[union-attr]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows a page."""
    monkeypatch.setattr(queue, "PAGE", 2)


# --- all that match -------------------------------------------------------------------------------------------


def test_all_that_match_are_assigned_though_one_page_shows_two(
    danas_browser: Client, accounts: list[Account], sarah: User, small_pages: None
) -> None:
    make_account(external_ref="other", priority=2)
    page = worklist(danas_browser, "priority=0")
    assert "All that match" in text(page)
    done = send(danas_browser, "assignments", all="1", list="priority=0&page=x", collector=str(sarah.collector.pk))
    assert "5 assigned to Sarah Mitchell." in text(done)
    assert Account.objects.get(external_ref="other").assigned_to is None


def test_their_number_is_told_before(danas_browser: Client, accounts: list[Account], small_pages: None) -> None:
    assert "All 5 that match" in text(worklist(danas_browser, ""))
    assert "All 5 that match" in text(danas_browser.get("/worklist/matching/?priority=0"))
    assert "All 0 that match" in text(danas_browser.get("/worklist/matching/?priority=3"))


def test_a_filter_that_cannot_be_used_never_means_everything(
    danas_browser: Client, accounts: list[Account], sarah: User
) -> None:
    page = send(danas_browser, "assignments", all="1", list="min=lots", collector=str(sarah.collector.pk))
    assert page.status_code == 422
    assert "Not every filter could be used" in text(page)
    assert set(desks(*accounts)) == {"nobody"}


def test_after_a_refusal_all_that_match_can_still_be_chosen(
    danas_browser: Client, accounts: list[Account], small_pages: None
) -> None:
    page = send(danas_browser, "priorities", ids=ids(*accounts[:2]), level="", list="")
    assert (page.status_code, "All 5 that match" in text(page)) == (422, True)
    assert text(page).count("Choose a priority.") == 1


def test_too_many_are_refused(danas_browser: Client, accounts: list[Account], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 4)
    assert "More than 4 accounts match." in text(danas_browser.get("/worklist/matching/"))
    page = send(danas_browser, "priorities", all="1", list="", level="3")
    assert (page.status_code, "More than 4 accounts match." in text(page)) == (422, True)
    assert set(levels(*accounts)) == {0}


def test_capacity_holds_for_all_that_match(danas_browser: Client, accounts: list[Account], sarah: User) -> None:
    Collector.objects.update(max_accounts=4)
    page = send(danas_browser, "assignments", all="1", list="", collector=str(sarah.collector.pk))
    assert page.status_code == 422
    assert "Sarah Mitchell has 0 of at most 4 open accounts; 5 more do not fit. Nothing was assigned." in text(page)
    assert set(desks(*accounts)) == {"nobody"}


CHOICES: dict[str, list[str]] = {
    "status": ["new", "assigned", "in_contact", "closed", "any"],
    "priority": ["0", "1", "2", "3"],
    "min": ["100", "400.50"],
    "max": ["300", "900"],
    "due": ["true", "today"],
    "promise": ["open", "due", "broken"],
    "contact": ["never"],
    "callable": ["true"],
    "collector": ["nobody", "sarah"],
    "creditor": ["Metro", "Northgate"],
    "q": ["whitfield", "okafro", "REF-1", "2145550143"],
    "sort": ["-balance", "next", "contact", "nonsense"],
}
QUERIES = st.dictionaries(st.sampled_from(sorted(CHOICES)), st.integers(0, 9), max_size=3)


@pytest.fixture
def mixed(inside: Agency, dana: User, sarah: User, james: User) -> None:
    """Accounts of every kind that a filter tells apart."""
    now, names = timezone.now(), ["Marisol Whitfield", "Zoë Okafor", "Walter Brandt"]
    for n in range(18):
        debtor = make_debtor(full_name=names[n % 3], time_zones=[["America/Chicago"], [], ["Asia/Tokyo"]][n % 3])
        ContactPoint.objects.create(debtor=debtor, kind="phone", value=f"+1214555014{n % 5}")
        account = make_account(
            external_ref=f"REF-{n}", debtor=debtor, priority=n % 4, original_amount=Decimal(60 * n + 10),
            creditor=make_creditor(["Metro", "Northgate"][n % 2]),
            next_action_at=[None, now - timedelta(hours=2), now + timedelta(minutes=1)][n % 3],
            last_contact_at=now if n % 4 == 0 else None,
        )  # fmt: skip
        bring_to(account, ["new", "assigned", "in_contact", "closed"][n % 4], admin=dana, to=[sarah, james][n % 2])
        if n % 5 == 0:
            Promise.objects.create(account=account, amount=5, due_date=now.date() + timedelta(days=n - 5),
                                   method="card", status=["open", "broken"][n // 5 % 2])  # fmt: skip
        if n % 6 == 0:
            Hold.objects.create(account=account, kind="fraud")


@given(chosen=QUERIES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_all_that_match_are_exactly_the_rows_of_every_page(
    chosen: dict[str, int], danas_browser: Client, mixed: None, small_pages: None, dana: User, sarah: User
) -> None:
    names = {"sarah": str(sarah.collector.pk), **{c: str(make_creditor(c).pk) for c in ("Metro", "Northgate")}}
    values = {key: CHOICES[key][n % len(CHOICES[key])] for key, n in chosen.items()}
    query = "&".join(f"{key}={names.get(value, value)}" for key, value in values.items())
    shown, path = [], f"?{query}"
    while path:
        page = danas_browser.get(f"/worklist/{path}")
        shown += refs(page)
        path = link(page, "next")
    now = {a.external_ref: (a.priority, a.status) for a in Account.objects.all()}
    with tenancy.transaction():
        send(danas_browser, "priorities", all="1", list=query, level="3")
        changed = {a.external_ref for a in Account.objects.all() if a.priority != now[a.external_ref][0]}
        connection.needs_rollback = False
        for account in Account.objects.filter(external_ref__in=changed):
            Account.objects.filter(pk=account.pk).update(priority=now[account.external_ref][0])
    expected = {ref for ref in shown if now[ref][0] != 3 and now[ref][1] not in ("settled", "closed")}
    assert changed == expected, query


# --- priorities -------------------------------------------------------------------------------------------------


def test_priorities_of_a_selection_are_set(danas_browser: Client, accounts: list[Account]) -> None:
    page = send(danas_browser, "priorities", ids=ids(*accounts[:2]), level="3", list="")
    assert "2 set to urgent priority." in text(page)
    assert levels(*accounts) == [3, 3, 0, 0, 0]


@pytest.mark.parametrize("level", ["", "4", "-1", "high", "\u0663"])
def test_a_priority_must_be_chosen_and_the_boxes_stay(
    level: str, danas_browser: Client, accounts: list[Account]
) -> None:
    page = send(danas_browser, "priorities", ids=ids(accounts[0]), level=level, list="")
    assert (page.status_code, "Choose a priority." in text(page)) == (422, True)
    assert f'value="{accounts[0].pk}" checked' in page.content.decode()
    assert levels(accounts[0]) == [0]


def test_others_may_not(
    sarahs_browser: Client, auditors_browser: Client, strangers_browser: Client, accounts: list[Account]
) -> None:
    for browser in (sarahs_browser, auditors_browser):
        assert send(browser, "priorities", ids=ids(*accounts), level="3").status_code == 403
        assert 'id="bulk"' not in browser.get("/worklist/").content.decode()
    page = send(strangers_browser, "priorities", all="1", list="", level="3")
    assert "Choose at least one account." in text(page)
    assert "0 set to urgent priority." in text(send(strangers_browser, "priorities", ids=ids(*accounts), level="3"))
    assert set(levels(*accounts)) == {0}


@pytest.mark.django_db(transaction=True)
def test_many_take_no_more_statements_than_two(harborline: Agency, dana: User, sarah: User) -> None:
    with tenancy.acting_for(harborline):
        made = [make_account() for _ in range(30)]
    browser, numbers = Client(), []
    browser.force_login(dana)
    send(browser, "priorities", ids=ids(*made), level="2")
    for few in (made[:2], made[2:]):
        with CaptureQueriesContext(connection) as queries:
            send(browser, "assignments", ids=ids(*few), collector=str(sarah.collector.pk))
        numbers.append(len(statements(queries)))
    assert numbers[0] == numbers[1]


# --- undo -------------------------------------------------------------------------------------------------------


def test_an_assignment_is_undone_in_the_toast(
    danas_browser: Client, accounts: list[Account], dana: User, sarah: User, james: User
) -> None:
    bring_to(accounts[0], "in_contact", admin=dana, to=james)
    page = send(danas_browser, "assignments", ids=ids(*accounts[:3]), collector=str(sarah.collector.pk), list="")
    assert "3 assigned to Sarah Mitchell. Undo" in text(page)
    undone = send(danas_browser, undo_path(page), list="")
    assert "3 put back." in text(undone)
    assert desks(*accounts[:3]) == ["James Carter", "nobody", "nobody"]
    assert set(Account.objects.filter(assigned_to=None).values_list("status", flat=True)) == {"new"}


def test_without_script_the_list_says_it_once_and_offers_to_undo(
    danas_browser: Client, accounts: list[Account]
) -> None:
    sent = send(danas_browser, "priorities", headers=None, ids=ids(*accounts), level="2", list="sort=balance")
    assert (sent.status_code, sent.headers["Location"]) == (303, "/worklist/?sort=balance")
    page = danas_browser.get(sent.headers["Location"])
    assert "5 set to high priority. Undo" in text(page)
    assert "5 set to high priority" not in text(danas_browser.get("/worklist/"))
    sent = send(danas_browser, undo_path(page), headers=None, list="sort=balance")
    assert "5 put back." in text(danas_browser.get(sent.headers["Location"]))
    assert set(levels(*accounts)) == {0}


def test_what_was_taken_back_returns(danas_browser: Client, accounts: list[Account], dana: User, sarah: User) -> None:
    assignment.assign([account.pk for account in accounts], to=sarah.collector, by=dana)
    page = send(danas_browser, "assignments", ids=ids(*accounts), collector="nobody", list="")
    assert "5 taken back. Undo" in text(page)
    assert "5 put back." in text(send(danas_browser, undo_path(page), list=""))
    assert set(desks(*accounts)) == {"Sarah Mitchell"}


def test_what_somebody_changed_since_is_left(
    danas_browser: Client, accounts: list[Account], dana: User, sarah: User, james: User
) -> None:
    page = send(danas_browser, "assignments", ids=ids(*accounts), collector=str(sarah.collector.pk), list="")
    assignment.assign([accounts[0].pk], to=james.collector, by=dana)
    assert "4 put back. 1 changed since, left as it is." in text(send(danas_browser, undo_path(page), list=""))
    assert desks(accounts[0]) == ["James Carter"]


def test_a_double_click_undoes_once(danas_browser: Client, accounts: list[Account], sarah: User) -> None:
    page = send(danas_browser, "assignments", ids=ids(*accounts), collector=str(sarah.collector.pk), list="")
    for _ in range(2):
        assert "5 put back." in text(send(danas_browser, undo_path(page), list=""))
    assert Activity.objects.filter(data__move="unassign").count() == 5


def test_after_ten_minutes_it_stays_and_the_next_act_forgets_it(danas_browser: Client, accounts: list[Account]) -> None:
    page = send(danas_browser, "priorities", ids=ids(*accounts), level="2", list="")
    with time_machine.travel(timezone.now() + TEN_MINUTES + timedelta(seconds=1)):
        late = send(danas_browser, undo_path(page), list="")
        assert (late.status_code, "for ten minutes only" in text(late)) == (422, True)
        send(danas_browser, "priorities", ids=ids(*accounts), level="1", list="")
    assert set(levels(*accounts)) == {1}
    assert BulkAct.objects.count() == 1


def test_nobody_else_undoes_it(
    danas_browser: Client, strangers_browser: Client, sarahs_browser: Client, as_user: Callable[[User], Client],
    accounts: list[Account], harborline: Agency,
) -> None:  # fmt: skip
    page = send(danas_browser, "priorities", ids=ids(*accounts), level="2", list="")
    other = as_user(make_user(harborline, "dora.second", "agency_admin"))
    assert send(other, undo_path(page)).status_code == 404
    assert send(strangers_browser, undo_path(page)).status_code == 404
    assert send(sarahs_browser, undo_path(page)).status_code == 403
    assert set(levels(*accounts)) == {2}


@pytest.mark.django_db(transaction=True)
def test_two_clicks_on_undo_at_once_put_back_once(harborline: Agency, dana: User, sarah: User) -> None:
    with tenancy.acting_for(harborline):
        done = bulk.assign([make_account().pk for _ in range(4)], to=sarah.collector, by=dana)

    def click() -> str:
        with tenancy.acting_for(harborline):
            return bulk.undo(done.act.pk, by=dana).sentence  # type: ignore[union-attr]

    assert at_once(click, click) == ["4 put back.", "4 put back."]
    with tenancy.acting_for(harborline):
        assert Activity.objects.filter(data__move="unassign").count() == 4
