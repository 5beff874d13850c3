"""A contact that is logged moves all that depends on it, in one step or not at all."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from core import balances, contacts, moves, promises
from core.contacts import Contact
from core.models import Account, Activity, Agency, ContactAttempt, ContactPoint, Disposition, Hold, Promise, User
from core.promises import Terms
from core.refusals import FieldRefused
from tests.cast import bring_to, make_account

CHICAGO = ZoneInfo("America/Chicago")
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=CHICAGO)


@pytest.fixture(autouse=True)
def _tuesday_morning() -> Any:
    with time_machine.travel(TUESDAY, tick=True):
        yield


@pytest.fixture
def account(inside: Agency, dana: User, sarah: User) -> Account:
    return bring_to(make_account(original_amount=Decimal(1000)), "assigned", admin=dana, to=sarah)


@pytest.fixture
def phone(account: Account) -> ContactPoint:
    return ContactPoint.objects.create(debtor=account.debtor, kind="phone", value="+15125550143")


def outcome(code: str) -> Disposition:
    return Disposition.objects.get(code=code)


def log(account: Account, code: str, by: User, **facts: Any) -> ContactAttempt:
    attempt = contacts.log(account.pk, Contact(outcome(code), **facts), by=by)
    account.refresh_from_db()
    return attempt


def test_the_first_conversation_brings_the_account_in_contact(account: Account, sarah: User) -> None:
    log(account, "voicemail", sarah)
    assert (account.status, account.last_contact_at) == ("assigned", None)
    log(account, "spoke", sarah, note="Will call on Friday")
    assert account.status == "in_contact"
    assert account.last_contact_at is not None
    assert account.next_action == "Call back"
    assert account.next_action_at is not None
    assert account.next_action_at.astimezone(CHICAGO).date() == date(2026, 11, 26)
    entry = Activity.objects.filter(kind="contact").latest("created_at")
    assert (entry.body, entry.data["outcome"], entry.actor) == ("Will call on Friday", "Spoke, will call back", sarah)


def test_a_wrong_number_is_marked(account: Account, phone: ContactPoint, sarah: User) -> None:
    log(account, "wrong_number", sarah, contact_point_id=phone.pk)
    phone.refresh_from_db()
    assert phone.status == "invalid"
    assert account.next_action == "Find another number"
    with pytest.raises(FieldRefused, match="known to be wrong"):
        log(account, "voicemail", sarah, contact_point_id=phone.pk)


def test_an_attempt_that_rang_nowhere_does_not_count(account: Account, phone: ContactPoint, sarah: User) -> None:
    """12 CFR 1006.14(b)(3)(ii)."""
    assert not log(account, "not_in_service", sarah, contact_point_id=phone.pk).counts
    assert log(account, "no_answer", sarah).counts
    assert not log(account, "spoke", sarah, direction="in").counts


def test_what_comes_next_is_the_collectors_to_say(account: Account, sarah: User) -> None:
    at = timezone.now() + timedelta(days=9)
    log(account, "spoke", sarah, next_action="Send the itemized bill", next_action_at=at)
    assert (account.next_action, account.next_action_at) == ("Send the itemized bill", at)


@pytest.mark.parametrize("hold", ["cease", "attorney", "bankruptcy"])
def test_what_the_rules_block_needs_a_reason(hold: str, account: Account, sarah: User) -> None:
    Hold.objects.create(debtor=account.debtor, kind=hold)
    with pytest.raises(FieldRefused, match="say why") as refused:
        log(account, "spoke", sarah)
    assert refused.value.field == "override"
    assert not ContactAttempt.objects.exists()
    attempt = log(account, "spoke", sarah, override="The debtor's attorney agreed in writing")
    assert attempt.verdict["decision"] == "block"
    assert attempt.verdict["override"] == "The debtor's attorney agreed in writing"


def test_at_night_nobody_is_called_without_a_reason(account: Account, sarah: User) -> None:
    with time_machine.travel(TUESDAY.replace(hour=22)), pytest.raises(FieldRefused, match="after 9 PM"):
        log(account, "spoke", sarah)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"channel": "pigeon"}, "channel"),
        ({"direction": "up"}, "direction"),
        ({"note": "x" * 10_001}, "note"),
        ({"next_action": "x" * 201}, "next_action"),
        ({"next_action_at": TUESDAY - timedelta(days=3)}, "next_action_at"),
        ({"next_action_at": TUESDAY + timedelta(days=400)}, "next_action_at"),
    ],
)
def test_wrong_facts_are_refused_and_nothing_changes(
    facts: dict[str, Any], field: str, account: Account, sarah: User
) -> None:
    with pytest.raises(FieldRefused) as refused:
        log(account, "spoke", sarah, **facts)
    assert refused.value.field == field
    account.refresh_from_db()
    assert (account.status, account.next_action, ContactAttempt.objects.count()) == ("assigned", "", 0)


def test_a_number_of_somebody_else_is_refused(account: Account, sarah: User) -> None:
    other = ContactPoint.objects.create(debtor=make_account().debtor, kind="phone", value="+15125550199")
    with pytest.raises(FieldRefused) as refused:
        log(account, "spoke", sarah, contact_point_id=other.pk)
    assert refused.value.field == "contact_point"


def test_a_status_that_changed_meanwhile_is_told(account: Account, dana: User, sarah: User) -> None:
    moves.move(account.pk, "start_contact", by=sarah)
    with pytest.raises(moves.StatusChanged):
        contacts.log(account.pk, Contact(outcome("spoke")), by=sarah, expected="assigned")


def test_a_closed_account_is_not_contacted(account: Account, dana: User, sarah: User) -> None:
    moves.move(account.pk, "withdraw", by=dana, reason="uncollectible")
    with pytest.raises(FieldRefused, match="nobody is contacted"):
        log(account, "spoke", sarah)


# --- promises --------------------------------------------------------------------------------------------------------

FRIDAY = date(2026, 11, 27)


def promised(account: Account, sarah: User, amount: str = "250.00", method: str = "card") -> Promise:
    log(account, "promise", sarah, promise=Terms(Decimal(amount), FRIDAY, method))
    return Promise.objects.get(account=account, status="open")


def test_a_promise_comes_up_on_its_day(account: Account, sarah: User) -> None:
    promised(account, sarah)
    assert account.next_action_at == datetime(2026, 11, 27, 9, tzinfo=CHICAGO)
    assert account.next_action == "Check the promise"
    assert Activity.objects.filter(kind="promise", data__what="made").count() == 1


def test_a_first_talk_that_ends_with_a_promise_is_told_in_its_order(account: Account, sarah: User) -> None:
    assert account.status == "assigned"
    promised(account, sarah)
    account.refresh_from_db()
    kinds = Activity.objects.filter(account=account).order_by("created_at", "id").values_list("kind", flat=True)
    assert (account.status, list(kinds)[-3:]) == ("in_contact", ["contact", "status", "promise"])
    assert account.next_action_at == promises.follow_up_at(Promise.objects.get().due_date)


def test_a_new_promise_takes_the_place_of_the_old(account: Account, sarah: User) -> None:
    first = promised(account, sarah)
    promised(account, sarah, "300.00")
    first.refresh_from_db()
    assert first.status == "withdrawn"


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (Terms(Decimal("1000.01"), FRIDAY, "card"), "promise_amount"),
        (Terms(Decimal(0), FRIDAY, "card"), "promise_amount"),
        (Terms(Decimal("0.001"), FRIDAY, "card"), "promise_amount"),
        (Terms(Decimal(10), date(2026, 11, 23), "card"), "promise_due"),
        (Terms(Decimal(10), date(2027, 2, 23), "card"), "promise_due"),
        (Terms(Decimal(10), FRIDAY, "gold"), "promise_method"),
        (None, "promise_amount"),
    ],
)
def test_wrong_terms_are_refused_with_the_whole_contact(
    terms: Terms | None, field: str, account: Account, sarah: User
) -> None:
    with pytest.raises(FieldRefused) as refused:
        log(account, "promise", sarah, promise=terms)
    assert refused.value.field == field
    assert not ContactAttempt.objects.exists()


@pytest.mark.parametrize(
    ("paid", "days", "status"),
    [
        ("250.00", 3, "kept"),  # early, judged on its day
        ("400.00", 3, "kept"),
        ("0", 4, "open"),  # a card has one day of grace
        ("0", 5, "broken"),
        ("100.00", 4, "open"),
        ("100.00", 5, "partial"),
    ],
)
def test_it_is_kept_partly_kept_or_broken_after_its_grace(
    paid: str, days: int, status: str, account: Account, sarah: User
) -> None:
    promise = promised(account, sarah)
    if Decimal(paid):
        balances.post_entry(account.pk, "payment", -Decimal(paid), by=sarah)
    with time_machine.travel(TUESDAY + timedelta(days=days)):
        promises.judge_due()
        promises.judge_due()
        promise.refresh_from_db()
        account.refresh_from_db()
        assert promise.status == status
        if status in ("broken", "partial"):
            assert account.next_action.startswith("Broken promise of $")
            assert account.next_action_at is not None
            assert account.next_action_at <= timezone.now()
    told = Activity.objects.filter(kind="promise", data__what=status).count()
    assert told == (0 if status == "open" else 1)


def test_a_check_in_the_mail_has_five_days(account: Account, sarah: User) -> None:
    promise = promised(account, sarah, method="check")
    for day, status in ((8, "open"), (9, "broken")):
        with time_machine.travel(TUESDAY + timedelta(days=day)):
            promises.judge_due()
        promise.refresh_from_db()
        assert promise.status == status


def test_money_that_was_taken_back_keeps_no_promise(account: Account, sarah: User) -> None:
    promise = promised(account, sarah)
    balances.post_entry(account.pk, "payment", Decimal(-250), by=sarah)
    balances.post_entry(account.pk, "refund", Decimal(250), by=sarah)
    with time_machine.travel(TUESDAY + timedelta(days=5)):
        promises.judge_due()
    promise.refresh_from_db()
    assert promise.status == "broken"
