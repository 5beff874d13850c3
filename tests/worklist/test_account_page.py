"""The page that is read on a call: what is owed, by whom, how to reach him, and every view of it on record."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from core import balances
from core.models import Account, Agency, AuditLog, ContactPoint, Hold, User
from tests.cast import bring_to, make_account, make_debtor
from tests.worklist.pages import HTMX, text


@pytest.fixture
def account(inside: Agency, dana: User, sarah: User) -> Account:
    debtor = make_debtor(full_name="Marisol Whitfield", ssn_last4="1234")
    ContactPoint.objects.create(debtor=debtor, kind="phone", value="+12145550143", is_primary=True)
    ContactPoint.objects.create(debtor=debtor, kind="email", value="old@example.com", status="opted_out")
    made = make_account(external_ref="ACC-1", debtor=debtor, original_amount=Decimal("3200.50"),
                        particulars={"Patient number": "77-1"})  # fmt: skip
    return bring_to(made, "in_contact", admin=dana, to=sarah)


def views_of(account: Account) -> int:
    return AuditLog.objects.filter(object_pk=str(account.pk), action=AuditLog.Action.ACCESS).count()


def test_it_shows_debt_debtor_and_facts(sarahs_browser: Client, account: Account, sarah: User) -> None:
    balances.post_entry(account.pk, "payment", Decimal("-750.00"), by=sarah, reason="Check 12")
    words = text(sarahs_browser.get(f"/accounts/{account.pk}/"))
    for expected in (
        "Marisol Whitfield", "$2,450.50", "$750.00 paid", "of $3,200.50 placed", "(214) 555-0143",
        "old@example.com Opted out", "418 Alder Court, Austin, TX 78701", "Northgate Hospital", "Patient number 77-1",
        "Sarah Mitchell", "Check 12",
    ):  # fmt: skip
        assert expected in words


def test_a_number_that_may_not_be_used_is_no_link(sarahs_browser: Client, account: Account) -> None:
    page = sarahs_browser.get(f"/accounts/{account.pk}/").content.decode()
    assert 'href="tel:+12145550143"' in page
    assert "mailto:" not in page


def test_each_view_of_the_page_is_recorded_once_and_fragments_are_not(sarahs_browser: Client, account: Account) -> None:
    sarahs_browser.get(f"/accounts/{account.pk}/")
    sarahs_browser.get(f"/accounts/{account.pk}/?show=notes", headers={**HTMX, "HX-Target": "history"})
    assert views_of(account) == 1
    sarahs_browser.get(f"/accounts/{account.pk}/")
    assert views_of(account) == 2


def test_the_social_security_number_is_shown_on_request_and_that_is_recorded(
    sarahs_browser: Client, account: Account, sarah: User
) -> None:
    assert "1234" not in text(sarahs_browser.get(f"/accounts/{account.pk}/"))
    shown = sarahs_browser.post(f"/accounts/{account.pk}/social-security/", headers=HTMX)
    assert "ends 1234" in text(shown)
    entry = AuditLog.objects.get(object_pk=str(account.debtor_id), action=AuditLog.Action.ACCESS)
    assert (entry.actor, entry.changes) == (sarah, {"ssn_last4": ["masked", "revealed"]})


def test_holds_in_force_are_shown_also_those_of_the_debtor(sarahs_browser: Client, account: Account) -> None:
    Hold.objects.create(debtor=account.debtor, kind="cease", reason="Letter of March 3")
    Hold.objects.create(account=account, kind="fraud", lifted_at=timezone.now())
    words = text(sarahs_browser.get(f"/accounts/{account.pk}/"))
    assert "Cease communication No contact and no collection for every account of the debtor" in words
    assert "Fraud" not in words


def test_other_accounts_of_the_debtor_are_those_one_may_see(
    sarahs_browser: Client, danas_browser: Client, account: Account, dana: User, james: User
) -> None:
    bring_to(make_account(external_ref="ACC-2", debtor=account.debtor), "assigned", admin=dana, to=james)
    assert "ACC-2" in text(danas_browser.get(f"/accounts/{account.pk}/"))
    assert "ACC-2" not in text(sarahs_browser.get(f"/accounts/{account.pk}/"))


def test_a_late_follow_up_stands_out(sarahs_browser: Client, account: Account) -> None:
    at = timezone.now() - timedelta(days=2)
    Account.objects.filter(pk=account.pk).update(next_action="Callback", next_action_at=at)
    assert "Callback, 2 days late" in text(sarahs_browser.get(f"/accounts/{account.pk}/"))


def test_the_way_back_leads_to_the_row_that_was_left(sarahs_browser: Client, account: Account) -> None:
    page = sarahs_browser.get("/worklist/?status=in_contact&sort=balance").content.decode()
    assert f"/accounts/{account.pk}/?list=status%3Din_contact%26sort%3Dbalance" in page
    page = sarahs_browser.get(f"/accounts/{account.pk}/?list=status%3Din_contact%26sort%3Dbalance").content.decode()
    assert 'href="/worklist/?status=in_contact&amp;sort=balance#a-ACC-1"' in page


def test_what_an_address_carries_is_never_markup(sarahs_browser: Client, account: Account) -> None:
    page = sarahs_browser.get(f"/accounts/{account.pk}/", {"list": '"><script>x</script>', "move": "<b>", "show": "'"})
    assert b"<script>x" not in page.content
    assert page.status_code == 200


def test_names_from_a_file_are_never_markup(sarahs_browser: Client, account: Account) -> None:
    account.debtor.full_name = "<script>alert(1)</script>"
    account.debtor.save()
    for path in ("/worklist/", f"/accounts/{account.pk}/", "/worklist/find/?q=ACC-1"):
        assert b"<script>alert" not in sarahs_browser.get(path).content


def test_the_way_back_is_kept_through_the_form_of_a_move(sarahs_browser: Client, account: Account) -> None:
    page = sarahs_browser.get(f"/accounts/{account.pk}/?list=sort%3Dbalance").content.decode()
    assert 'hx-get="?move=dispute&amp;list=sort%3Dbalance"' in page
    page = sarahs_browser.get(
        f"/accounts/{account.pk}/?move=dispute&list=sort%3Dbalance", headers={**HTMX, "HX-Target": "move"}
    )
    assert '<input type="hidden" name="list" value="sort=balance">' in page.content.decode()
