"""The platform's operator sees agencies and users; everything else only inside one agency, and audited."""

import pytest
from django.test import Client

from core import tenancy
from core.models import Account, Agency, AuditLog, ContactPoint, Creditor, User
from tests.cast import make_account, make_creditor


@pytest.fixture
def browser(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


@pytest.fixture
def account(harborline: Agency) -> Account:
    with tenancy.acting_for(harborline):
        return make_account()


def enter(browser: Client, agency: Agency) -> None:
    assert (
        browser.post(f"/admin/enter/{agency.pk}/".replace("/admin/", "/admin/core/agency/"), follow=True).status_code
        == 200
    )


def test_outside_an_agency_only_agencies_and_users_are_listed(browser: Client, account: Account) -> None:
    index = browser.get("/admin/").content.decode()
    assert "/admin/core/agency/" in index
    assert "/admin/core/user/" in index
    assert "/admin/core/account/" not in index
    assert browser.get("/admin/core/account/").status_code == 403
    assert browser.get(f"/admin/core/account/{account.pk}/change/").status_code == 403


def test_entering_is_asked_first_and_written_down(browser: Client, operator: User, harborline: Agency) -> None:
    page = browser.get(f"/admin/core/agency/enter/{harborline.pk}/")
    assert page.status_code == 200
    assert not AuditLog.objects.filter(action=AuditLog.Action.ACCESS).exists()
    enter(browser, harborline)
    with tenancy.acting_for(harborline):
        entry = AuditLog.objects.get(action=AuditLog.Action.ACCESS)
    assert (entry.actor_email, entry.object_pk, entry.agency_id) == (operator.email, str(harborline.pk), harborline.pk)


def test_inside_he_sees_that_agency_alone(
    browser: Client, harborline: Agency, northwind: Agency, account: Account
) -> None:
    with tenancy.acting_for(northwind):
        theirs = make_account(external_ref="NORTHWIND-1")
    enter(browser, harborline)
    page = browser.get("/admin/core/account/").content.decode()
    assert account.external_ref in page
    assert theirs.external_ref not in page
    assert browser.get(f"/admin/core/account/{theirs.pk}/change/").status_code == 302, "not found, back to the index"


def test_leaving_closes_the_agency_again(browser: Client, harborline: Agency, account: Account) -> None:
    enter(browser, harborline)
    browser.post("/admin/core/agency/leave/")
    assert browser.get("/admin/core/account/").status_code == 403


def test_a_switched_off_agency_cannot_be_entered(browser: Client, harborline: Agency) -> None:
    harborline.is_active = False
    harborline.save()
    assert browser.post(f"/admin/core/agency/enter/{harborline.pk}/").status_code == 404


def test_an_agency_switched_off_meanwhile_is_left(browser: Client, harborline: Agency) -> None:
    enter(browser, harborline)
    harborline.is_active = False
    harborline.save()
    assert browser.get("/admin/core/account/").status_code == 403


@pytest.mark.parametrize("who", ["dana", "sarah", "auditor"])
def test_nobody_else_enters_an_agency(
    who: str, client: Client, northwind: Agency, dana: User, sarah: User, auditor: User
) -> None:
    client.force_login({"dana": dana, "sarah": sarah, "auditor": auditor}[who])
    assert client.post(f"/admin/core/agency/enter/{northwind.pk}/").status_code in (302, 403)
    assert "entered_agency" not in client.session


def test_a_change_in_the_admin_is_audited(browser: Client, operator: User, harborline: Agency) -> None:
    with tenancy.acting_for(harborline):
        creditor = make_creditor()
    enter(browser, harborline)
    facts = {"name": creditor.name, "contingency_rate": "0.3000", "is_active": "on", "contact_name": "Ruth Adler"}
    response = browser.post(f"/admin/core/creditor/{creditor.pk}/change/", facts, REMOTE_ADDR="203.0.113.9")
    assert response.status_code == 302
    with tenancy.acting_for(harborline):
        assert Creditor.objects.get(pk=creditor.pk).contact_name == "Ruth Adler"
        entry = AuditLog.objects.filter(object_pk=str(creditor.pk), action=AuditLog.Action.UPDATE).get()
    assert entry.changes == {"contact_name": ["", "Ruth Adler"], "contingency_rate": ["0.2500", "0.3000"]}
    assert (entry.actor, entry.remote_addr, entry.agency_id) == (operator, "203.0.113.9", harborline.pk)


def test_status_and_balance_cannot_be_written_in_the_admin(
    browser: Client, harborline: Agency, account: Account
) -> None:
    enter(browser, harborline)
    facts = {
        "debtor": account.debtor_id, "creditor": account.creditor_id, "external_ref": account.external_ref,
        "priority": "2", "particulars": "{}", "status": "closed", "current_balance": "1.00",
    }  # fmt: skip
    response = browser.post(f"/admin/core/account/{account.pk}/change/", facts)
    assert response.status_code == 302, response.content.decode()[:2000]
    with tenancy.acting_for(harborline):
        account.refresh_from_db()
    assert (account.status, str(account.current_balance), account.priority) == ("new", "500.00", 2)


def test_journals_are_only_read_in_the_admin(browser: Client, harborline: Agency, account: Account) -> None:
    enter(browser, harborline)
    for journal in ("balanceentry", "activity", "auditlog"):
        assert browser.get(f"/admin/core/{journal}/").status_code == 200
        assert browser.get(f"/admin/core/{journal}/add/").status_code == 403
    with tenancy.acting_for(harborline):
        entry = account.balance_entries.get()
    assert browser.post(f"/admin/core/balanceentry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert browser.post(f"/admin/core/balanceentry/{entry.pk}/change/", {"amount": "1"}).status_code == 403


def test_a_debtor_and_his_numbers_are_only_read_in_the_admin(
    browser: Client, harborline: Agency, account: Account
) -> None:
    """They change where the history is kept: on the debtor's page."""
    enter(browser, harborline)
    with tenancy.acting_for(harborline):
        debtor = account.debtor
        point = ContactPoint.objects.create(debtor=debtor, kind="phone", value="+15125550143")
    for kind, record, shown in (("debtor", debtor, debtor.full_name), ("contactpoint", point, point.value)):
        assert shown in browser.get(f"/admin/core/{kind}/").content.decode()
        page = browser.get(f"/admin/core/{kind}/{record.pk}/change/").content.decode()
        assert shown in page
        assert 'name="_save"' not in page
        assert browser.get(f"/admin/core/{kind}/add/").status_code == 403
    renamed = {"full_name": "Somebody Else", "external_ref": debtor.external_ref, "kind": "person"}
    moved = {"debtor": str(debtor.pk), "kind": point.kind, "value": "+12125550100", "status": "active"}
    assert browser.post(f"/admin/core/debtor/{debtor.pk}/change/", renamed).status_code == 403
    assert browser.post(f"/admin/core/contactpoint/{point.pk}/change/", moved).status_code == 403


def test_nothing_is_deleted_in_the_admin(browser: Client, harborline: Agency, account: Account, sarah: User) -> None:
    enter(browser, harborline)
    for path in (f"account/{account.pk}", f"debtor/{account.debtor_id}", f"agency/{harborline.pk}", f"user/{sarah.pk}"):
        assert browser.post(f"/admin/core/{path}/delete/", {"post": "yes"}).status_code == 403, path
