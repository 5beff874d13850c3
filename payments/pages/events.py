"""What did the processors tell us, and what became of it? The inbox of webhook events in words."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet

from payments.models import WebhookEvent
from payments.pages.masking import masked

if TYPE_CHECKING:
    from uuid import UUID

WAITING, GAVE_UP, DONE = "waiting", "gave_up", "done"
STATES = [(DONE, "Worked off"), (WAITING, "Waiting"), (GAVE_UP, "Gave up")]
OF_STATE = {
    DONE: Q(processed_at__isnull=False),
    WAITING: Q(processed_at=None, next_attempt_at__isnull=False),
    GAVE_UP: Q(processed_at=None, next_attempt_at=None),
}


class EventFilter(filters.FilterSet):
    """By what became of it, and by its id at the processor or its kind."""

    state = filters.ChoiceFilter(label="State", method="in_state", choices=STATES, empty_label="Any state")
    q = filters.CharFilter(
        label="Search",
        method="search",
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "placeholder": "Event’s id or kind"}),
    )

    class Meta:
        model = WebhookEvent
        fields: list[str] = []

    def in_state(self, events: "QuerySet[WebhookEvent]", _: str, state: str) -> "QuerySet[WebhookEvent]":
        """Worked off, waiting, or given up."""
        return events.filter(OF_STATE[state])

    def search(self, events: "QuerySet[WebhookEvent]", _: str, text: str) -> "QuerySet[WebhookEvent]":
        """`evt_…` is the id; anything else the kind, or how it begins."""
        text = text.replace("\x00", "").strip()
        return events.filter(event_id=text) if text.startswith("evt_") else events.filter(type__startswith=text)

    @property
    def narrows(self) -> bool:
        """Does it leave anything out?"""
        return not self.form.is_valid() or any(self.form.cleaned_data.values())


def state_of(event: WebhookEvent) -> str:
    """`done`, `waiting` or `gave_up`."""
    if event.processed_at:
        return DONE
    return WAITING if event.next_attempt_at else GAVE_UP


@dataclass(frozen=True)
class Row:
    """One event of the list."""

    event: WebhookEvent
    tone: str
    label: str

    @classmethod
    def of(cls, event: WebhookEvent) -> "Row":
        """The event with its state as a badge."""
        tones = {DONE: "completed", WAITING: "pending", GAVE_UP: "failed"}
        state = state_of(event)
        return cls(event, tones[state], dict(STATES)[state])

    @property
    def payment(self) -> "UUID | None":
        """The payment that it turned out to be about."""
        return self.event.payment_id

    @property
    def is_waiting(self) -> bool:
        return state_of(self.event) == WAITING

    @property
    def payload(self) -> str:
        """What came, laid out to be read, without details of cards and accounts."""
        return json.dumps(masked(self.event.payload), indent=2, ensure_ascii=False, sort_keys=True)
