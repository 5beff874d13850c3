"""What must be told, or confirmed, before a status changes? The rest of the moves are one click."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms

from core.account_states import FREQUENCIES, LATEST_FIRST_INSTALMENT, WITHDRAWALS
from core.models.accounts import ClosedReason

FREQUENCY_LABELS = {
    "weekly": "Every week",
    "biweekly": "Every two weeks",
    "semimonthly": "Twice a month",
    "monthly": "Every month",
}


class Confirm(forms.Form):
    """Nothing to tell, but not to be undone by a second click."""


class Withdraw(forms.Form):
    reason = forms.ChoiceField(
        label="Reason",
        choices=[("", "Choose a reason"), *[c for c in ClosedReason.choices if c[0] in WITHDRAWALS]],
        error_messages={"required": "Choose why the account is withdrawn."},
    )


class Dispute(forms.Form):
    reason = forms.CharField(
        label="What the debtor disputes",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Enter what the debtor disputes."},
    )


class AgreePlan(forms.Form):
    instalment = forms.DecimalField(
        label="Instalment",
        min_value=Decimal("0.01"),
        max_digits=12,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={
            "required": "Enter the amount of an instalment.",
            "invalid": "Enter an amount such as 250.00.",
            "min_value": "Enter an amount of more than zero.",
        },
    )
    frequency = forms.ChoiceField(
        label="Due",
        choices=[(f, FREQUENCY_LABELS[f]) for f in FREQUENCY_LABELS if f in FREQUENCIES],
        initial="monthly",
        error_messages={"required": "Choose how often an instalment is due."},
    )
    first_due = forms.DateField(
        label="First due",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Enter when the first instalment is due.", "invalid": "Enter a date, YYYY-MM-DD."},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dates: Any = self.fields["first_due"].widget
        dates.attrs |= {"min": today.isoformat(), "max": (today + LATEST_FIRST_INSTALMENT).isoformat()}
        self.fields["first_due"].initial = today + timedelta(days=14)


FORMS: dict[str, type[forms.Form]] = {
    "withdraw": Withdraw,
    "dispute": Dispute,
    "agree_plan": AgreePlan,
    "close": Confirm,
    "settle": Confirm,
    "uphold_dispute": Confirm,
}
WARNINGS = {
    "withdraw": "Collection ends. The account cannot be worked again unless the creditor places it anew.",
    "dispute": "A dispute hold stops contact and collection until an admin resolves it.",
    "close": "The account leaves the desk for good.",
    "settle": "The account counts as settled; it can then only be closed.",
    "uphold_dispute": "The debtor is right: the account is closed and the hold is lifted.",
}


def form_for(name: str, data: Any = None, *, today: date) -> forms.Form:
    """The form of a move, bound when there is data; empty for a move that needs none."""
    made = FORMS.get(name, Confirm)
    form = AgreePlan(data, today=today) if made is AgreePlan else made(data)
    form.use_required_attribute = False
    for field in form.fields.values():
        field.widget.attrs.setdefault("class", "in")
    return form
