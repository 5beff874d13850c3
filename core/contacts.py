"""What happens when a contact is logged? One verb; everything it entails in one transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import DateTimeField, Q, UUIDField

from core import accounts, clock, contact_points, contact_rules, debtors, meanwhile, moves, promises, tenancy, timeline
from core.account_states import OPEN, Status
from core.contact_rules import Decision, Facts, Verdict
from core.models import Account, Activity, ContactAttempt, ContactPoint, Disposition, Hold
from core.models.contacts import Channel, Direction
from core.prepared import Prepared, Slot
from core.refusals import ChangedMeanwhile, FieldRefused

if TYPE_CHECKING:
    from core.models import User

LATEST_FOLLOW_UP = timedelta(days=365)
LONGEST_NEXT_ACTION = 200
# Which contact points a channel uses; the others use none.
USES = {Channel.CALL: "phone", Channel.EMAIL: "email"}
NOUNS = {Channel.CALL: "call", Channel.EMAIL: "e-mail", Channel.LETTER: "letter", Channel.IN_PERSON: "visit"}


class ContactRefused(FieldRefused):
    """Nothing was logged."""


@dataclass(frozen=True)
class Contact:
    """What the user says happened. Empty `next_action` and no `next_action_at`: as the outcome says."""

    disposition: Disposition
    channel: str = Channel.CALL
    direction: str = Direction.OUT
    contact_point_id: UUID | None = None
    note: str = ""
    next_action: str = ""
    next_action_at: datetime | None = None
    promise: "promises.Terms | None" = None
    # Why it was done although the rules said no.
    override: str = ""


_HOLDS = Prepared(
    lambda: Hold.objects.filter(
        Q(account=Slot("account", UUIDField())) | Q(debtor=Slot("debtor", UUIDField())), lifted_at=None
    )
)
_LATELY = Prepared(
    lambda: ContactAttempt.objects.filter(
        account=Slot("account", UUIDField()), actor=Slot("actor", UUIDField()), at__gte=Slot("since", DateTimeField())
    )
)


def verdict_on(account: Account, channel: str, direction: str, point: ContactPoint | None = None) -> Verdict:
    """What the rules say about contacting the account's debtor now."""
    holds = _HOLDS.all(account=account.pk, debtor=account.debtor_id)
    facts = Facts(
        tuple(account.debtor.time_zones),
        tuple(sorted({hold.kind for hold in holds})),
        point.status if point else "active",
    )
    return contact_rules.evaluate(facts, channel, direction, clock.now())


def log(
    account_id: UUID,
    contact: Contact,
    *,
    by: "User",
    expected: str = "",
    promised: str | None = None,
    once: timedelta = timedelta(0),
) -> ContactAttempt:
    """Record the contact and all that follows from it: the status, the number, the promise, what comes next.

    The rules are asked under the account's lock. Raises FieldRefused for wrong facts, and when the rules block and
    no reason is given; ChangedMeanwhile when the status is not `expected` any more, or when another promise is open
    than the one its writer saw (the id `promised`, empty for none): a contact takes the place of what was planned for
    a promise, and a new promise that of the old. Nothing is changed then. What the same person told within the time
    `once` in the same words (a double click, a repeated request) is the contact that is recorded already.
    """
    with tenancy.transaction():
        # The debtor before his account, as everybody locks them: the contact may tell something about him.
        debtor = debtors.locked_of(account_id)
        account = accounts.locked(account_id)
        account.debtor = debtor
        if once and (told := _told_already(account, contact, by, once)):
            return told
        _refuse_what_changed(account, expected, promised, by)
        point = _checked(account, contact)
        verdict = verdict_on(account, contact.channel, contact.direction, point)
        if verdict.decision is Decision.BLOCK and not contact.override.strip():
            raise ContactRefused("override", f"{verdict.sentence} If it happened all the same, say why.")
        attempt = _record(account, contact, point, verdict, by)
        _follow(account, contact, point, by)
    return attempt


def _told_already(account: Account, contact: Contact, by: "User", once: timedelta) -> ContactAttempt | None:
    lately = _LATELY.all(account=account.pk, actor=by.pk, since=clock.now() - once)
    attempts = {str(attempt.pk): attempt for attempt in lately if _is_like(attempt, contact)}
    if not attempts:
        return None
    events = Activity.objects.filter(account=account, body=_body(contact), data__attempt__in=list(attempts))
    told = events.values_list("data__attempt", flat=True).first()
    return attempts.get(told or "")


def _is_like(attempt: ContactAttempt, contact: Contact) -> bool:
    made = (attempt.channel, attempt.direction, attempt.disposition_id, attempt.contact_point_id)
    return made == (contact.channel, contact.direction, contact.disposition.pk, contact.contact_point_id)


def _body(contact: Contact) -> str:
    return contact.note.replace("\x00", "").strip()


def _refuse_what_changed(account: Account, expected: str, promised: str | None, by: "User") -> None:
    if expected and account.status != expected:
        raise moves.StatusChanged(f"{meanwhile.on_status(account, by)} Look, then log it.")
    if promised is not None and promised != promises.open_on(account):
        raise ChangedMeanwhile(f"{meanwhile.on_account(account.pk, meanwhile.PROMISED, by)} Look, then log it.")


def _checked(account: Account, contact: Contact) -> ContactPoint | None:
    if account.status not in OPEN:
        raise ContactRefused("", f"The account is {account.get_status_display().lower()}: nobody is contacted for it.")
    if contact.channel not in Channel.values:
        raise ContactRefused("channel", "Choose how the contact was made.")
    if contact.direction not in Direction.values:
        raise ContactRefused("direction", "Choose who began it.")
    _check_outcome(contact)
    if len(contact.note) > timeline.MAX_NOTE:
        raise ContactRefused("note", f"Shorten the note to {timeline.MAX_NOTE:,} characters.")
    _check_follow_up(contact.next_action, contact.next_action_at)
    if contact.disposition.asks_promise and contact.promise is None:
        raise ContactRefused("promise_amount", "Enter what was promised, and by when.")
    return _point(account, contact)


def _check_outcome(contact: Contact) -> None:
    outcome = contact.disposition
    if not outcome.fits(contact.channel, contact.direction):
        way = f"An {Direction(contact.direction).label.lower()} {NOUNS[Channel(contact.channel)]}"
        raise ContactRefused("outcome", f"{way} does not end with “{outcome}”. Choose an outcome that fits.")


def _check_follow_up(action: str, at: datetime | None) -> None:
    if len(action) > LONGEST_NEXT_ACTION:
        raise ContactRefused("next_action", f"Shorten the next action to {LONGEST_NEXT_ACTION} characters.")
    now = clock.now()
    if at is not None and not now - timedelta(days=1) < at <= now + LATEST_FOLLOW_UP:
        raise ContactRefused("next_action_at", "Enter a day between today and a year from now.")


def _point(account: Account, contact: Contact) -> ContactPoint | None:
    if contact.contact_point_id is None:
        return None
    kind = USES.get(Channel(contact.channel))
    point = ContactPoint.objects.filter(pk=contact.contact_point_id, debtor=account.debtor_id, kind=kind).first()
    if point is None:
        raise ContactRefused("contact_point", "Choose a number or address of this debtor.")
    return point


def _record(
    account: Account, contact: Contact, point: ContactPoint | None, verdict: Verdict, by: "User"
) -> ContactAttempt:
    outcome = contact.disposition
    attempt = ContactAttempt.objects.create(
        account=account,
        debtor_id=account.debtor_id,
        contact_point=point,
        channel=contact.channel,
        direction=contact.direction,
        disposition=outcome,
        right_party=outcome.right_party,
        conversation=outcome.conversation,
        counts=outcome.counts and contact.direction == Direction.OUT,
        at=clock.now(),
        actor=by,
        verdict={
            "decision": verdict.decision.value,
            "reasons": [{"text": reason.text, "citation": reason.citation} for reason in verdict.reasons],
            "override": contact.override.strip()[:500],
        },
    )
    timeline.record(
        account,
        Activity.Kind.CONTACT,
        by=by,
        body=_body(contact),
        data={
            "attempt": str(attempt.pk),
            "channel": contact.channel,
            "direction": contact.direction,
            "outcome": outcome.label,
            "point": point.value if point else "",
            "override": contact.override.strip()[:500],
        },
    )
    return attempt


def _follow(account: Account, contact: Contact, point: ContactPoint | None, by: "User") -> None:
    outcome = contact.disposition
    if point is not None and outcome.point_becomes:
        contact_points.learn(account.debtor_id, point.pk, outcome.point_becomes, by=by, reason=outcome.label)
    if outcome.right_party or outcome.conversation:
        account.last_contact_at = clock.now()
    account.broken_promise_at = None
    account.next_action = contact.next_action.strip() or outcome.next_action
    account.next_action_at = contact.next_action_at or _default_follow_up(contact)
    changed = ["last_contact_at", "broken_promise_at", "next_action", "next_action_at"]
    if outcome.conversation and account.status == Status.ASSIGNED:
        # Whoever reached the debtor, an admin too: the conversation is what moves it.
        moves.make(account, "start_contact", by=None, saved_too=changed)
    else:
        account.save(update_fields=[*changed, "updated_at"])
    if contact.promise is not None:
        promises.make(account, contact.promise, by=by)


def _default_follow_up(contact: Contact) -> datetime:
    if contact.promise is not None:
        return promises.follow_up_at(contact.promise.due_date)
    return clock.now() + timedelta(days=contact.disposition.next_after_days)


def schedule(account_id: UUID, action: str, at: datetime, *, by: "User", expected: str = "") -> Account:
    """Set what comes next and when, without a contact.

    `expected` is the version of the plan that the user saw. Raises ContactRefused, and ChangedMeanwhile when it is
    another one by now.
    """
    text = action.replace("\x00", "").strip()
    if not text:
        raise ContactRefused("next_action", "Say what comes next.")
    _check_follow_up(text, at)
    with tenancy.transaction():
        account = accounts.locked(account_id)
        if account.status not in OPEN:
            raise ContactRefused("", f"The account is {account.get_status_display().lower()}: nothing comes next.")
        if expected and meanwhile.plan_version(account) != expected:
            raise ChangedMeanwhile(f"{meanwhile.on_account(account.pk, meanwhile.PLANNED, by)} Look, then save yours.")
        account.next_action, account.next_action_at = text, at
        account.save(update_fields=["next_action", "next_action_at", "updated_at"])
        timeline.record(
            account,
            Activity.Kind.SYSTEM,
            by=by,
            data={"next_action": text, "at": at.isoformat()},
            body=f"Next: {text}",
        )
    return account
