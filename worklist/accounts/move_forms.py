"""What must be told, or confirmed, before a status changes? The rest of the moves are one click."""

from typing import Any

from django import forms

from core.account_states import WITHDRAWALS
from core.models.accounts import ClosedReason


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


FORMS: dict[str, type[forms.Form]] = {
    "withdraw": Withdraw,
    "dispute": Dispute,
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


def form_for(name: str, data: Any = None) -> forms.Form:
    """The form of a move, bound when there is data; empty for a move that needs none."""
    made = FORMS.get(name, Confirm)
    form = made(data)
    form.use_required_attribute = False
    for field in form.fields.values():
        field.widget.attrs.setdefault("class", "in")
    return form
