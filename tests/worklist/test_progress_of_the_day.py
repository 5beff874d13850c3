"""The list's head says how much of the day is done, and begins the work."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from core.models import Account, Agency, ContactAttempt, Disposition, User
from tests.cast import bring_to, make_account
from tests.worklist.pages import text, worklist


@pytest.fixture
def desk(inside: Agency, dana: User, sarah: User) -> list[Account]:
    """Four accounts of Sarah's, three of them due."""
    accounts = [bring_to(make_account(), "assigned", admin=dana, to=sarah) for _ in range(4)]
    due = timezone.now() - timedelta(hours=1)
    Account.objects.filter(pk__in=[a.pk for a in accounts[:3]]).update(next_action_at=due)
    return accounts


def work(account: Account, by: User, **facts: object) -> None:
    outcome, _ = Disposition.objects.get_or_create(code="seen", label="Seen", next_action="Call again")
    ContactAttempt.objects.create(
        account=account, debtor=account.debtor, channel="call", disposition=outcome, actor=by, **facts
    )
    Account.objects.filter(pk=account.pk).update(next_action_at=timezone.now() + timedelta(days=1))


def test_worked_accounts_are_counted_once_of_those_that_were_due(
    sarahs_browser: Client, desk: list[Account], sarah: User, james: User
) -> None:
    assert "0 of 3 worked today" in text(worklist(sarahs_browser))
    work(desk[0], sarah)
    work(desk[0], sarah)
    work(desk[3], james)
    work(desk[1], sarah, at=timezone.now() - timedelta(days=2))
    assert "1 of 2 worked today" in text(worklist(sarahs_browser))


def test_who_has_no_desk_has_no_such_day(danas_browser: Client, auditors_browser: Client, desk: list[Account]) -> None:
    for browser in (danas_browser, auditors_browser):
        assert "worked today" not in text(worklist(browser))
        assert 'id="start-working"' not in worklist(browser).content.decode()


def test_start_working_is_a_form_that_opens_the_next_account(sarahs_browser: Client, desk: list[Account]) -> None:
    page = worklist(sarahs_browser, "status=assigned").content.decode()
    assert '<form method="post" action="/worklist/next/">' in page
    assert (
        '<input type="hidden" name="list" value="status=assigned"><button class="btn primary" id="start-working">'
        in page
    )
    assert sarahs_browser.post("/worklist/next/", {"list": "status=assigned"}).status_code == 303
