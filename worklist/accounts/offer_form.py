"""What is typed to offer a settlement? How much of the balance, in how many payments, until when."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms

from core.refusals import FieldRefused
from payments.settlements import LONGEST, MOST_INSTALMENTS, Terms
from worklist.accounts.contact_form import AMOUNT, DAY
from worklist.accounts.plan_form import money_field

PERCENT = "Enter a percentage such as 80."
MANY = f"Enter between 1 and {MOST_INSTALMENTS} instalments."


class OfferForm(forms.Form):
    """The terms of one offer; either `amount` or `percent` is told."""

    amount = money_field("Amount")
    percent = forms.DecimalField(
        label="Or percent of the balance", required=False, max_digits=5, decimal_places=2,
        min_value=Decimal("0.01"), max_value=Decimal("99.99"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "in"}),
        error_messages=dict.fromkeys((*AMOUNT, "min_value", "max_value"), PERCENT),
    )  # fmt: skip
    instalments = forms.IntegerField(
        label="Instalments", initial=1, min_value=1, max_value=MOST_INSTALMENTS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "in"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), MANY),
    )  # fmt: skip
    expires_on = forms.DateField(
        label="Good until", help_text="A single payment must have come by then; a plan must be agreed.",
        widget=forms.DateInput(attrs={"type": "date", "class": "in"}, format="%Y-%m-%d"),
        error_messages=DAY | {"required": "Enter until when the offer stands."},
    )  # fmt: skip

    note = forms.CharField(
        label="Why so little", required=False, max_length=255, help_text="For the admin who approves it",
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "in", "maxlength": "255"}),
        error_messages={"max_length": "Shorten it to 255 characters."},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, today: date, **kwargs: Any) -> None:
        super().__init__(data, auto_id="offer_%s", initial={"expires_on": today + timedelta(days=30)}, **kwargs)
        self.use_required_attribute = False
        days: Any = self.fields["expires_on"].widget
        days.attrs |= {"min": today.isoformat(), "max": (today + LONGEST).isoformat()}

    def terms(self) -> Terms:
        """What the kernel is asked for, once the form is valid."""
        return Terms(**self.cleaned_data)

    def refuse(self, refusal: FieldRefused) -> None:
        """Show what the kernel refused at the field where it was typed."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))

    @property
    def is_refused(self) -> bool:
        return bool(self.errors)
