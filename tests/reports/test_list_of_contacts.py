"""The attempts behind every contact rate: what the filters let through, and how many reached somebody."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock, contacts, paging, tenancy
from core.contacts import Contact
from core.models import Account, Agency, ContactAttempt, Disposition, User
from reports.lists.contacts import ContactFilter
from tests.cast import bring_to, make_account, make_creditor
from tests.reports.pages import NASTY, before, every_page, ids, totals
from tests.worklist.pages import HTMX, as_told, statements, text

As = Callable[[User], Client]
Expected = Callable[[ContactAttempt], bool]
URL = "/reports/contacts/"


def log(account: Account, outcome: str, by: User, at: datetime, channel: str = "call") -> ContactAttempt:
    """What came of one attempt."""
    with clock.at(at):
        disposition = Disposition.objects.get(code=outcome)
        return contacts.log(account.pk, Contact(disposition, channel, override="As it happened"), by=by)


def july(day: int, hour: int = 15, minute: int = 0) -> datetime:
    return datetime(2026, 7, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def attempts(inside: Agency, dana: User, sarah: User, james: User) -> list[ContactAttempt]:
    """Of two creditors, by two collectors and an admin, of every meaning; two of them around midnight in Chicago."""
    hospital = bring_to(make_account(), "in_contact", admin=dana, to=sarah)
    dental = bring_to(make_account(creditor=make_creditor("Lakeside Dental")), "in_contact", admin=dana, to=james)
    codes = [d.code for d in Disposition.objects.all() if d.fits("call", "out") and not d.asks_promise]
    for n, code in enumerate(codes):
        log((hospital, dental)[n % 2], code, (sarah, james, dana)[n % 3], july(2 + n % 5))
    log(dental, codes[0], sarah, july(20, 4, 30))  # July 19, 11:30 PM
    log(dental, codes[0], sarah, july(20, 5, 30))  # July 20, 12:30 AM
    letter = next(d.code for d in Disposition.objects.all() if d.fits("letter", "out") and not d.asks_promise)
    log(hospital, letter, james, july(25), channel="letter")
    return list(ContactAttempt.objects.select_related("account__creditor"))


def expect(browser: Client, query: str, attempts: list[ContactAttempt], expected: Expected) -> None:
    page = browser.get(f"{URL}?{query}")
    wanted = [attempt for attempt in attempts if expected(attempt)]
    assert wanted, query
    assert {*ids(page)} == {attempt.pk for attempt in wanted}, query
    assert totals(page) == {
        "attempts": len(wanted),
        "right_party": sum(attempt.right_party for attempt in wanted),
        "conversations": sum(attempt.conversation for attempt in wanted),
    }, query


def test_each_filter_lets_through_what_it_says(
    attempts: list[ContactAttempt], dana: User, sarah: User, james: User, as_user: As
) -> None:
    browser, dental = as_user(dana), next(a.account.creditor for a in attempts if "Dental" in a.account.creditor.name)
    expect(browser, "", attempts, lambda attempt: True)
    assert ids(browser.get(URL)) == [a.pk for a in sorted(attempts, key=lambda a: (a.at, a.pk), reverse=True)]
    expect(browser, "right_party=1", attempts, lambda attempt: attempt.right_party)
    expect(browser, "conversation=1", attempts, lambda attempt: attempt.conversation)
    expect(browser, "channel=letter", attempts, lambda attempt: attempt.channel == "letter")
    expect(browser, f"creditor={dental.pk}", attempts, lambda attempt: attempt.account.creditor_id == dental.pk)
    for user in (sarah, james):
        expect(browser, f"collector={user.collector.pk}", attempts, lambda a, user=user: a.actor_id == user.pk)
    expect(browser, "collector=nobody", attempts, lambda attempt: attempt.actor_id == dana.pk)
    expect(
        browser, f"collector={sarah.collector.pk}&creditor={dental.pk}&since=2026-07-03", attempts,
        lambda a: a.actor_id == sarah.pk and a.account.creditor_id == dental.pk and a.at >= july(3, 5),
    )  # fmt: skip


def test_the_days_are_those_of_the_agency_both_included(
    attempts: list[ContactAttempt], dana: User, as_user: As
) -> None:
    browser = as_user(dana)
    expect(browser, "since=2026-07-03&until=2026-07-05", attempts, lambda a: july(3, 5) <= a.at < july(6, 5))
    expect(browser, "since=2026-07-19&until=2026-07-19", attempts, lambda a: a.at == july(20, 4, 30) or _close(a, 4))
    expect(browser, "since=2026-07-20&until=2026-07-20", attempts, lambda a: _close(a, 5))
    assert as_told("Jul 19, 2026, 11:30 PM") in text(browser.get(URL))


def _close(attempt: ContactAttempt, hour: int) -> bool:
    """Within that hour of July 20; the clock went on while it was logged."""
    return attempt.at.astimezone(UTC).day == 20 and attempt.at.astimezone(UTC).hour == hour


def test_a_row_says_what_happened(attempts: list[ContactAttempt], dana: User, as_user: As) -> None:
    attempt = max(attempts, key=lambda attempt: attempt.at)
    said = text(as_user(dana).get(f"{URL}?channel=letter"))
    for words in (attempt.account.external_ref, "Letter, outgoing", attempt.disposition.label, "James Carter"):
        assert words in said


def test_rubbish_is_named_and_does_not_filter(attempts: list[ContactAttempt], dana: User, as_user: As) -> None:
    browser = as_user(dana)
    for name in ContactFilter.base_filters:
        for value in NASTY:
            page = browser.get(URL, {name: value})
            assert "Not every filter could be used" in text(page), (name, value)
            assert totals(page)["attempts"] == len(attempts), (name, value)


def test_pages_hold_every_attempt_once_also_of_one_moment(
    inside: Agency, dana: User, as_user: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "PER_PAGE", 3)
    account, outcome = make_account(), Disposition.objects.all()[0]
    facts = {"account": account, "debtor": account.debtor, "disposition": outcome, "channel": "call", "at": july(1)}
    attempts = [ContactAttempt.objects.create(**facts) for _ in range(8)]
    browser = as_user(dana)
    pages: list[list[UUID]] = every_page(browser, URL)
    together = [attempt for page in pages for attempt in page]
    assert together == sorted((attempt.pk for attempt in attempts), reverse=True)
    assert ids(browser.get(URL + before(browser.get(f"{URL}?after={pages[1][-1]}")))) == pages[1]


def test_nothing_yet(inside: Agency, dana: User, as_user: As) -> None:
    assert "Nothing here yet Every call" in text(as_user(dana).get(URL))


def test_the_other_agency_sees_nothing(attempts: list[ContactAttempt], stranger: User, as_user: As) -> None:
    with tenancy.acting_for(stranger.agency):
        page = as_user(stranger).get(URL)
    assert "Nothing here yet" in text(page)


def test_it_is_for_the_agencys_management(
    attempts: list[ContactAttempt], sarah: User, auditor: User, as_user: As
) -> None:
    assert as_user(sarah).get(URL).status_code == 404
    assert len(ids(as_user(auditor).get(URL))) == len(attempts)


def test_htmx_gets_the_results_alone(attempts: list[ContactAttempt], dana: User, as_user: As) -> None:
    page = as_user(dana).get(URL, headers=HTMX).content.decode()
    assert page.lstrip().startswith('<section id="results"')


@pytest.mark.django_db(transaction=True)
def test_it_asks_the_same_few_statements(harborline: Agency, dana: User, sarah: User) -> None:
    browser = Client()
    browser.force_login(dana)
    counts: list[Any] = []
    for times in (1, 4):
        with tenancy.acting_for(harborline):
            account = bring_to(make_account(), "in_contact", admin=dana, to=sarah)
            for n in range(times):
                log(account, "no_answer", sarah, july(3 + n))
        browser.get(URL)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(URL).status_code == 200
        counts.append(len(statements(queries)))
    assert counts[0] == counts[1]
    assert counts[0] <= 8, counts
