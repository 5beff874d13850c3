"""What stands in the agency's table of outcomes, and who changed it last? For the pages of the team."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

from core.models import AuditLog, Disposition
from core.models.contacts import Channel, Direction
from core.outcome_table import Meaning
from worklist.accounts.outcome_choice import when
from worklist.team.outcome_form import BECOMES, OutcomeForm

CHANGES_SHOWN = 10
CHANNELS, DIRECTIONS = dict(Channel.choices), dict(Direction.choices)
PLURALS = {"call": "calls", "email": "e-mails", "letter": "letters", "in_person": "visits"}
# What is told of a change that no field of the form has.
OTHER_FACTS = {"is_active": "Offered", "position": "Place"}


@dataclass(frozen=True)
class Change:
    """One entry of the audit log: when, by whom (empty: nobody signed in), and what, fact by fact."""

    at: datetime
    who: str
    what: list[str]


@dataclass(frozen=True)
class Line:
    """One outcome in the list."""

    outcome: Disposition
    last: Change | None
    is_first: bool = False
    is_last: bool = False

    @property
    def ways(self) -> str:
        """`call, in person; outgoing only`: both directions go without saying."""
        channels = ", ".join(CHANNELS[way].lower() for way in Channel.values if way in self.outcome.channels)
        one = self.outcome.directions[0] if len(set(self.outcome.directions)) == 1 else ""
        return f"{channels}; {DIRECTIONS[one].lower()} only" if one else channels

    @property
    def meaning(self) -> str:
        """What it entails, in a few words each."""
        outcome = self.outcome
        said = [
            (outcome.conversation, "conversation"),
            (outcome.right_party and not outcome.conversation, "right party"),
            (outcome.counts, "attempt"),
            (outcome.asks_promise, "asks for a promise"),
            (outcome.point_becomes == "invalid", "number or address is wrong"),
            (outcome.point_becomes == "opted_out", "number or address is opted out"),
        ]
        return ", ".join(words for holds, words in said if holds) or "no attempt, nobody reached"

    @property
    def when(self) -> str:
        """`in 2 days`."""
        return when(self.outcome)


@dataclass(frozen=True)
class Table:
    """All outcomes: those that are offered in their order, the others by name; `gaps` cannot be logged at all."""

    offered: list[Line]
    resting: list[Line]
    gaps: list[str]


def table() -> Table:
    """The current agency's, in two statements."""
    outcomes = list(Disposition.objects.order_by("position", "label", "pk"))
    last = _last_changes(outcomes)
    offered = [outcome for outcome in outcomes if outcome.is_active]
    lines = [
        Line(outcome, last.get(str(outcome.pk)), number == 0, number == len(offered) - 1)
        for number, outcome in enumerate(offered)
    ]
    resting = [Line(outcome, last.get(str(outcome.pk))) for outcome in outcomes if not outcome.is_active]
    return Table(lines, resting, _gaps(offered))


def changes(outcome: Disposition) -> list[Change]:
    """What was changed about it lately, newest first."""
    return [_change(entry) for entry in _entries([outcome]).order_by("-timestamp", "-id")[:CHANGES_SHOWN]]


def theirs(form: OutcomeForm, outcome: Disposition) -> list[tuple[str, str]]:
    """(label, what is saved now) of every field in which the form says something else."""
    saved, told = Meaning.of(outcome), form.told
    names = [name for name in saved.__dict__ if getattr(saved, name) != getattr(told, name)]
    return [(str(form.fields[name].label), _words(name, str(getattr(saved, name)))) for name in names]


def facts(outcome: Disposition) -> list[tuple[str, str]]:
    """(label, value) of all that the form asks, for who only looks."""
    saved = Meaning.of(outcome)
    labels = OutcomeForm.base_fields
    return [(str(labels[name].label), _words(name, str(value))) for name, value in saved.__dict__.items()]


def _gaps(offered: list[Disposition]) -> list[str]:
    return [
        f"{DIRECTIONS[direction].lower()} {PLURALS[channel]}"
        for channel in Channel.values
        for direction in Direction.values
        if not any(outcome.fits(channel, direction) for outcome in offered)
    ]


def _entries(outcomes: Iterable[Disposition]) -> "QuerySet[AuditLog]":
    return AuditLog.objects.filter(
        content_type=ContentType.objects.get_for_model(Disposition),
        object_pk__in=[str(outcome.pk) for outcome in outcomes],
    ).select_related("actor")


def _last_changes(outcomes: list[Disposition]) -> dict[str, Change]:
    newest = _entries(outcomes).order_by("object_pk", "-timestamp", "-id").distinct("object_pk")
    return {entry.object_pk: _change(entry) for entry in newest}


def _change(entry: AuditLog) -> Change:
    who = entry.actor.get_full_name() or entry.actor.get_username() if entry.actor else ""
    if entry.action == AuditLog.Action.CREATE:
        return Change(entry.timestamp, who, ["Added"])
    return Change(entry.timestamp, who, [_told(name, old, new) for name, (old, new) in (entry.changes or {}).items()])


def _told(name: str, old: Any, new: Any) -> str:
    field = OutcomeForm.base_fields.get(name)
    label = field.label if field else OTHER_FACTS.get(name, name)
    return f"{label}: {_words(name, str(old))} → {_words(name, str(new))}"


def _words(name: str, value: str) -> str:
    """A value as the audit log or the row has it, for people."""
    if name in ("channels", "directions"):
        return ", ".join({**CHANNELS, **DIRECTIONS}.get(word, word) for word in re.findall(r"\w+", value))
    if name == "point_becomes":
        return dict(BECOMES).get(value.replace("None", ""), value)
    return {"True": "yes", "False": "no"}.get(value, value)
