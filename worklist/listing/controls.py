"""Which fields narrow the list, and what stands in them? As the URL has it, valid or not."""

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from core import people
from core.people import Names
from worklist.listing.filters import NOBODY, AccountFilter

NOBODY_YET = mark_safe(f'<option value="{NOBODY}">Nobody yet</option>')  # noqa: S308  (nothing of a user)


@dataclass(frozen=True)
class Amount:
    """One end of the balance's range, as it was typed, with what is wrong about it."""

    name: str
    label: str
    typed: str
    errors: list[str]


@dataclass(frozen=True)
class Controls:
    """The fields of one page of the list."""

    filters: AccountFilter
    names: Names

    @property
    def amounts(self) -> list[Amount]:
        """The two fields of the balance's range."""
        errors = self.filters.form.errors
        return [
            Amount(name, str(AccountFilter.base_filters[name].label), self._typed(name), errors.get(name, []))
            for name in ("min", "max")
        ]

    @property
    def status_boxes(self) -> list[tuple[str, str, bool]]:
        return self._boxes("status")

    @property
    def priority_boxes(self) -> list[tuple[str, str, bool]]:
        return self._boxes("priority")

    def _boxes(self, name: str) -> list[tuple[str, str, bool]]:
        """(value, label, is checked) of each choice."""
        chosen = set(self.filters.data.getlist(name))
        return [(str(v), label, str(v) in chosen) for v, label in AccountFilter.base_filters[name].extra["choices"]]

    @property
    def selects(self) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
        """(name, label, [(value, words, is chosen)]) of the filters with a few fixed choices."""
        found = []
        for name in ("due", "promise", "contact"):
            filter_, chosen = AccountFilter.base_filters[name], self._typed(name)
            words = [("", filter_.extra["empty_label"], not chosen)]
            words += [(v, f"{filter_.label} {label}", v == chosen) for v, label in filter_.extra["choices"]]
            found.append((name, str(filter_.label), words))
        return found

    @property
    def creditor_options(self) -> SafeString:
        return people.selecting(self.names.creditor_options, self._typed("creditor"))

    @property
    def collector_options(self) -> SafeString:
        return people.selecting(NOBODY_YET + self.names.collector_options, self._typed("collector"))

    def _typed(self, name: str) -> str:
        return str(self.filters.data.get(name, ""))

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """(field, label, sentence) of what the URL says wrongly."""
        form: Any = self.filters.form
        return [(f, str(form.fields[f].label), e) for f, found in form.errors.items() for e in found]
