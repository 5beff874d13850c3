"""A contact is told once, in one form: what it entails appears at once, and what is refused stays typed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from core import tenancy
from core.models import Account, Activity, Agency, ContactAttempt, ContactPoint, Disposition, Hold, Promise, User
from tests.at_once import at_once
from tests.cast import bring_to, make_account, make_debtor
from tests.worklist.pages import HTMX, text

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("America/Chicago"))
NIGHT = datetime(2026, 11, 24, 21, 30, tzinfo=ZoneInfo("America/Chicago"))


@pytest.fixture(autouse=True)
def _tuesday_morning() -> Iterator[None]:
    with time_machine.travel(TUESDAY, tick=True):
        yield


@pytest.fixture
def account(inside: Agency, dana: User, sarah: User) -> Account:
    debtor = make_debtor(full_name="Marisol Whitfield")
    ContactPoint.objects.create(debtor=debtor, kind="phone", value="+12145550143", is_primary=True, status="invalid")
    ContactPoint.objects.create(debtor=debtor, kind="phone", value="+12145550199")
    ContactPoint.objects.create(debtor=debtor, kind="email", value="mw@example.com")
    return bring_to(make_account(debtor=debtor), "assigned", admin=dana, to=sarah)


def point(value: str) -> str:
    return str(ContactPoint.objects.get(value=value).pk)


def told(code: str, **facts: str) -> dict[str, str]:
    outcome = str(Disposition.objects.get(code=code).pk)
    return {"channel": "call", "direction": "out", "outcome": outcome, "expected": "assigned"} | facts


def send(browser: Client, account: Account, facts: dict[str, str], **headers: str) -> Any:
    return browser.post(f"/accounts/{account.pk}/contacts/", facts, headers=headers or None)


def attempts() -> int:
    return ContactAttempt.objects.count()


def test_a_call_without_script_leads_back_to_the_account(sarahs_browser: Client, account: Account) -> None:
    facts = told("voicemail", phone=point("+12145550199"), body="No name said.", list="sort=balance")
    sent = send(sarahs_browser, account, facts)
    assert (sent.status_code, sent.headers["Location"]) == (
        303, f"/accounts/{account.pk}/?list=sort%3Dbalance#history",
    )  # fmt: skip
    words = text(sarahs_browser.get(f"/accounts/{account.pk}/"))
    assert "Sarah Mitchell called (214) 555-0199: Left a voicemail" in words
    assert "No name said." in words
    assert "Call again Nov 26" in words


def test_with_htmx_everything_it_changed_is_fresh(sarahs_browser: Client, account: Account) -> None:
    page = send(sarahs_browser, account, told("wrong_number", phone=point("+12145550199"), body="A shop."), **HTMX)
    html, words = page.content.decode(), text(page)
    assert (page.status_code, page.headers["HX-Retarget"]) == (200, "#account")
    assert html.startswith('<div id="account">')
    assert "(214) 555-0199 Invalid" in words
    assert "Find another number tomorrow" in words
    assert "Call logged" in words
    assert 'maxlength="10000" autofocus></textarea>' in html, "emptied, with the focus"


def test_the_first_conversation_moves_the_account(sarahs_browser: Client, account: Account) -> None:
    page = send(sarahs_browser, account, told("spoke", phone=point("+12145550199")), **HTMX)
    assert 'aria-current="step">In contact' in page.content.decode()
    account.refresh_from_db()
    assert account.status == "in_contact"
    assert account.last_contact_at is not None


def test_a_promise_is_taken_with_the_call(sarahs_browser: Client, account: Account) -> None:
    due = (TUESDAY.date() + timedelta(days=9)).isoformat()
    facts = told("promise", promise_amount="250.00", promise_due=due, promise_method="card")
    words = text(send(sarahs_browser, account, facts, **HTMX))
    assert "$250.00 by card" in words
    assert "took a promise: $250.00 by Dec 3" in words
    assert Promise.objects.get().amount == Decimal(250)
    account.refresh_from_db()
    assert account.next_action_at == datetime(2026, 12, 3, 9, tzinfo=TUESDAY.tzinfo)


@pytest.mark.parametrize(
    ("facts", "field", "sentence"),
    [
        ({"promise_amount": ""}, "promise_amount", "Enter the amount promised."),
        ({"promise_amount": "lots"}, "promise_amount", "Enter an amount such as 250.00."),
        ({"promise_amount": "NaN"}, "promise_amount", "Enter an amount such as 250.00."),
        ({"promise_amount": "900"}, "promise_amount", "at most $500.00"),
        ({"promise_amount": "-5"}, "promise_amount", "more than zero"),
        ({"promise_amount": "1.234"}, "promise_amount", "Enter an amount such as 250.00."),
        ({"promise_due": ""}, "promise_due", "Enter the day promised."),
        ({"promise_due": "2026-02-30"}, "promise_due", "Enter a date, YYYY-MM-DD."),
        ({"promise_due": "2020-01-01"}, "promise_due", "between today and 60 days"),
        ({"promise_due": "9999-12-31"}, "promise_due", "between today and 60 days"),
        ({"promise_method": ""}, "promise_method", "Choose how the debtor will pay."),
        ({"promise_method": "gold"}, "promise_method", "Select a valid choice"),
        ({"channel": ""}, "channel", "Choose how the contact was made."),
        ({"channel": "pigeon"}, "channel", "Select a valid choice"),
        ({"channel": "note"}, "channel", "Select a valid choice"),
        ({"direction": ""}, "direction", "Choose who began it."),
        ({"direction": "up"}, "direction", "Select a valid choice"),
        ({"outcome": ""}, "outcome", "Choose the outcome."),
        ({"outcome": "nonsense"}, "outcome", "Choose an outcome of the list."),
        ({"phone": "nonsense"}, "phone", "Select a valid choice"),
        ({"body": "x" * 10_001}, "body", "Shorten the note to 10,000 characters."),
        ({"body": "a\x00b"}, "body", "Null characters are not allowed."),
        ({"next_action": "x" * 201}, "next_action", "Shorten the next action to 200 characters."),
        ({"next_day": "soon"}, "next_day", "Enter a date, YYYY-MM-DD."),
        ({"next_day": "2020-01-01"}, "next_day", "Enter a day between today and a year from now."),
        ({"next_day": "0001-01-01"}, "next_day", "Enter a day between today and a year from now."),
        ({"next_day": "9999-12-31"}, "next_day", "Enter a day between today and a year from now."),
        ({"next_time": "14:30", "next_day": ""}, "next_day", "Enter the day as well."),
        ({"next_time": "noon", "next_day": "2026-11-26"}, "next_time", "Enter a time such as 14:30."),
        ({"override": "x" * 501}, "override", "at most 500 characters"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(
    facts: dict[str, str], field: str, sentence: str, sarahs_browser: Client, account: Account
) -> None:
    whole = told("promise", promise_amount="250.00", promise_due="2026-12-03", promise_method="card",
                 body="He will pay after payday.", next_action="Remind", next_day="2026-12-02") | facts  # fmt: skip
    for headers in ({}, HTMX):
        page = send(sarahs_browser, account, whole, **headers)
        html = page.content.decode()
        assert page.status_code == 422, field
        assert sentence in text(page)
        assert html.count(" autofocus") >= 1
        for name in ("body", "next_action", "promise_amount"):
            assert whole[name].replace("\x00", "") in html.replace("\x00", ""), name
    assert (attempts(), Promise.objects.count()) == (0, 0)


def test_a_number_of_somebody_else_is_refused(sarahs_browser: Client, account: Account) -> None:
    other = ContactPoint.objects.create(debtor=make_debtor(), kind="phone", value="+12145550777")
    page = send(sarahs_browser, account, told("busy", phone=str(other.pk)))
    assert page.status_code == 422
    assert attempts() == 0


def test_where_the_rules_say_no_a_reason_is_asked_with_the_law(sarahs_browser: Client, account: Account) -> None:
    with time_machine.travel(NIGHT):
        facts = told("no_answer", phone=point("+12145550143"), body="Rang long.")
        page = send(sarahs_browser, account, facts, **HTMX)
        words = text(page)
        assert page.status_code == 422
        assert "It is before 8 AM or after 9 PM where the debtor is. 12 CFR 1006.6(b)(1)(i)" in words
        assert "This number or address is known to be wrong. 12 CFR 1006.14(b)(3)" in words
        assert "Why it was done all the same" in words
        assert "Rang long." in words
        assert attempts() == 0
        again = send(sarahs_browser, account, facts | {"override": "He asked for a call at ten."}, **HTMX)
        assert again.status_code == 200
        assert "Done against the contact rules: He asked for a call at ten." in text(again)
    verdict = ContactAttempt.objects.get().verdict
    assert (verdict["decision"], verdict["override"]) == ("block", "He asked for a call at ten.")


def test_who_calls_us_may_be_answered_at_any_time(sarahs_browser: Client, account: Account) -> None:
    with time_machine.travel(NIGHT):
        page = send(sarahs_browser, account, told("spoke", direction="in", phone=point("+12145550199")), **HTMX)
    assert "had a call from (214) 555-0199: Spoke, will call back" in text(page)


@pytest.mark.parametrize(
    ("channel", "code", "words"),
    [
        ("email", "sent", "e-mailed mw@example.com: Sent"),
        ("letter", "sent", "sent a letter: Sent"),
        ("in_person", "nobody_there", "went to see the debtor: Nobody there"),
    ],
)
def test_other_channels_use_their_own_points(
    channel: str, code: str, words: str, sarahs_browser: Client, account: Account
) -> None:
    facts = told(code, channel=channel, phone=point("+12145550199"), email=point("mw@example.com"))
    assert words in text(send(sarahs_browser, account, facts, **HTMX))
    used = ContactAttempt.objects.get().contact_point
    assert (used.value if used else "") == ("mw@example.com" if channel == "email" else "")


def test_what_is_wrong_or_opted_out_is_marked_and_not_the_first_choice(
    sarahs_browser: Client, account: Account
) -> None:
    html = sarahs_browser.get(f"/accounts/{account.pk}/").content.decode()
    assert f'<option value="{point("+12145550199")}" selected>(214) 555-0199</option>' in html
    assert f'<option value="{point("+12145550143")}">(214) 555-0143 (invalid)</option>' in html


def test_outcomes_are_the_agencys_active_ones_in_their_order(sarahs_browser: Client, account: Account) -> None:
    Disposition.objects.filter(code="busy").update(is_active=False)
    Disposition.objects.filter(code="voicemail").update(position=0, label="Mailbox")
    Disposition.objects.filter(code="promise").update(position=5)
    words = text(sarahs_browser.get(f"/accounts/{account.pk}/"))
    assert words.index("Mailbox") < words.index("Spoke, will call back") < words.index("Promised to pay")
    assert "Busy" not in words


def test_clicking_twice_is_one_contact_also_when_it_moved_the_account(sarahs_browser: Client, account: Account) -> None:
    facts = told("spoke", phone=point("+12145550199"), body="Same words")
    assert [send(sarahs_browser, account, facts).status_code for _ in range(2)] == [303, 303]
    assert attempts() == 1
    send(sarahs_browser, account, facts | {"body": "Other words", "expected": "in_contact"})
    assert attempts() == 2


def test_whoever_comes_second_sees_the_fresh_account_and_keeps_his_words(
    sarahs_browser: Client, danas_browser: Client, account: Account
) -> None:
    send(danas_browser, account, told("spoke"))
    facts = told("voicemail", body="I called as well", next_action="Try mornings", channel="letter")
    for headers in ({}, HTMX):
        page = send(sarahs_browser, account, facts, **headers)
        html = page.content.decode()
        assert page.status_code == 409
        assert "Look, then log it." in text(page)
        assert "I called as well" in html
        assert 'value="Try mornings"' in html
        assert '<input type="hidden" name="expected" value="in_contact">' in html
        assert 'value="letter" checked' in html
    assert attempts() == 1


def test_a_closed_account_takes_notes_alone(sarahs_browser: Client, account: Account, dana: User, sarah: User) -> None:
    closed = bring_to(make_account(), "closed", admin=dana, to=sarah)
    page = sarahs_browser.get(f"/accounts/{closed.pk}/").content.decode()
    assert "Add note" in page
    assert "Log contact" not in page
    facts = told("spoke", expected="")
    assert send(sarahs_browser, closed, facts).status_code == 422
    assert attempts() == 0


def test_contacts_are_not_for_readers_other_desks_or_agencies(
    auditors_browser: Client, as_user: Any, james: User, strangers_browser: Client, account: Account
) -> None:
    facts = told("spoke")
    statuses = [send(browser, account, facts).status_code for browser in (auditors_browser, as_user(james),
                                                                          strangers_browser)]  # fmt: skip
    assert statuses == [403, 404, 404]
    assert attempts() == 0
    assert "Log contact" not in text(auditors_browser.get(f"/accounts/{account.pk}/"))


def test_an_outcome_of_another_agency_is_none(sarahs_browser: Client, account: Account, northwind: Agency) -> None:
    with tenancy.acting_for(northwind):
        foreign = str(Disposition.objects.get(code="spoke").pk)
    assert send(sarahs_browser, account, told("spoke") | {"outcome": foreign}).status_code == 422


def test_the_form_tells_what_an_outcome_entails(sarahs_browser: Client, account: Account) -> None:
    html = sarahs_browser.get(f"/accounts/{account.pk}/").content.decode()
    assert 'data-next="Call again" data-when="in 2 days"' in html
    assert 'data-when="on the day promised" data-promise>' in html


def test_the_card_says_whether_a_call_is_allowed(sarahs_browser: Client, account: Account) -> None:
    path = f"/accounts/{account.pk}/"
    assert "May call now" in text(sarahs_browser.get(path))
    with time_machine.travel(NIGHT):
        words = text(sarahs_browser.get(path))
    assert "Do not call now It is before 8 AM or after 9 PM where the debtor is. 12 CFR 1006.6(b)(1)(i)" in words
    assert "Opens tomorrow at 8:00 AM, our time." in words
    Hold.objects.create(account=account, kind="attorney")
    words = text(sarahs_browser.get(path))
    assert "The debtor is represented by an attorney. 15 USC 1692c(a)(2)" in words
    assert "Opens" not in words, "no hour opens what is held"


def test_a_debtor_of_unknown_place_is_not_called(sarahs_browser: Client, account: Account) -> None:
    account.debtor.time_zones = []
    account.debtor.save()
    assert "his local time, is unknown" in text(sarahs_browser.get(f"/accounts/{account.pk}/"))


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_are_one_contact(dana: User, sarah: User, harborline: Agency) -> None:
    with tenancy.acting_for(harborline):
        account = bring_to(make_account(), "assigned", admin=dana, to=sarah)
        facts = told("spoke", body="Same words")
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.force_login(sarah)
    answers = at_once(*(lambda b=b: send(b, account, facts).status_code for b in browsers))
    assert answers == [303, 303]
    with tenancy.acting_for(harborline):
        assert attempts() == 1
        assert Activity.objects.filter(account=account, kind="contact").count() == 1
