"""A collector sees her desk, the agency's people the agency, a stranger nothing; and only some may change."""

from uuid import UUID, uuid4

import pytest
from django.test import Client

from core.models import Account, Activity, Agency, User
from tests.cast import bring_to, make_account
from tests.worklist.pages import refs, text, worklist

ACTIONS = ["notes", "status", "assignment", "social-security"]


@pytest.fixture
def hers(inside: Agency, dana: User, sarah: User) -> Account:
    return bring_to(make_account(external_ref="hers"), "assigned", admin=dana, to=sarah)


@pytest.fixture
def his(inside: Agency, dana: User, james: User) -> Account:
    return bring_to(make_account(external_ref="his"), "assigned", admin=dana, to=james)


def test_each_sees_the_list_that_is_hers(
    strangers_browser: Client, sarahs_browser: Client, danas_browser: Client, auditors_browser: Client,
    hers: Account, his: Account,
) -> None:  # fmt: skip
    assert refs(worklist(sarahs_browser)) == ["hers"]
    assert set(refs(worklist(danas_browser))) == {"hers", "his"}
    assert set(refs(worklist(auditors_browser))) == {"hers", "his"}
    assert refs(worklist(strangers_browser)) == []


def test_a_collector_cannot_widen_her_list_by_the_url(sarahs_browser: Client, his: Account, james: User) -> None:
    assert refs(worklist(sarahs_browser, f"collector={james.collector.pk}&status=any")) == []


def test_a_collector_without_a_desk_sees_an_empty_list(sarahs_browser: Client, inside: Agency, sarah: User) -> None:
    make_account()
    sarah.collector.delete()
    assert refs(worklist(sarahs_browser)) == []


def test_an_account_of_another_desk_or_agency_does_not_exist(
    strangers_browser: Client, sarahs_browser: Client, hers: Account, his: Account
) -> None:
    assert sarahs_browser.get(f"/accounts/{hers.pk}/").status_code == 200
    assert sarahs_browser.get(f"/accounts/{his.pk}/").status_code == 404
    assert strangers_browser.get(f"/accounts/{hers.pk}/").status_code == 404
    assert sarahs_browser.get(f"/accounts/{uuid4()}/").status_code == 404


@pytest.mark.parametrize("action", ACTIONS)
def test_nor_can_it_be_changed(
    action: str, strangers_browser: Client, sarahs_browser: Client, his: Account, james: User
) -> None:
    before = Activity.objects.filter(account=his).count()
    facts = {"body": "x", "move": "start_contact", "collector": str(james.collector.pk)}
    for browser in (sarahs_browser, strangers_browser):
        assert browser.post(f"/accounts/{his.pk}/{action}/", facts).status_code == 404
    assert Activity.objects.filter(account=his).count() == before


@pytest.mark.parametrize("action", ACTIONS)
def test_who_only_looks_is_told_so(action: str, auditors_browser: Client, hers: Account) -> None:
    page = auditors_browser.get(f"/accounts/{hers.pk}/").content.decode()
    assert 'id="compose"' not in page
    assert f"/accounts/{hers.pk}/{action}/" not in page
    refused = auditors_browser.post(f"/accounts/{hers.pk}/{action}/", {"body": "x", "move": "start_contact"})
    assert refused.status_code == 403
    assert "You can look at accounts, but not change them" in text(refused)


def test_only_admins_assign(sarahs_browser: Client, auditors_browser: Client, hers: Account, james: User) -> None:
    to = {"collector": str(james.collector.pk), "ids": [str(hers.pk)]}
    assert sarahs_browser.post(f"/accounts/{hers.pk}/assignment/", to).status_code == 403
    for browser in (sarahs_browser, auditors_browser):
        assert browser.post("/worklist/assignments/", to).status_code == 403
    assert 'id="bulk"' not in sarahs_browser.get("/worklist/").content.decode()
    hers.refresh_from_db()
    assert hers.assigned_to_id != james.collector.pk


@pytest.mark.parametrize("path", ["/worklist/", "/worklist/find/", f"/accounts/{UUID(int=7)}/"])
def test_nobody_sees_anything_without_signing_in(db: None, client: Client, path: str) -> None:
    assert client.get(path).headers["Location"].startswith("/auth/login/")


def test_a_superuser_enters_an_agency_first(client: Client, operator: User) -> None:
    client.force_login(operator)
    assert client.get("/worklist/").headers["Location"] == "/admin/"
