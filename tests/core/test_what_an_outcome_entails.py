"""Every way to reach somebody × every outcome it can have: what counts, who was reached, what is marked, what is next.

The rules: whatever we do to reach somebody is an attempt, a voicemail too (12 CFR 1006.2(b)); what the debtor begins is
none, yet a conversation is one (comment 14(b)(2)(i)-1.ii); a call that did not connect does not count (12 CFR
1006.14(b)(3)(ii), comment -1), nor one to a number that is not the debtor's (comment 14(b)(2)(i)-3); who is asked not
to use a number or an address does not use it (12 CFR 1006.14(h)(1)).
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from core import contacts
from core.contacts import Contact
from core.models import Account, Agency, ContactAttempt, ContactPoint, Disposition, User
from core.models.contacts import Channel, Direction
from core.promises import Terms
from core.refusals import FieldRefused
from tests.cast import bring_to, make_account

CHICAGO = ZoneInfo("America/Chicago")
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=CHICAGO)

# What a conversation with the debtor ends with: right party, and the account is in contact.
TALKS = {
    "promise": ("Check the promise", 3),
    "refused": ("Review with a manager", 7),
    "hardship": ("Offer a plan", 14),
    "disputes": ("Handle the dispute", 1),
}
SPOKE = {"spoke": ("Call back", 2)}
# Nobody of right was reached: counts, what the number or address becomes, what is next, after how many days.
OTHERS = {
    ("call", "out"): {
        "voicemail": (True, "active", "Call again", 2),
        "no_answer": (True, "active", "Call again", 1),
        "busy": (False, "active", "Call again", 1),
        "third_party": (True, "active", "Call again", 2),
        "wrong_number": (False, "invalid", "Find another number", 1),
        "not_in_service": (False, "invalid", "Find another number", 1),
    },
    ("call", "in"): {
        "third_party": (False, "active", "Call again", 2),
        "wrong_number": (False, "invalid", "Find another number", 1),
    },
    ("email", "out"): {
        "sent": (True, "active", "Look for an answer", 5),
        "bounced": (False, "invalid", "Find another address", 1),
    },
    ("letter", "out"): {
        "sent": (True, "active", "Look for an answer", 5),
        "returned": (False, "active", "Find another address", 1),
    },
    ("in_person", "out"): {
        "nobody_there": (True, "active", "Call instead", 2),
        "third_party": (True, "active", "Call again", 2),
    },
    ("in_person", "in"): {"third_party": (False, "active", "Call again", 2)},
}  # fmt: skip
WAYS = [(channel.value, direction.value) for channel in Channel for direction in Direction]


def rows() -> list[tuple[Any, ...]]:
    """(channel, direction, outcome, counts, right party, conversation, point, next action, days) of all there is."""
    found: list[tuple[Any, ...]] = []
    for channel, direction in WAYS:
        ours = direction == "out"
        talks = TALKS | (SPOKE if channel in ("call", "in_person") else {})
        found += [(channel, direction, code, ours, True, True, "active", *then) for code, then in talks.items()]
        for code, (counts, point, action, days) in OTHERS.get((channel, direction), {}).items():
            found.append((channel, direction, code, counts, False, False, point, action, days))
        if channel in ("call", "email"):
            found.append((channel, direction, "opted_out", ours, True, False, "opted_out", "Use another way", 1))
        if channel in ("email", "letter") and not ours:
            found.append((channel, direction, "replied", False, True, True, "active", "Read and answer", 1))
    return found


@pytest.fixture(autouse=True)
def _tuesday_morning() -> Any:
    with time_machine.travel(TUESDAY, tick=True):
        yield


@pytest.fixture
def account(inside: Agency, dana: User, sarah: User) -> Account:
    return bring_to(make_account(original_amount=Decimal(1000)), "assigned", admin=dana, to=sarah)


def test_the_table_is_whole(inside: Agency) -> None:
    offered = {
        (channel, direction, outcome.code)
        for outcome in Disposition.objects.all()
        for channel, direction in WAYS
        if outcome.fits(channel, direction)
    }
    assert offered == {row[:3] for row in rows()}


@pytest.mark.parametrize(
    ("channel", "direction", "code", "counts", "right_party", "conversation", "status", "action", "days"), rows()
)
def test_an_outcome_entails(
    channel: str, direction: str, code: str, counts: bool, right_party: bool, conversation: bool, status: str,
    action: str, days: int, account: Account, sarah: User,
) -> None:  # fmt: skip
    kind, value = ("email", "mw@example.com") if channel == "email" else ("phone", "+15125550143")
    point = ContactPoint.objects.create(debtor=account.debtor, kind=kind, value=value)
    facts: dict[str, Any] = {"contact_point_id": point.pk if channel in ("call", "email") else None}
    if code == "promise":
        facts["promise"] = Terms(Decimal(100), (TUESDAY + timedelta(days=days)).date(), "card")
    attempt = contacts.log(account.pk, Contact(outcome(code), channel, direction, **facts), by=sarah)
    account.refresh_from_db()
    point.refresh_from_db()
    assert (attempt.counts, attempt.right_party, attempt.conversation) == (counts, right_party, conversation)
    assert (point.status, account.status) == (status, "in_contact" if conversation else "assigned")
    assert (account.last_contact_at is not None) == right_party
    assert account.next_action == action
    assert account.next_action_at is not None
    assert account.next_action_at.astimezone(CHICAGO).date() == date(2026, 11, 24) + timedelta(days=days)


@pytest.mark.parametrize(
    ("channel", "direction", "code", "sentence"),
    [
        ("call", "in", "voicemail", "An incoming call does not end with “Left a voicemail”."),
        ("call", "in", "no_answer", "An incoming call does not end with “No answer”."),
        ("call", "out", "bounced", "An outgoing call does not end with “Bounced”."),
        ("email", "out", "replied", "An outgoing e-mail does not end with “Answered”."),
        ("email", "out", "wrong_number", "An outgoing e-mail does not end with “Wrong number”."),
        ("letter", "in", "returned", "An incoming letter does not end with “Returned to sender”."),
        ("in_person", "out", "voicemail", "An outgoing visit does not end with “Left a voicemail”."),
    ],
)
def test_an_outcome_of_another_way_is_refused(
    channel: str, direction: str, code: str, sentence: str, account: Account, sarah: User
) -> None:
    with pytest.raises(FieldRefused, match=sentence) as refused:
        contacts.log(account.pk, Contact(outcome(code), channel, direction), by=sarah)
    assert refused.value.field == "outcome"
    assert not ContactAttempt.objects.exists()


def outcome(code: str) -> Disposition:
    return Disposition.objects.get(code=code)
