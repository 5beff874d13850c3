"""The agency's own table of outcomes: admins change what an outcome means and in which order they stand."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import contacts
from core.contacts import Contact
from core.models import Agency, AuditLog, ContactAttempt, Disposition, User
from core.outcome_table import Meaning
from tests.cast import bring_to, make_account
from tests.worklist.pages import HTMX, statements, text

LIST = "/team/outcomes/"
TEXTED = {
    "label": "Talked by video",
    "channels": ["in_person"],
    "directions": ["out", "in"],
    "right_party": "on",
    "conversation": "on",
    "counts": "on",
    "point_becomes": "",
    "next_action": "Send the summary",
    "next_after_days": "4",
}


@pytest.fixture(autouse=True)
def _tuesday_morning(inside: Agency) -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("America/Chicago")), tick=True):
        yield


def outcome(code: str) -> Disposition:
    return Disposition.objects.get(code=code)


def typed(one: Disposition, **facts: Any) -> dict[str, Any]:
    """The form of this outcome as its page gives it, with some fields typed anew; None leaves a box unticked."""
    told = Meaning.of(one)
    form = {name: value for name, value in told.__dict__.items() if value is not False} | {"version": told.version}
    return {name: value for name, value in (form | facts).items() if value is not None}


def save(browser: Client, one: Disposition, **facts: Any) -> Any:
    return browser.post(f"{LIST}{one.pk}/meaning/", typed(one, **facts))


def in_order() -> list[str]:
    return list(Disposition.objects.filter(is_active=True).values_list("code", flat=True))


def test_the_list_tells_what_every_outcome_means(danas_browser: Client) -> None:
    words = text(danas_browser.get(LIST))
    assert "Left a voicemail Call; outgoing only Attempt Call again in 2 days" in words
    assert "Bounced E-mail; outgoing only Number or address is wrong" in words
    assert "Promised to pay Call, e-mail, letter, in person Conversation, attempt, asks for a promise" in words
    assert words.index("Promised to pay") < words.index("Left a voicemail") < words.index("Returned to sender")


def test_the_list_asks_the_same_however_long_it_is(danas_browser: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            danas_browser.get(LIST)
        return len(statements(queries))

    asked()  # the frame's own counts are kept for a while
    before = asked()
    for one in Disposition.objects.all():
        save(danas_browser, one, next_after_days="9")
    assert asked() == before <= 5


def test_an_outcome_is_added_last_and_offered_at_once(danas_browser: Client, sarah: User, dana: User) -> None:
    page = danas_browser.post(f"{LIST}new/", TEXTED)
    added = Disposition.objects.get(label="Talked by video")
    assert (page.status_code, page.headers["Location"]) == (303, f"{LIST}#o-{added.pk}")
    assert (added.code, added.channels, added.directions) == ("talked_by_video", ["in_person"], ["out", "in"])
    assert in_order()[-1] == "talked_by_video"
    account = bring_to(make_account(), "assigned", admin=dana, to=sarah)
    contacts.log(account.pk, Contact(added, "in_person"), by=sarah)
    account.refresh_from_db()
    assert (account.status, account.next_action) == ("in_contact", "Send the summary")


def test_a_change_is_for_contacts_from_now_on(danas_browser: Client, sarah: User, dana: User) -> None:
    account = bring_to(make_account(), "assigned", admin=dana, to=sarah)
    attempt = contacts.log(account.pk, Contact(outcome("no_answer")), by=sarah)
    page = save(danas_browser, outcome("no_answer"), label="Rang out", counts=None, next_after_days="3")
    assert page.status_code == 303
    assert ContactAttempt.objects.get(pk=attempt.pk).counts is True
    assert contacts.log(account.pk, Contact(outcome("no_answer")), by=sarah).counts is False
    assert outcome("no_answer").label == "Rang out"


@pytest.mark.parametrize(
    ("facts", "field", "sentence"),
    [
        ({"label": ""}, "label", "Enter a name."),
        ({"label": "x" * 81}, "label", "Shorten it to 80 characters."),
        ({"label": "a\x00b"}, "label", "Null characters are not allowed."),
        ({"label": "busy"}, "label", "There is an outcome “Busy” already. Choose another name."),
        ({"channels": None}, "channels", "Choose at least one way."),
        ({"channels": ["pigeon"]}, "channels", "Choose at least one way."),
        ({"directions": None}, "directions", "Choose at least one direction."),
        ({"conversation": "on"}, "conversation", "A conversation about the debt is with the right party"),
        ({"asks_promise": "on"}, "asks_promise", "A promise comes of a conversation"),
        ({"right_party": "on", "point_becomes": "invalid"}, "point_becomes", "the number or address is not wrong"),
        ({"channels": ["in_person"], "point_becomes": "invalid"}, "point_becomes", "A visit has no number"),
        ({"directions": ["in"]}, "counts", "What the debtor begins is no attempt of ours (12 CFR 1006.2(b))"),
        ({"point_becomes": "gold"}, "point_becomes", "Choose one of the list."),
        ({"next_action": ""}, "next_action", "Say what comes next."),
        ({"next_after_days": "soon"}, "next_after_days", "Enter a whole number of days, 0 to 365."),
        ({"next_after_days": "366"}, "next_after_days", "Enter a whole number of days, 0 to 365."),
        ({"next_after_days": "-1"}, "next_after_days", "Enter a whole number of days, 0 to 365."),
    ],
)
def test_what_does_not_go_together_is_told_at_its_field(
    facts: dict[str, Any], field: str, sentence: str, danas_browser: Client
) -> None:
    one = outcome("no_answer")
    page = save(danas_browser, one, **{"next_action": "Keep these words"} | facts)
    html = page.content.decode()
    assert page.status_code == 422
    assert sentence in text(page)
    assert f'id="id_{field}_error"' in html
    assert "Keep these words" in html or "next_action" in facts
    assert Meaning.of(outcome("no_answer")) == Meaning.of(one)


def test_whoever_saves_second_is_told_and_sees_what_is_saved(danas_browser: Client) -> None:
    seen = outcome("busy")
    assert save(danas_browser, seen, label="Line busy").status_code == 303
    page = save(danas_browser, seen, next_after_days="2")
    words, html = text(page), page.content.decode()
    assert page.status_code == 409
    assert "Somebody else changed this outcome a moment ago. Nothing of yours is saved yet." in words
    assert "Name: saved as “Line busy”" in words
    assert "After how many days: saved as “1”" in words
    assert 'name="next_after_days" value="2"' in html
    assert outcome("busy").next_after_days == 1
    assert save(danas_browser, outcome("busy"), label="Busy", next_after_days="2").status_code == 303


def test_it_is_told_who_changed_what(danas_browser: Client, dana: User) -> None:
    save(danas_browser, outcome("sent"), next_after_days="10", channels=["letter"])
    words = text(danas_browser.get(f"{LIST}{outcome('sent').pk}/"))
    assert "After how many days: 5 → 10" in words
    assert "Offered for: E-mail, Letter → Letter" in words
    assert dana.get_full_name() in text(danas_browser.get(LIST))
    entry = AuditLog.objects.filter(object_pk=str(outcome("sent").pk)).latest("timestamp")
    assert entry.actor == dana


def test_an_outcome_is_switched_off_and_on_and_never_deleted(danas_browser: Client) -> None:
    one = outcome("busy")
    page = danas_browser.post(f"{LIST}{one.pk}/deactivation/")
    assert (page.status_code, page.headers["Location"]) == (303, f"{LIST}#o-{one.pk}")
    assert "busy" not in in_order()
    words = text(danas_browser.get(LIST))
    assert words.index("Switched off") < words.index("Busy")
    page = danas_browser.post(f"{LIST}{one.pk}/activation/", headers=HTMX)
    assert page.content.decode().lstrip().startswith('<div class="stack" id="outcomes">')
    assert "busy" in in_order()


def test_of_two_with_one_name_only_one_is_on(danas_browser: Client) -> None:
    one = outcome("busy")
    danas_browser.post(f"{LIST}{one.pk}/deactivation/")
    assert save(danas_browser, outcome("no_answer"), label="BUSY").status_code == 303
    page = danas_browser.post(f"{LIST}{one.pk}/activation/")
    assert page.status_code == 422
    assert "There is an outcome “BUSY” already." in text(page)
    assert not outcome("busy").is_active


def test_what_cannot_be_logged_any_more_is_told(danas_browser: Client) -> None:
    assert "cannot be logged" not in text(danas_browser.get(LIST))
    Disposition.objects.filter(code__in=["sent", "returned"]).update(is_active=False)
    Disposition.objects.filter(channels__contains=["letter"]).update(channels=["call"])
    words = text(danas_browser.get(LIST))
    assert "No outcome is offered for outgoing letters, incoming letters: they cannot be logged." in words
    Disposition.objects.update(is_active=False)
    assert "No contact can be logged, only notes." in text(danas_browser.get(LIST))


def test_an_outcome_moves_one_place_among_those_offered(danas_browser: Client) -> None:
    before = in_order()
    third = outcome(before[2])
    danas_browser.post(f"{LIST}{outcome(before[1]).pk}/deactivation/")
    page = danas_browser.post(f"{LIST}{third.pk}/place/", {"to": "up"})
    assert (page.status_code, page.headers["Location"]) == (303, f"{LIST}#o-{third.pk}")
    assert in_order() == [before[2], before[0], *before[3:]]
    danas_browser.post(f"{LIST}{third.pk}/place/", {"to": "up"})
    danas_browser.post(f"{LIST}{third.pk}/place/", {"to": "down"}, headers=HTMX)
    assert in_order() == [before[0], before[2], *before[3:]]


def test_the_table_is_changed_by_admins_alone(
    sarahs_browser: Client, auditors_browser: Client, strangers_browser: Client
) -> None:
    one = outcome("busy")
    posts = [(f"{LIST}new/", TEXTED), (f"{LIST}{one.pk}/meaning/", typed(one, label="Mine")),
             (f"{LIST}{one.pk}/deactivation/", {}), (f"{LIST}{one.pk}/place/", {"to": "up"})]  # fmt: skip
    before = list(Disposition.objects.values())
    for path, facts in posts:
        assert sarahs_browser.post(path, facts).status_code == 404
        assert auditors_browser.post(path, facts).status_code == 403
        if "new" not in path:
            assert strangers_browser.post(path, facts).status_code == 404
    assert list(Disposition.objects.values()) == before
    words = text(auditors_browser.get(f"{LIST}{one.pk}/"))
    assert "Offered for Call Who begins it Outgoing" in words
    assert "Save the outcome" not in words
    assert sarahs_browser.get(LIST).status_code == 404


def test_a_table_has_an_end(danas_browser: Client) -> None:
    Disposition.objects.bulk_create(
        Disposition(code=f"c{number}", label=f"Outcome {number}", next_action="Go on") for number in range(100)
    )
    page = danas_browser.post(f"{LIST}new/", TEXTED)
    assert page.status_code == 422
    assert "There are 100 outcomes already." in text(page)
