"""What can be told about a debtor? The fields of his facts, and of a new number or address."""

from typing import Any

from django import forms
from django.utils.html import format_html

from core.contact_points import LONGEST_TYPED, TOLD_BY
from core.debtors import LANGUAGES, LONGEST, LONGEST_REASON, Facts
from core.models import ContactPoint


def _text(label: str, name: str, longest: int, autocomplete: str = "off") -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": autocomplete, "maxlength": LONGEST.get(name, longest)})
    return forms.CharField(label=label, required=False, widget=widget)


class FactsForm(forms.Form):
    """The facts as typed; whether they are acceptable is the kernel's to say."""

    full_name = _text("Name", "full_name", 255)
    address_line1 = _text("Address", "address_line1", 255)
    city = _text("City", "city", 100)
    state = _text("State", "state", 2)
    zip = _text("ZIP", "zip", 10)
    language = forms.ChoiceField(label="Language", required=False)
    reason = _text("Who says so (may stay empty)", "reason", LONGEST_REASON)

    def __init__(self, data: Any, now: Facts) -> None:
        super().__init__(data, initial=vars(now))
        self.use_required_attribute = False
        known = LANGUAGES if now.language in LANGUAGES else LANGUAGES | {now.language: now.language}
        language: Any = self.fields["language"]
        language.choices = [("", "Not known"), *((code, name) for code, name in known.items() if code)]
        for field in self.fields.values():
            field.widget.attrs["class"] = "in"

    def clean(self) -> dict[str, Any]:
        """A choice that is none is told by the kernel, as every other fact."""
        self.errors.pop("language", None)
        return self.cleaned_data

    def show_saved(self, now: Facts) -> None:
        """Beside each field that was typed otherwise: what is saved by now."""
        for name, value in vars(now).items():
            if name in self.fields and self.data.get(name, "").strip() != value:
                saved = LANGUAGES.get(value, value) if name == "language" else value
                self.fields[name].help_text = format_html("Saved now: {}", saved or "nothing")


class PointForm(forms.Form):
    """A new number or address."""

    prefix = "new"
    kind = forms.ChoiceField(
        label="What", choices=ContactPoint.Kind, initial=ContactPoint.Kind.PHONE, widget=forms.RadioSelect,
        error_messages={"required": "Choose a phone or an e-mail."},
    )  # fmt: skip
    value = forms.CharField(
        label="Number or address",
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": LONGEST_TYPED, "class": "in"}),
        error_messages={"required": "Enter the number or the address."},
    )
    source = forms.ChoiceField(
        label="Told by",
        choices=[(source.value, source.label) for source in TOLD_BY],
        error_messages={"required": "Choose who told it."},
        widget=forms.Select(attrs={"class": "in"}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.use_required_attribute = False
