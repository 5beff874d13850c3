"""What does a collector tell about a contact? The fields of the composer, read into the kernel's `Contact`.

What the kernel checks is not checked again here; its refusal comes back to the field where it was typed.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import UUIDField

from core import promises
from core.contacts import Contact
from core.models import Disposition, Promise
from core.models.contacts import Channel, Direction
from core.prepared import Prepared, Slot
from core.refusals import FieldRefused
from worklist.accounts.blank_fields import Blank
from worklist.accounts.outcome_choice import Outcomes
from worklist.accounts.reach import Point

NOTE = "note"
ICONS = {Channel.CALL: "phone", Channel.EMAIL: "mail", Channel.LETTER: "file", Channel.IN_PERSON: "user", NOTE: "note"}
LOGGED = {
    Channel.CALL: "Call logged",
    Channel.EMAIL: "E-mail logged",
    Channel.LETTER: "Letter logged",
    Channel.IN_PERSON: "Visit logged",
}
_OUTCOME = Prepared(lambda: Disposition.objects.filter(pk=Slot("outcome", UUIDField())))
# A follow-up with a day and no time is for the morning.
MORNING = time(9)
# Where a refusal of the kernel is shown.
FIELDS = {"note": "body", "next_action_at": "next_day"}
AMOUNT = {"invalid": "Enter an amount such as 250.00.", "max_digits": "Enter a smaller amount."} | dict.fromkeys(
    ("max_decimal_places", "max_whole_digits"), "Enter an amount such as 250.00."
)
DAY = {"invalid": "Enter a date, YYYY-MM-DD."}


def follow_up(day: date | None, at: time | None, zone: ZoneInfo) -> datetime | None:
    """The moment that a day and a time, or the morning, name in the agency's zone."""
    return datetime.combine(day, at or MORNING, zone) if day else None


class Next(forms.Form):
    """What comes next, and when."""

    bound_field_class = Blank

    next_action = forms.CharField(
        label="Next action", required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    next_day = forms.DateField(
        label="Day", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=DAY,
    )  # fmt: skip
    next_time = forms.TimeField(
        label="Time", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "Enter a time such as 14:30."},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, zone: ZoneInfo, today: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.zone = zone
        self.use_required_attribute = False
        days: Any = self.fields["next_day"].widget
        days.attrs |= {"min": today.isoformat(), "max": (today + timedelta(days=365)).isoformat()}
        for field in self.fields.values():
            if not isinstance(field.widget, forms.RadioSelect):
                field.widget.attrs.setdefault("class", "in")

    @property
    def at(self) -> datetime | None:
        """When, once the form is valid."""
        return follow_up(self.cleaned_data["next_day"], self.cleaned_data["next_time"], self.zone)

    def clean(self) -> dict[str, Any]:
        """A time needs its day."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("next_time") and not cleaned.get("next_day") and "next_day" not in self.errors:
            self.add_error("next_day", "Enter the day as well.")
        return cleaned

    def refuse(self, refusal: FieldRefused) -> None:
        """Show what the kernel refused at the field where it was typed."""
        name = self.field_of(refusal.field)
        self.add_error(name if name in self.fields else None, str(refusal))

    def field_of(self, name: str) -> str:
        """The field for the kernel's name of a fact."""
        return FIELDS.get(name, name)

    def focus_on_error(self) -> None:
        """The first field that was refused takes the focus."""
        for name in self.fields:
            if name in self.errors:
                self.fields[name].widget.attrs["autofocus"] = True
                return


class FollowUp(Next):
    """The next action alone, without a contact."""

    prefix = "follow"

    def clean(self) -> dict[str, Any]:
        """A day must be named."""
        cleaned = super().clean()
        if not cleaned.get("next_day") and "next_day" not in self.errors:
            self.add_error("next_day", "Enter the day.")
        return cleaned


class PointField(forms.ChoiceField):
    """One of the debtor's numbers or addresses; rendered anew for each debtor."""

    bound_field_class = forms.BoundField


class ContactForm(Next):
    """One contact of an account."""

    channel = forms.ChoiceField(choices=Channel, error_messages={"required": "Choose how the contact was made."})
    direction = forms.ChoiceField(
        label="Direction", choices=Direction, initial=Direction.OUT, widget=forms.RadioSelect,
        error_messages={"required": "Choose who began it."},
    )  # fmt: skip
    phone = PointField(label="Number", required=False)
    email = PointField(label="Address", required=False)
    outcome = forms.ChoiceField(
        label="Outcome", widget=Outcomes,
        error_messages={"required": "Choose the outcome.", "invalid_choice": "Choose an outcome of the list."},
    )  # fmt: skip
    body = forms.CharField(label="What happened", required=False, widget=forms.Textarea(attrs={"rows": 2, "id": "say"}))
    promise_amount = forms.DecimalField(
        label="Amount promised", required=False, max_digits=12, decimal_places=2, localize=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), error_messages=AMOUNT,
    )  # fmt: skip
    promise_due = forms.DateField(
        label="Due", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=DAY,
    )  # fmt: skip
    promise_method = forms.ChoiceField(
        label="How", required=False, choices=[("", "Choose how"), *Promise.Method.choices]
    )
    override = forms.CharField(label="Why it was done all the same", required=False, max_length=500)
    field_order = (
        "channel", "direction", "phone", "email", "outcome", "promise_amount", "promise_due", "promise_method",
        "body", "override", "next_action", "next_day", "next_time",
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, outcomes: Iterable[Disposition], phones: list[Point], emails: list[Point],
        zone: ZoneInfo, today: date, channel: str = "",
    ) -> None:  # fmt: skip
        super().__init__(data, zone=zone, today=today)
        self.outcomes = {str(outcome.pk): outcome for outcome in outcomes}
        fields: dict[str, Any] = self.fields
        fields["outcome"].choices = fields["outcome"].widget.offer(self.outcomes, self.data.get("channel") or channel)
        for name, points in (("phone", phones), ("email", emails)):
            fields[name].choices = [*((point.id, point.label) for point in points), ("", "Another one")]
            # What is wrong or opted out is there to choose, and never the first choice.
            fields[name].initial = next((point.id for point in points if not point.remark), "")
        latest = today + promises.LATEST
        fields["promise_due"].widget.attrs |= {"min": today.isoformat(), "max": latest.isoformat()}

    @property
    def asks_override(self) -> bool:
        """Did the rules say no, and was a reason asked for?"""
        return "override" in self.errors or bool(self.data.get("override"))

    def clean(self) -> dict[str, Any]:
        """An outcome that asks for a promise needs all of it."""
        cleaned = super().clean()
        outcome = self.outcomes.get(cleaned.get("outcome", ""))
        if outcome is not None and outcome.asks_promise:
            for name, sentence in (
                ("promise_amount", "Enter the amount promised."),
                ("promise_due", "Enter the day promised."),
                ("promise_method", "Choose how the debtor will pay."),
            ):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return cleaned

    def field_of(self, name: str) -> str:
        """A contact point is shown for its channel."""
        if name == "contact_point":
            return "email" if self.cleaned_data.get("channel") == Channel.EMAIL else "phone"
        return super().field_of(name)

    def contact(self) -> Contact:
        """What a valid form tells; the outcome is read anew, with all that it means."""
        told = self.cleaned_data
        outcome = _OUTCOME.all(outcome=self.outcomes[told["outcome"]].pk)[0]
        point = {Channel.CALL: told["phone"], Channel.EMAIL: told["email"]}.get(told["channel"], "")
        return Contact(
            disposition=outcome,
            channel=told["channel"],
            direction=told["direction"],
            contact_point_id=UUID(point) if point else None,
            note=told["body"],
            next_action=told["next_action"],
            next_action_at=self.at,
            promise=self._terms() if outcome.asks_promise else None,
            override=told["override"],
        )

    def _terms(self) -> promises.Terms:
        told = self.cleaned_data
        amount: Decimal = told["promise_amount"]
        return promises.Terms(amount, told["promise_due"], told["promise_method"])
