"""What is typed to agree a plan? Its terms; the kernel checks them, and its refusal comes back to the field."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms

from core.models import ContactPoint
from core.refusals import FieldRefused
from payments.drafting import LATEST_FIRST, Terms
from payments.models import PaymentPlan, SavedMethod
from worklist.accounts.contact_form import AMOUNT, DAY

BY_HAND = "by_hand"


def money_field(label: str, help_text: str = "") -> forms.DecimalField:
    """A field for an amount that may stay empty."""
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "in"})
    return forms.DecimalField(
        label=label, required=False, max_digits=12, decimal_places=2, widget=widget, error_messages=AMOUNT,
        help_text=help_text,
    )  # fmt: skip


class PlanForm(forms.Form):
    """The terms of one plan; either `amount` or `number` is told."""

    total = money_field("Total", "Empty: all that is owed")
    amount = money_field("Amount of an instalment")
    number = forms.IntegerField(
        label="Or how many", required=False, min_value=1, max_value=260,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "in"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Enter a number between 1 and 260."),
    )  # fmt: skip
    frequency = forms.ChoiceField(
        label="Due", choices=PaymentPlan.Frequency.choices, widget=forms.Select(attrs={"class": "in"}),
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose how often an instalment is due."),
    )  # fmt: skip
    first_due = forms.DateField(
        label="First due", widget=forms.DateInput(attrs={"type": "date", "class": "in"}, format="%Y-%m-%d"),
        error_messages=DAY | {"required": "Enter when the first instalment is due."},
    )  # fmt: skip
    method = forms.ChoiceField(
        label="Paid", widget=forms.Select(attrs={"class": "in"}),
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose how the instalments are paid."),
    )  # fmt: skip
    mail = forms.ChoiceField(
        label="Copy for the debtor", required=False, widget=forms.Select(attrs={"class": "in"}),
        error_messages={"invalid_choice": "Choose an e-mail address of the debtor that may be used."},
    )  # fmt: skip
    replaces = forms.CharField(required=False, max_length=36, widget=forms.HiddenInput)
    offer = forms.UUIDField(required=False, widget=forms.HiddenInput, error_messages={"invalid": "Open it again."})

    def __init__(
        self, data: Any = None, *, saved: list[SavedMethod], emails: list[ContactPoint], today: date, **kwargs: Any
    ) -> None:
        super().__init__(data, auto_id="plan_%s", **kwargs)
        self.use_required_attribute = False
        method: Any = self.fields["method"]
        method.choices = [
            *((str(one.pk), f"Charged to {one}") for one in saved),
            (BY_HAND, "By the debtor himself"),
        ]
        mail: Any = self.fields["mail"]
        mail.choices = [("", "Printed"), *((str(one.pk), f"E-mail to {one.value}") for one in emails)]
        days: Any = self.fields["first_due"].widget
        days.attrs |= {"min": today.isoformat(), "max": (today + LATEST_FIRST).isoformat()}

    def terms(self) -> Terms:
        """What the kernel is asked for, once the form is valid."""
        said = self.cleaned_data
        return Terms(
            frequency=said["frequency"],
            first_due=said["first_due"],
            amount=said["amount"],
            number=said["number"],
            total=said["total"],
            saved_method=None if said["method"] == BY_HAND else UUID(said["method"]),
            offer=said["offer"],
        )

    @property
    def copy_to(self) -> UUID | None:
        """To which address the copy is sent."""
        return UUID(self.cleaned_data["mail"]) if self.cleaned_data["mail"] else None

    def refuse(self, refusal: FieldRefused) -> None:
        """Show what the kernel refused at the field where it was typed."""
        name = {"saved_method": "method"}.get(refusal.field, refusal.field)
        self.add_error(name if name in self.fields else None, str(refusal))

    @property
    def is_refused(self) -> bool:
        return bool(self.errors)
