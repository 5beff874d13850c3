"""The form of a mapping: for each of our fields a column of the file, several joined, or the same text in every row.

Used for a feed and for an upload. Plain selects, so it works without script; what is chosen becomes a `Spec`, which
has the last word on what is sound.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from core.models import Creditor
from imports import mapping
from imports.mapping import FIELDS, LONGEST_LINE, REQUIRED, Spec, WrongMapping, title_key
from imports.models import Format

# How many columns a field can be joined of here; only names come in parts.
PARTS = {"debtor_name": 3}
ORDINALS = ("column", "second column", "third column", "fourth column", "fifth column")
READING = ("format", "encoding", "delimiter", "date_format", "amount_format", "skip_lines")
FIXED = ("layout",)
DELIMITER_KEYS = {"\t": "tab"}

_LAYOUT_LINE = re.compile(r"(?P<name>\S.*?)[\s,;]+(?P<start>[0-9]{1,6})[\s,;]+(?P<length>[0-9]{1,6})")


@dataclass(frozen=True)
class Row:
    """One of our fields with its controls."""

    field: str
    label: str
    required: bool
    columns: list[BoundField]
    constant: BoundField

    @property
    def errors(self) -> list[str]:
        """What is wrong with the choice."""
        return [str(error) for bound in (*self.columns, self.constant) for error in bound.errors]


class MappingForm(forms.Form):
    """`titles` are the columns of the sample, `automatic` says where fields come from that nothing is chosen for."""

    format = forms.ChoiceField(label="Kind of file", choices=Format.choices)
    encoding = forms.ChoiceField(label="Encoding", choices=list(mapping.ENCODINGS.items()), required=False)
    delimiter = forms.ChoiceField(
        label="Separator",
        choices=[(DELIMITER_KEYS.get(key, key), words) for key, words in mapping.DELIMITERS.items()],
        required=False,
    )
    date_format = forms.ChoiceField(label="Dates", choices=[(name, name) for name in mapping.DATE_FORMATS])
    amount_format = forms.ChoiceField(label="Amounts", choices=list(mapping.AMOUNT_FORMATS.items()))
    layout = forms.CharField(
        label="Columns of a line",
        required=False,
        max_length=mapping.MOST_COLUMNS * 250,
        widget=forms.Textarea(attrs={"rows": 6, "class": "in mono", "spellcheck": "false"}),
        help_text="One a line: its name, the first character counted from 1, and the length. Such as: name 13 25",
    )
    skip_lines = forms.IntegerField(
        label="Lines above the table",
        required=False,
        min_value=0,
        max_value=mapping.MOST_SKIPPED,
        initial=0,
        widget=forms.NumberInput(attrs={"class": "in"}),
        help_text="Titles and notes above the header, blank lines too. Fixed width: above the first row.",
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), f"Enter how many lines: a number from 0 to {mapping.MOST_SKIPPED}."
        ),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        spec: Spec,
        format: str,  # noqa: A002
        titles: Sequence[str] = (),
        automatic: Mapping[str, str] | None = None,
        creditor: Any = None,
        with_creditor: bool = False,
    ) -> None:
        super().__init__(data, initial=_initial(spec, format) | {"creditor": creditor}, auto_id="id_%s")
        if with_creditor:
            self.fields["creditor"] = forms.ModelChoiceField(
                Creditor.objects.all(), label="Creditor of rows that name none", required=False, empty_label="None"
            )
        self._names = {field: _column_names(field, spec) for field in FIELDS}
        for field in FIELDS:
            self._add_field(field, spec, titles, _automatic(automatic or {}, field))

    def _add_field(self, field: str, spec: Spec, titles: Sequence[str], automatic: str) -> None:
        label = FIELDS[field]
        chosen = list(spec.fields[field].columns) if field in spec.fields else []
        if self.is_bound:
            chosen = [self.data.get(name, "") for name in self._names[field]]
        others = [text for text in chosen if text and title_key(text) not in {title_key(title) for title in titles}]
        for number, name in enumerate(self._names[field]):
            self.fields[name] = forms.CharField(
                label=label if not number else f"{label}, {ORDINALS[number]}",
                required=False,
                max_length=200,
                widget=forms.Select(
                    attrs={"class": "in"},
                    choices=[
                        ("", automatic if not number else "no further column"),
                        *((title, title) for title in titles),
                        *((text, f"{text} (not in this file)" if titles else text) for text in dict.fromkeys(others)),
                    ],
                ),
            )
            if number:
                self.fields[name].widget.attrs["aria-label"] = self.fields[name].label
        self.fields[_constant_name(field)] = forms.CharField(
            label=f"{label}, the same text in every row",
            required=False,
            max_length=200,
            widget=forms.TextInput(
                attrs={
                    "class": "in",
                    "aria-label": f"{label}, the same text in every row",
                    "placeholder": "or always…",
                }
            ),
        )

    @property
    def sources(self) -> list[Row]:
        """Every field of ours, the required ones first."""
        return [
            Row(
                field,
                FIELDS[field],
                field in REQUIRED,
                [self[name] for name in self._names[field]],
                self[_constant_name(field)],
            )
            for field in FIELDS
        ]

    @property
    def reading(self) -> list[BoundField]:
        """How the file is written."""
        return [self[name] for name in (*(["creditor"] if "creditor" in self.fields else []), *READING)]

    @property
    def fixed(self) -> list[BoundField]:
        """What only a fixed-width file needs."""
        return [self[name] for name in FIXED]

    def clean_layout(self) -> list[dict[str, Any]]:
        """The columns, each {name, start, length}."""
        columns: list[dict[str, Any]] = []
        errors: list[str] = []
        lines: dict[str, int] = {}
        for number, line in enumerate(self.cleaned_data["layout"].splitlines(), 1):
            if not (text := line.strip()):
                continue
            try:
                column = _column(text)
            except ValueError as error:
                errors.append(f"Line {number}: {error}")
                continue
            if title_key(column["name"]) in lines:
                errors.append(
                    f"Line {number}: “{column['name']}” stands in line {lines[title_key(column['name'])]} too."
                )
            lines[title_key(column["name"])] = number
            columns.append(column)
        if errors:
            raise forms.ValidationError(errors[:5])
        return columns

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("format") == Format.FIXED_WIDTH and not cleaned.get("layout", True):
            self.add_error("layout", "A file of fixed width says nothing about its columns: describe them, one a line.")
        fields = {}
        for field in FIELDS:
            columns = [text for name in self._names[field] if (text := cleaned.get(name, ""))]
            constant = cleaned.get(_constant_name(field), "")
            if columns and constant:
                self.add_error(_constant_name(field), f"{FIELDS[field]}: choose a column or write a text, not both.")
            elif columns:
                fields[field] = {"columns": columns}
            elif constant:
                fields[field] = {"constant": constant}
        if not self.errors:
            cleaned["spec"] = self._sound({"fields": fields, **_how(cleaned)})
        return cleaned

    def _sound(self, content: dict[str, Any]) -> Spec | None:
        try:
            return mapping.read(content)
        except WrongMapping as error:
            overlap = "overlap" in str(error)
            self.add_error("layout" if overlap else None, str(error))
            return None


def _column(text: str) -> dict[str, Any]:
    """One line of the layout. Raises ValueError with what is wrong with it."""
    found = _LAYOUT_LINE.fullmatch(text)
    if found is None:
        raise ValueError(f"“{text[:40]}” is not a name, the first character and the length, such as: name 13 25")
    start, length = int(found["start"]), int(found["length"])
    if not (1 <= start <= LONGEST_LINE and 1 <= length <= LONGEST_LINE):
        raise ValueError(f"characters are counted from 1 to {LONGEST_LINE:,}, and a column has at least one.")
    return {"name": found["name"], "start": start, "length": length}


def _how(cleaned: dict[str, Any]) -> dict[str, Any]:
    """What the form says besides the fields."""
    keys = {word: key for key, word in DELIMITER_KEYS.items()}
    delimiter = cleaned["delimiter"]
    return {
        "delimiter": keys.get(delimiter, delimiter),
        "skip_lines": cleaned["skip_lines"] or 0,
        **{name: cleaned[name] for name in ("encoding", "date_format", "amount_format", "layout")},
    }


def _initial(spec: Spec, format: str) -> dict[str, Any]:  # noqa: A002
    initial: dict[str, Any] = {name: getattr(spec, name) for name in READING[1:]}
    initial |= {"format": format, "delimiter": DELIMITER_KEYS.get(spec.delimiter, spec.delimiter)}
    initial["layout"] = "\n".join(f"{column.name} {column.start} {column.length}" for column in spec.layout)
    for field, source in spec.fields.items():
        initial |= dict(zip(_column_names(field, spec), source.columns, strict=False))
        initial[_constant_name(field)] = source.constant
    return initial


def _column_names(field: str, spec: Spec) -> list[str]:
    """The names of the selects; a mapping that came from elsewhere may join more columns than we offer."""
    saved = len(spec.fields[field].columns) if field in spec.fields else 0
    return [f"{field}-{number}" for number in range(1, max(PARTS.get(field, 1), saved) + 1)]


def _constant_name(field: str) -> str:
    return f"{field}-text"


def _automatic(sources: Mapping[str, str], field: str) -> str:
    """What happens when nothing is chosen."""
    if field not in sources:
        return "Find it by its name"
    return f"{sources[field]} (found by its name)" if sources[field] else "Not in the file"
