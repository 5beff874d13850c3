"""The form by which an admin gives money back: how much, and why."""

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError

from core.refusals import FieldRefused
from core.words import money

ALL, PART = "all", "part"
AMOUNT = "Enter an amount such as 40.00."


class RefundForm(forms.Form):
    """Valid when it says how much, of what can be given back, and why. `expected` is what its user saw could be."""

    how = forms.ChoiceField(
        label="How much", widget=forms.RadioSelect, choices=[(ALL, ""), (PART, "Part of it")],
        error_messages={"required": "Say how much.", "invalid_choice": "Say how much."},
    )  # fmt: skip
    amount = forms.DecimalField(
        label="Amount of the part", required=False, max_digits=12, decimal_places=2, localize=False,
        widget=forms.TextInput(attrs={"class": "in tn", "inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            **dict.fromkeys(("invalid", "max_digits", "max_whole_digits"), AMOUNT),
            "max_decimal_places": "Enter at most two decimals.",
        },
    )  # fmt: skip
    reason = forms.CharField(
        label="Why it is given back", max_length=255, help_text="The account’s timeline tells it.",
        widget=forms.TextInput(attrs={"class": "in", "autocomplete": "off"}),
        error_messages={"required": "Enter why it is given back.", "max_length": "Shorten it to 255 characters."},
    )  # fmt: skip
    seen: Decimal | None = None
    key = forms.CharField(required=False, widget=forms.HiddenInput)
    expected = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, refundable: Decimal, **more: Any) -> None:
        super().__init__(data, **more)
        self.refundable = refundable
        self.use_required_attribute = False
        choices: Any = self.fields["how"]
        choices.choices = [(ALL, f"All of it, {money(refundable)}"), (PART, "Part of it")]

    @classmethod
    def blank(cls, refundable: Decimal) -> "RefundForm":
        """A new form, with a key of its own."""
        initial = {"how": ALL, "key": f"refund-{uuid4()}", "expected": str(refundable)}
        return cls(refundable=refundable, initial=initial)

    @classmethod
    def sent(cls, data: Any, refundable: Decimal) -> "RefundForm":
        """The form as its user saw it: “all of it” is all that could be given back then."""
        try:
            seen = Decimal(data.get("expected", ""))
        except InvalidOperation:
            seen = Decimal("NaN")
        made = cls(data, refundable=seen if seen.is_finite() else refundable)
        made.seen = seen if seen.is_finite() else None
        return made

    def clean(self) -> dict[str, Any]:
        """The amount, worked out. What is more than can be given back is refused by whoever gives it."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        amount = said.get("amount")
        if said.get("how") == PART and amount is None and "amount" not in self.errors:
            self.add_error("amount", AMOUNT)
        elif said.get("how") == PART and amount is not None and not 0 < amount <= self.refundable:
            self.add_error("amount", f"Enter an amount of more than zero and at most {money(self.refundable)}.")
        elif said.get("how") == ALL and amount is not None:
            self.add_error("amount", "Choose “Part of it”, or leave the amount empty.")
        return said

    @property
    def sum(self) -> Decimal:
        """What a valid form gives back."""
        part: Decimal = self.cleaned_data["amount"] or Decimal(0)
        return part if self.cleaned_data["how"] == PART else self.refundable

    @property
    def act(self) -> str:
        """What its last button says."""
        return f"Refund {money(self.sum)}"

    def refuse(self, refusal: FieldRefused) -> None:
        """The refusal at the field that it is about."""
        self.add_error(refusal.field if refusal.field in self.fields else None, ValidationError(str(refusal)))
