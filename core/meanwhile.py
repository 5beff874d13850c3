"""Who was faster, with what, and when? The one sentence for whoever comes second.

A form carries what its user saw (`expected`, or the moment `seen`). Whoever changes something locks it, compares, and
raises ChangedMeanwhile when it is another by now; the page answers 409 with the fresh region and what was typed. Acts
that add something and take nothing away (a note, looking into a feed now) need no such comparison.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import blake2s
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import models

from core import clock
from core.account_states import Status
from core.models import Account, Activity, AuditLog
from core.words import count

if TYPE_CHECKING:
    from core.models import User

Kind = Activity.Kind
STATUSES: dict[str, str] = dict(Status.choices)
# Events of one transaction lie no further apart.
ONE_ACT = timedelta(seconds=5)
NOBODY_KNOWN = "Somebody else changed this a moment ago."


def version_of(*facts: Any) -> str:
    """A short mark of what a user saw, to be carried through a form."""
    return blake2s("\x1f".join(map(str, facts)).encode(), digest_size=8).hexdigest()


def plan_version(account: Account) -> str:
    """The mark of what comes next on an account, and when."""
    return version_of(account.next_action, account.next_action_at and account.next_action_at.timestamp())


MOVED = models.Q(kind=Kind.STATUS) | models.Q(kind=Kind.ASSIGNMENT, data__has_key="move")
ASSIGNED = models.Q(kind=Kind.ASSIGNMENT)
PROMISED = models.Q(kind=Kind.PROMISE)
PRIORITISED = models.Q(kind=Kind.SYSTEM, data__has_key="priority")
# What comes next is set by itself, or with a contact or a promise.
PLANNED = models.Q(kind__in=[Kind.CONTACT, Kind.PROMISE]) | models.Q(kind=Kind.SYSTEM, data__has_key="next_action")


def on_account(account_id: UUID, events: models.Q, by: "User | None") -> str:
    """`Maria Lopez changed the status to Negotiating a minute ago.`, of the last such event of the account."""
    event = _last(account_id, events)
    return _sentence(event.actor, _did(event), event.created_at, by) if event else NOBODY_KNOWN


def on_status(account: Account, by: "User | None") -> str:
    """The same of the status; where a contact moved it, of whoever logged that contact."""
    moved = _last(account.pk, MOVED)
    if moved is None:
        return f"Somebody else changed the status to {account.get_status_display()} a moment ago."
    at = moved.created_at
    caused = models.Q(kind=Kind.CONTACT, created_at__range=(at - ONE_ACT, at + ONE_ACT))
    contact = None if moved.actor else _last(account.pk, caused)
    who, did = (contact.actor, f"logged a contact and {_did(moved)}") if contact else (moved.actor, _did(moved))
    return _sentence(who, did, at, by)


def on_any(account_ids: Iterable[UUID], events: models.Q, since: datetime, by: "User") -> str:
    """The same of many accounts: what others did to them since that moment; empty when nobody did anything."""
    others = (
        Activity.objects.filter(events, account__in=list(account_ids), created_at__gt=since)
        .exclude(actor=by)
        .select_related("actor")
        .order_by("-created_at", "-id")
    )
    changed = {event.account_id: event for event in others}
    if not changed:
        return ""
    last = max(changed.values(), key=lambda event: event.created_at)
    was = "was" if len(changed) == 1 else "were"
    who = str(last.actor) if last.actor else "DebtFlow"
    return f"{len(changed):,} of the chosen accounts {was} changed by {who} {how_long_ago(last.created_at)}."


def on_record(record: models.Model, by: "User | None", did: str = "saved this") -> str:
    """`Dana Whitlock saved this a minute ago.`, of the last change of a record in the audit log."""
    last = (
        AuditLog.objects.filter(
            content_type=ContentType.objects.get_for_model(record), object_pk=str(record.pk),
            action__in=[AuditLog.Action.CREATE, AuditLog.Action.UPDATE],
        )
        .select_related("actor").order_by("-timestamp", "-id").first()
    )  # fmt: skip
    return _sentence(last.actor, did, last.timestamp, by) if last else NOBODY_KNOWN


def how_long_ago(at: datetime) -> str:
    """`a moment ago`, `a minute ago`, `5 minutes ago`, `2 hours ago`, `3 days ago`."""
    passed = clock.now() - at
    if passed < timedelta(minutes=1):
        return "a moment ago"
    for length, one in ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute")):
        if (number := passed // length) >= 1:
            return f"{'an' if one == 'hour' else 'a'} {one} ago" if number == 1 else f"{count(number, one)} ago"
    return ""


def _last(account_id: UUID, events: models.Q) -> Activity | None:
    found = Activity.objects.filter(events, account=account_id).select_related("actor")
    return found.order_by("-created_at", "-id").first()


def _sentence(actor: "User | None", did: str, at: datetime, by: "User | None") -> str:
    """In the second person for whoever has two windows open."""
    if actor is not None and by is not None and actor.pk == by.pk:
        return f"You {did} {how_long_ago(at)}, in another window."
    return f"{actor or 'DebtFlow'} {did} {how_long_ago(at)}."


def _did(event: Activity) -> str:
    data = event.data
    match event.kind:
        case Kind.STATUS:
            return f"changed the status to {STATUSES.get(str(data.get('to')), 'another')}"
        case Kind.ASSIGNMENT if data.get("to"):
            return f"assigned the account to {data['to']}"
        case Kind.ASSIGNMENT:
            return f"took the account back from {data.get('from') or 'its collector'}"
        case Kind.CONTACT:
            return "logged a contact"
        case Kind.PROMISE:
            return {"made": "recorded a promise", "withdrawn": "withdrew the promise"}.get(
                str(data.get("what")), "judged the promise"
            )
        case Kind.SYSTEM if "next_action" in data:
            return f"planned “{data['next_action']}”"
    return "changed the account"
