"""What is typed to take a payment? Amount, by which means, and what only some means need.

What the kernel checks is not checked again here; its refusal comes back to the field where it was typed.
"""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms

from core.models import ContactPoint
from core.refusals import FieldRefused
from payments.models import SavedMethod
from payments.taking import OLDEST, Order
from worklist.accounts.contact_form import AMOUNT, DAY

SAVED, DETAILS, LINK = "saved", "details", "link"
BY_HAND = {"check": "Check", "cash": "Cash", "bank_transfer": "Bank transfer"}
ONLINE = {DETAILS: "New card or bank account", LINK: "Payment link"}
# Where a refusal of the kernel is shown.
FIELDS = {"method": "means", "saved_method": "means"}


class PaymentForm(forms.Form):
    """One payment; `means` is `saved:<id>`, `details`, `link`, or one of those recorded by hand."""

    amount = forms.DecimalField(
        label="Amount", max_digits=12, decimal_places=2, localize=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "id": "pay-amount"}),
        error_messages=AMOUNT | {"required": "Enter the amount."},
    )  # fmt: skip
    means = forms.ChoiceField(
        label="Method", widget=forms.RadioSelect(attrs={"id": "pay-means"}),
        error_messages={"required": "Choose how it is paid.", "invalid_choice": "Choose a method of the list."},
    )  # fmt: skip
    received_on = forms.DateField(
        label="Received", required=False,
        widget=forms.DateInput(attrs={"type": "date", "id": "pay-received"}, format="%Y-%m-%d"), error_messages=DAY,
    )  # fmt: skip
    reference = forms.CharField(
        label="Reference", required=False, max_length=100, help_text="Number of the check, or what the bank says",
        widget=forms.TextInput(attrs={"autocomplete": "off", "id": "pay-reference"}),
    )  # fmt: skip
    save = forms.BooleanField(required=False, widget=forms.CheckboxInput(attrs={"id": "pay-save"}))
    mail = forms.ChoiceField(
        label="Send it by e-mail", required=False, widget=forms.Select(attrs={"id": "pay-mail"}),
        error_messages={"invalid_choice": "Choose an e-mail address of the debtor that may be used."},
    )  # fmt: skip
    key = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, saved: list[SavedMethod], emails: list[ContactPoint], is_online: bool, today: date,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(data, **kwargs)
        self.use_required_attribute = False
        kept = [(f"{SAVED}:{method.pk}", str(method)) for method in saved] if is_online else []
        means: Any = self.fields["means"]
        means.choices = [*kept, *(ONLINE.items() if is_online else ()), *BY_HAND.items()]
        mail: Any = self.fields["mail"]
        mail.choices = [("", "No: it is copied or read out"), *((str(one.pk), one.value) for one in emails)]
        days: Any = self.fields["received_on"].widget
        days.attrs |= {"min": (today - OLDEST).isoformat(), "max": today.isoformat()}
        self._kinds = {str(method.pk): method.kind for method in saved}
        for name in ("amount", "received_on", "reference", "mail"):
            self.fields[name].widget.attrs["class"] = "in"

    def order(self, consent: str, back: str = "") -> Order:
        """What the kernel is asked to take, once the form is valid; `consent` is what stood beside the tick, `back`
        the address of the page that a debtor sees who has paid by a link."""
        said = self.cleaned_data
        means, _, chosen = said["means"].partition(":")
        facts: dict[str, Any] = {"how": "by_hand", "method": means}
        if means == SAVED:
            facts = {"how": SAVED, "method": self._kinds[chosen], "saved_method": UUID(chosen)}
        elif means in ONLINE:
            facts = {"how": means, "method": "card", "save": consent if said["save"] and means == DETAILS else ""}
            if means == LINK:
                facts |= {"back": back, "mail": UUID(said["mail"]) if said["mail"] else None}
        else:
            facts |= {"received_on": said["received_on"], "reference": said["reference"]}
        return Order(amount=said["amount"], key=said["key"], **facts)

    def refuse(self, refusal: FieldRefused) -> None:
        """Show what the kernel refused at the field where it was typed."""
        name = FIELDS.get(refusal.field, refusal.field)
        self.add_error(name if name in self.fields else None, str(refusal))

    @property
    def is_refused(self) -> bool:
        return bool(self.errors)

    @property
    def sum(self) -> Decimal | None:
        """The amount as it stands in the field, when it is one."""
        try:
            typed = self.fields["amount"].clean(self["amount"].value())
        except forms.ValidationError:
            return None
        return typed if isinstance(typed, Decimal) else None
