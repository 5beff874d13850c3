"""An admin says how far collectors go alone: the agency's limits, and down to which share for which creditor."""

from typing import Any

import pytest
from django.test import Client

from core.models import Account, Agency, AuditLog, Creditor
from payments import terms
from tests.cast import make_creditor
from tests.worklist.conftest import auditors_browser, danas_browser, sarahs_browser, strangers_browser
from tests.worklist.pages import HTMX, text

__all__ = ["auditors_browser", "danas_browser", "sarahs_browser", "strangers_browser"]
PAGE = "/payments/terms/"


def typed(**facts: str) -> dict[str, str]:
    said = {
        "floor": "70", "plan_longest_months": "12", "plan_smallest_instalment": "40", "plan_grace_days": "5",
        "plan_reminder_days": "2", "seen": terms.version(terms.limits()),
    }  # fmt: skip
    return said | facts


def floor(browser: Client, creditor: Creditor, percent: str, seen: str = "", **more: Any) -> Any:
    return browser.post(f"{PAGE}creditors/{creditor.pk}/", {"floor": percent, "seen": seen}, **more)


def test_the_limits_of_the_agency(account: Account, inside: Agency, danas_browser: Client) -> None:
    assert 'name="floor" value="80"' in danas_browser.get(PAGE).content.decode()
    assert danas_browser.post(f"{PAGE}limits/", typed()).status_code == 303
    inside.refresh_from_db()
    assert str(inside.choices.settlement_floor) == "0.7"
    assert inside.choices.plan_longest_months == 12
    assert "You offer alone" not in text(danas_browser.get(f"/accounts/{account.pk}/offers/new/"))
    assert AuditLog.objects.filter(object_pk=str(inside.pk), changes__has_key="settings").exists()


def test_other_settings_stay(inside: Agency, danas_browser: Client) -> None:
    inside.settings = {"poll_every_seconds": 60}
    inside.save()
    danas_browser.post(f"{PAGE}limits/", typed())
    inside.refresh_from_db()
    assert inside.choices.poll_every_seconds == 60


@pytest.mark.parametrize("headers", [None, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"floor": "101"}, "Enter a percentage between 0 and 100."),
        ({"floor": ""}, "Enter a percentage between 0 and 100."),
        ({"plan_longest_months": "0"}, "Enter a number from 1 to 60."),
        ({"plan_smallest_instalment": "NaN"}, "Enter an amount from 0.00 to 10000.00."),
        ({"plan_grace_days": "x"}, "Enter a number from 0 to 60."),
        ({"plan_reminder_days": "31"}, "Enter a number from 0 to 30."),
    ],
)
def test_a_wrong_limit_is_refused_at_its_field(
    facts: dict[str, str], sentence: str, headers: dict[str, str] | None, inside: Agency, danas_browser: Client
) -> None:
    answer = danas_browser.post(f"{PAGE}limits/", typed(**facts), headers=headers)
    assert answer.status_code == 422
    assert sentence in text(answer)
    inside.refresh_from_db()
    assert inside.settings == {}


def test_of_two_admins_the_second_is_told(inside: Agency, danas_browser: Client) -> None:
    before = typed()
    danas_browser.post(f"{PAGE}limits/", typed(floor="60"))
    late = danas_browser.post(f"{PAGE}limits/", before)
    assert late.status_code == 409
    assert "changed what may be agreed" in text(late)
    assert 'name="floor" value="60"' in late.content.decode()


def test_a_creditor_has_a_floor_of_its_own(account: Account, danas_browser: Client, sarahs_browser: Client) -> None:
    answer = floor(danas_browser, account.creditor, "62.5")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}#c-{account.creditor_id}")
    assert "You offer alone down to $312.50" in text(sarahs_browser.get(f"/accounts/{account.pk}/offers/new/"))
    again = floor(danas_browser, account.creditor, "", "62.5", headers=HTMX)
    assert "Saved" in text(again)
    assert "You offer alone down to $400.00 (80%)" in text(sarahs_browser.get(f"/accounts/{account.pk}/offers/new/"))


@pytest.mark.parametrize("percent", ["101", "-1", "NaN", "lots", "1e9", "9" * 40])
def test_a_wrong_floor_is_refused_where_it_was_typed(percent: str, inside: Agency, danas_browser: Client) -> None:
    creditor = make_creditor()
    answer = floor(danas_browser, creditor, percent)
    assert answer.status_code == 422
    assert "Enter a percentage between 0 and 100, or nothing." in text(answer)
    creditor.refresh_from_db()
    assert creditor.settlement_floor is None


def test_a_floor_that_somebody_else_set_is_not_overwritten(inside: Agency, danas_browser: Client) -> None:
    creditor = make_creditor()
    floor(danas_browser, creditor, "50")
    late = floor(danas_browser, creditor, "90")
    assert late.status_code == 409
    assert "changed the floor of Northgate Hospital" in text(late)
    creditor.refresh_from_db()
    assert str(creditor.settlement_floor) == "0.5000"


def test_who_only_looks_changes_nothing_and_others_find_nothing(
    inside: Agency, auditors_browser: Client, sarahs_browser: Client, strangers_browser: Client
) -> None:
    creditor = make_creditor()
    assert "80% of the balance" in text(auditors_browser.get(PAGE))
    assert floor(auditors_browser, creditor, "1").status_code == 403
    assert auditors_browser.post(f"{PAGE}limits/", typed()).status_code == 403
    assert sarahs_browser.get(PAGE).status_code == 404
    assert "Northgate" not in text(strangers_browser.get(PAGE))
    assert floor(strangers_browser, creditor, "1").status_code == 404
    creditor.refresh_from_db()
    assert creditor.settlement_floor is None
