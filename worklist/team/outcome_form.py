"""How does an admin describe an outcome? The fields, what each entails, and the law where a rule comes from it."""

from typing import Any

from django import forms

from core import outcome_table
from core.models import Disposition
from core.models.contacts import Channel, Direction
from core.outcome_table import LATEST_DAYS, Meaning
from core.refusals import FieldRefused

BECOMES = [("", "As it was"), ("invalid", "Wrong: not the debtor's, or out of service"), ("opted_out", "Opted out")]
DAYS = f"Enter a whole number of days, 0 to {LATEST_DAYS}."


def _text(label: str, most: int, missing: str, hint: str) -> forms.CharField:
    messages = {"required": missing, "max_length": f"Shorten it to {most} characters."}
    widget = forms.TextInput(attrs={"class": "in", "autocomplete": "off"})
    return forms.CharField(label=label, max_length=most, widget=widget, help_text=hint, error_messages=messages)


def _several(label: str, choices: Any, missing: str, hint: str) -> forms.MultipleChoiceField:
    messages = {"required": missing, "invalid_choice": missing, "invalid_list": missing}
    widget = forms.CheckboxSelectMultiple
    return forms.MultipleChoiceField(
        label=label, choices=choices, widget=widget, help_text=hint, error_messages=messages
    )


def _yes(label: str, hint: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, help_text=hint)


class OutcomeForm(forms.Form):
    """One outcome. Valid when its facts go together; whether its name is free, the kernel says when it is saved."""

    label = _text("Name", 80, "Enter a name.", "As collectors choose it, and as the timeline tells it.")
    channels = _several("Offered for", Channel.choices, "Choose at least one way.", "")
    directions = _several(
        "Who begins it", Direction.choices, "Choose at least one direction.", "Outgoing: we. Incoming: the debtor."
    )
    right_party = _yes(
        "The right party was reached",
        "The debtor, or who stands for him: spouse, guardian, executor (12 CFR 1006.6(a)).",
    )
    conversation = _yes(
        "It is a conversation about the debt",
        "The debt was spoken or written about (12 CFR 1006.2(d)). The first one brings the account in contact. By "
        "telephone, whoever began it, it starts seven days in which a further call is presumed to harass (12 CFR "
        "1006.14(b)(2)(i)(B)).",
    )
    counts = _yes(
        "It counts as an attempt",
        "Whatever we do to reach the debtor, a voicemail too (12 CFR 1006.2(b)); more than seven calls in seven days "
        "are presumed to harass (12 CFR 1006.14(b)(2)(i)(A)). A call that did not connect, busy or not in "
        "service, does not count (12 CFR 1006.14(b)(3)(ii)), nor does what comes in.",
    )
    point_becomes = forms.ChoiceField(
        label="The number or address becomes", required=False, choices=BECOMES,
        help_text="A debtor who asks not to be contacted there is not contacted there (12 CFR 1006.14(h)(1)).",
        widget=forms.Select(attrs={"class": "in"}), error_messages={"invalid_choice": "Choose one of the list."},
    )  # fmt: skip
    asks_promise = _yes("It asks for a promise", "The amount, the day and the method are asked for with it.")
    next_action = _text(
        "What comes next",
        200,
        "Say what comes next.",
        "Unless the collector says otherwise.",
    )
    next_after_days = forms.IntegerField(
        label="After how many days", min_value=0, max_value=LATEST_DAYS, initial=1,
        help_text="0 is at once. A promise comes up on its own day.",
        widget=forms.TextInput(attrs={"class": "in", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), DAYS),
    )  # fmt: skip
    version = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, outcome: Disposition | None = None) -> None:
        blank = {"directions": [Direction.OUT], "counts": True}
        super().__init__(data, initial=Meaning.of(outcome).__dict__ if outcome else blank)
        self.outcome = outcome
        self.use_required_attribute = False

    @property
    def saved_version(self) -> str:
        """What the row says now, for the hidden field; nothing for a new outcome."""
        return Meaning.of(self.outcome).version if self.outcome else ""

    def clean(self) -> dict[str, Any]:
        """What does not go together is told at its field."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            for field, sentence in outcome_table.problems(self.told).items():
                self.add_error(field, sentence)
        return cleaned

    @property
    def told(self) -> Meaning:
        """What a valid form says."""
        facts = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        lists = {name: tuple(facts[name]) for name in ("channels", "directions")}
        return Meaning(**(facts | lists))

    def refuse(self, refusal: FieldRefused) -> None:
        """Show what the kernel refused at its field."""
        self.add_error(refusal.field or None, str(refusal))
