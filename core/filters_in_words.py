"""What do the filters of a list say? In words, for a file that is read without its page."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from core.words import money


def in_words(form: forms.BaseForm) -> list[str]:
    """`Status: Completed`, a line for each field of a form that was filled in rightly."""
    form.is_valid()
    said: dict[str, Any] = getattr(form, "cleaned_data", {})
    return [
        f"{field.label or name.replace('_', ' ').capitalize()}: {_words(field, said[name])}"
        for name, field in form.fields.items()
        if said.get(name) not in (None, "", [], False)
    ]


def _words(field: Any, value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_words(field, one) for one in value)
    if value is True:
        return "yes"
    if isinstance(value, Decimal):
        return money(value)
    if isinstance(value, date):
        return value.isoformat()
    choices = {} if isinstance(field, forms.ModelChoiceField) else dict(getattr(field, "choices", []))
    return str({str(key): label for key, label in choices.items()}.get(str(value), value))
