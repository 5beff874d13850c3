"""Empty fields are rendered once and kept; whatever changes what they show is seen at the next opening of the page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core import contacts
from core.models import Account, Agency, Disposition, User
from tests.cast import bring_to, make_account
from worklist.accounts import blank_fields


@pytest.fixture
def account(inside: Agency, dana: User, sarah: User) -> Account:
    return bring_to(make_account(), "assigned", admin=dana, to=sarah)


def outcomes(browser: Client, account: Account) -> str:
    html = browser.get(f"/accounts/{account.pk}/").content.decode()
    return html[html.index('<select name="outcome"') :].split("</select>")[0]


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("label", "Talked it over"),
        ("next_action", "Write to her"),
        ("next_after_days", 77),
        ("channels", ["letter"]),
        ("directions", ["in"]),
        ("asks_promise", True),
        ("is_active", False),
    ],
)
def test_a_changed_outcome_is_offered_as_it_is_now(
    fact: str, value: Any, sarahs_browser: Client, account: Account
) -> None:
    before = outcomes(sarahs_browser, account)
    assert outcomes(sarahs_browser, account) == before
    label = "Refused to pay" if fact == "asks_promise" else "Left a voicemail"
    Disposition.objects.filter(label=label).update(**{fact: value})
    after = outcomes(sarahs_browser, account)
    assert after != before
    if isinstance(value, str):
        assert value in after


def test_the_channel_that_is_open_keeps_what_was_chosen(sarahs_browser: Client, account: Account) -> None:
    """A field that is not empty is never kept."""
    outcomes(sarahs_browser, account)
    chosen = str(Disposition.objects.get(code="voicemail").pk)
    sent = {"channel": "call", "direction": "out", "outcome": chosen, "expected": "no longer so", "body": "Mailbox."}
    page = sarahs_browser.post(f"/accounts/{account.pk}/contacts/", sent).content.decode()
    assert f'<option value="{chosen}"' in page
    assert page.count(" selected") >= 1
    assert f'<option value="{chosen}" selected' not in outcomes(sarahs_browser, account)


def test_what_comes_next_is_the_accounts_own(sarahs_browser: Client, account: Account, sarah: User) -> None:
    sarahs_browser.get(f"/accounts/{account.pk}/")
    contacts.schedule(account.pk, "Ask for the pay slip", timezone.now() + timedelta(days=3), by=sarah)
    page = sarahs_browser.get(f"/accounts/{account.pk}/").content.decode()
    assert 'name="follow-next_action" value="Ask for the pay slip"' in page


def test_no_more_is_kept_than_fits(sarahs_browser: Client, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blank_fields, "MOST", 3)
    first = sarahs_browser.get(f"/accounts/{account.pk}/")
    again = sarahs_browser.get(f"/accounts/{account.pk}/")
    assert first.status_code == again.status_code == 200
    assert outcomes(sarahs_browser, account).count("<option") > 5
