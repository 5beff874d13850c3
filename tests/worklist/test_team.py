"""The team's page: who has how much on the desk; admins change capacity and rate, and who gets accounts at all."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import contacts, tenancy
from core.calendar import zone_of
from core.models import Account, Agency, AuditLog, Collector, Disposition, Promise, User
from tests.cast import bring_to, make_account, make_user
from tests.worklist.pages import statements, text
from worklist.team.roster import member, team


def desk_of(user: User) -> Collector:
    return Collector.objects.get(user=user)


def save(browser: Client, user: User, capacity: str, rate: str, **more: str):  # type: ignore[no-untyped-def]
    return browser.post(f"/team/{desk_of(user).pk}/terms/", {"capacity": capacity, "rate": rate, **more})


def test_the_numbers_are_those_of_the_desk(inside: Agency, dana: User, sarah: User, james: User) -> None:
    for status in ("assigned", "in_contact", "in_contact", "disputed", "closed"):
        bring_to(make_account(), status, admin=dana, to=sarah)
    first, second = Account.objects.filter(status="in_contact")
    Account.objects.filter(pk=first.pk).update(next_action_at=timezone.now() - timedelta(minutes=1))
    Account.objects.filter(pk=second.pk).update(next_action_at=timezone.now() + timedelta(days=1))
    today = timezone.now().astimezone(inside.zone).date()
    for account, day, status in (
        (first, today.replace(day=1), "kept"),
        (first, today.replace(day=1), "partial"),
        (first, today, "broken"),
        (second, today, "open"),
        (first, today.replace(day=1) - timedelta(days=1), "broken"),
    ):
        Promise.objects.create(
            account=account, amount=10, due_date=day, method="card", status=status, made_by=sarah
        )  # fmt: skip
    found = {one.name: one for one in team(inside.zone).members}
    hers = found["Sarah Mitchell"]
    assert (hers.accounts, hers.balance, hers.due) == (4, Decimal("2000.00"), 1)
    assert dict(hers.by_status) == {
        "assigned": 1, "in_contact": 2, "negotiating": 0, "payment_plan": 0, "disputed": 1,
    }  # fmt: skip
    assert (hers.promises_open, hers.promises_kept, hers.promises_broken) == (1, 1, 2)
    assert (found["James Carter"].accounts, found["James Carter"].promises_open) == (0, 0)


def test_who_has_more_accounts_than_places(inside: Agency, dana: User, sarah: User, james: User) -> None:
    browser = Client()
    browser.force_login(dana)
    assert "Nobody is over the limit" in text(browser.get("/team/?over=1"))
    for user in (sarah, sarah, james):
        bring_to(make_account(), "assigned", admin=dana, to=user)
    Collector.objects.update(max_accounts=1)
    page = browser.get("/team/?over=1")
    assert 'data-total="collectors" value="1"' in page.content.decode()
    assert "Sarah Mitchell" in text(page)
    assert "James Carter" not in text(page)
    assert "James Carter" in text(browser.get("/team/"))


def test_worked_today_counts_accounts_not_contacts(inside: Agency, dana: User, sarah: User) -> None:
    account = bring_to(make_account(), "assigned", admin=dana, to=sarah)
    sent = Disposition.objects.get(code="sent")
    said = contacts.Contact(sent, channel="letter")
    for _ in range(2):
        contacts.log(account.pk, said, by=sarah)
    hers = member(zone_of(dana), desk_of(sarah).pk)
    assert hers is not None
    assert hers.worked == 1


@pytest.mark.django_db(transaction=True)
def test_the_page_asks_as_much_for_three_as_for_thirty(harborline: Agency, dana: User, sarah: User) -> None:
    asked = []
    for more in (2, 27):
        for n in range(more):
            make_user(harborline, f"c{more}x{n}", "collector")
        browser = Client()
        browser.force_login(dana)
        browser.get("/team/")
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/team/").status_code == 200
        asked.append(len(statements(queries)))
    assert asked[0] == asked[1] <= 6


def test_readers_see_the_team_and_change_nothing(auditors_browser: Client, inside: Agency, sarah: User) -> None:
    assert "Sarah Mitchell" in text(auditors_browser.get("/team/"))
    pk = desk_of(sarah).pk
    page = auditors_browser.get(f"/team/{pk}/")
    assert page.status_code == 200
    assert "Save the desk" not in text(page)
    for act in ("terms", "activation", "deactivation", "reassignment"):
        assert auditors_browser.post(f"/team/{pk}/{act}/").status_code == 403
    assert Collector.objects.get(pk=pk).is_active


def test_for_collectors_and_strangers_there_is_no_team(
    sarahs_browser: Client, strangers_browser: Client, inside: Agency, sarah: User
) -> None:
    for act in ("", "terms/", "activation/", "deactivation/", "reassignment/"):
        path = f"/team/{desk_of(sarah).pk}/{act}"
        assert {sarahs_browser.get(path).status_code, sarahs_browser.post(path).status_code} <= {404, 405}
        assert {strangers_browser.get(path).status_code, strangers_browser.post(path).status_code} <= {404, 405}
    assert sarahs_browser.get("/team/").status_code == 404
    assert "Sarah Mitchell" not in text(strangers_browser.get("/team/"))


def test_capacity_and_rate_are_saved_and_audited(
    danas_browser: Client, inside: Agency, dana: User, sarah: User
) -> None:
    assert save(danas_browser, sarah, "1,200", "12.5 %").status_code == 303
    hers = desk_of(sarah)
    assert (hers.max_accounts, hers.commission_rate) == (1200, Decimal("0.1250"))
    entry = AuditLog.objects.filter(object_pk=str(hers.pk)).order_by("-id").first()
    assert entry is not None
    assert entry.actor == dana
    assert entry.changes == {"max_accounts": [200, 1200], "commission_rate": ["0.1000", "0.1250"]}
    assert 'value="12.5"' in danas_browser.get(f"/team/{hers.pk}/").content.decode()


@pytest.mark.parametrize(
    ("capacity", "rate", "field"),
    [("", "10", "capacity"), ("-1", "10", "capacity"), ("1.5", "10", "capacity"), ("²", "10", "capacity"),
     ("100001", "10", "capacity"), ("10", "", "rate"), ("10", "101", "rate"), ("10", "-1", "rate"),
     ("10", "NaN", "rate"), ("10", "1.555", "rate"), ("10", "1e999", "rate")],
)  # fmt: skip
def test_nonsense_is_refused_at_its_field_and_kept(
    capacity: str, rate: str, field: str, danas_browser: Client, inside: Agency, sarah: User
) -> None:
    page = save(danas_browser, sarah, capacity, rate)
    assert page.status_code == 422
    assert f'id="e-{field}"' in page.content.decode()
    assert f'value="{capacity}"' in page.content.decode()
    assert desk_of(sarah).max_accounts == 200


def test_a_capacity_below_the_load_takes_nothing_away_and_says_so(
    danas_browser: Client, inside: Agency, dana: User, sarah: User
) -> None:
    for _ in range(3):
        bring_to(make_account(), "assigned", admin=dana, to=sarah)
    assert save(danas_browser, sarah, "1", "10").status_code == 303
    page = text(danas_browser.get(f"/team/{desk_of(sarah).pk}/"))
    assert "There are 2 more than fit. Nothing is taken away" in page
    assert Account.objects.filter(assigned_to=desk_of(sarah)).count() == 3


def test_the_second_of_two_admins_is_told_what_is_saved(danas_browser: Client, inside: Agency, sarah: User) -> None:
    page = danas_browser.get(f"/team/{desk_of(sarah).pk}/").content.decode()
    assert 'name="expected" value="200|0.1000"' in page
    save(danas_browser, sarah, "90", "10", expected="200|0.1000")
    lost = save(danas_browser, sarah, "70", "10", expected="200|0.1000")
    assert lost.status_code == 409
    assert "Saved now: 90." in text(lost)
    assert 'value="70"' in lost.content.decode()
    assert desk_of(sarah).max_accounts == 90
    assert save(danas_browser, sarah, "70", "10", expected="90|0.1000").status_code == 303


def test_deactivating_asks_first_and_leads_to_moving_the_accounts(
    danas_browser: Client, inside: Agency, dana: User, sarah: User
) -> None:
    pk = desk_of(sarah).pk
    bring_to(make_account(), "assigned", admin=dana, to=sarah)
    asked = danas_browser.get(f"/team/{pk}/deactivation/")
    assert "1 open account of $500.00 stays on the desk until you move it." in text(asked)
    assert desk_of(sarah).is_active
    sent = danas_browser.post(f"/team/{pk}/deactivation/", {"then": "move"})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/team/{pk}/reassignment/")
    assert not desk_of(sarah).is_active
    assert "Inactive" in text(danas_browser.get("/team/"))
    assert danas_browser.post(f"/team/{pk}/activation/").status_code == 303
    assert desk_of(sarah).is_active
    acts = AuditLog.objects.filter(object_pk=str(pk), action=AuditLog.Action.UPDATE).order_by("id")
    assert [entry.changes["is_active"] for entry in acts if entry.changes] == [[True, False], [False, True]]


def test_only_the_own_agency_is_counted(inside: Agency, northwind: Agency, sarah: User) -> None:
    make_account()
    theirs = make_user(northwind, "nina.brooks", "collector")
    with tenancy.acting_for(northwind):
        make_account()
        assert {one.name for one in team(northwind.zone).members} == {str(theirs)}
    assert {one.name for one in team(inside.zone).members} == {"Sarah Mitchell"}
    assert team(inside.zone).waiting == 1
