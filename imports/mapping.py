"""How does one creditor write what we call external_ref, original_amount, due_date? His saved mapping says so.

A mapping is data (`Spec`, kept as JSON in a `Mapping` row, one row a version). Without one, columns are found by their
names and known synonyms (`imports.columns`).
"""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

# The fields that a column can be mapped to, with what people call them, in the order in which forms show them.
FIELDS = {
    "external_ref": "Account reference",
    "debtor_name": "Debtor name",
    "original_amount": "Amount owed",
    "creditor_name": "Creditor",
    "debtor_external_ref": "Debtor reference",
    "due_date": "Due date",
    "account_type": "Account type",
    "debtor_phone": "Phone",
    "debtor_email": "E-mail",
    "address_line1": "Street",
    "city": "City",
    "state": "State",
    "zip": "ZIP",
    "debtor_ssn_last4": "SSN, last 4 digits",
    "debtor_date_of_birth": "Date of birth",
}
REQUIRED = ("external_ref", "debtor_name", "original_amount")

# Pattern people write, and how Python reads it. Two-digit years are left out on purpose: 01/02/35 is a guess.
DATE_FORMATS = {
    "YYYY-MM-DD": "%Y-%m-%d",
    "MM/DD/YYYY": "%m/%d/%Y",
    "DD/MM/YYYY": "%d/%m/%Y",
    "DD.MM.YYYY": "%d.%m.%Y",
    "MM-DD-YYYY": "%m-%d-%Y",
    "YYYYMMDD": "%Y%m%d",
    "MMDDYYYY": "%m%d%Y",
    "DD-Mon-YYYY": "%d-%b-%Y",
}
AMOUNT_FORMATS = {
    "us": "1,234.50",
    "eu": "1.234,50",
    "cents": "123450 (whole cents, no point)",
}
DELIMITERS = {"": "Detect", ",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Pipe"}
ENCODINGS = {
    "": "Detect",
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
    "iso-8859-1": "ISO-8859-1",
}
LONGEST_LINE = 20_000
MOST_COLUMNS = 500
MOST_SKIPPED = 100

_Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class WrongMapping(ValueError):
    """The mapping cannot be used; `str()` is the sentence for the user."""


class Source(BaseModel):
    """Where a field comes from: columns of the file, joined by a blank, or the same text in every row."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: Annotated[list[_Title], Field(max_length=5)] = []
    constant: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.columns) == bool(self.constant):
            raise ValueError("Name columns or a constant, not both")
        return self


class Column(BaseModel):
    """A column of a fixed-width line: `start` is the first character, counted from 1."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: _Title
    start: Annotated[int, Field(ge=1, le=LONGEST_LINE)]
    length: Annotated[int, Field(ge=1, le=LONGEST_LINE)]


class Spec(BaseModel):
    """Everything a mapping says. An empty one says nothing: detect, and find columns by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fields: dict[str, Source] = {}
    date_format: str = "YYYY-MM-DD"
    amount_format: Literal["us", "eu", "cents"] = "us"
    delimiter: Literal["", ",", ";", "\t", "|"] = ""
    encoding: Literal["", "utf-8", "utf-16", "cp1252", "iso-8859-1"] = ""
    # Fixed width only: the columns of a line.
    layout: Annotated[list[Column], Field(max_length=MOST_COLUMNS)] = []
    # How many lines stand above the header (fixed width: above the first row), blank ones too.
    skip_lines: Annotated[int, Field(ge=0, le=MOST_SKIPPED)] = 0

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        unknown = sorted(set(self.fields) - set(FIELDS))
        if unknown:
            raise ValueError(f"There is no field “{unknown[0]}”. Fields are {', '.join(FIELDS)}")
        if self.date_format not in DATE_FORMATS:
            raise ValueError(f"Dates cannot be read as “{self.date_format}”. Choose one of {', '.join(DATE_FORMATS)}")
        for column, following in zip(ordered := sorted(self.layout, key=lambda c: c.start), ordered[1:], strict=False):
            if column.start + column.length > following.start:
                raise ValueError(f"The columns “{column.name}” and “{following.name}” overlap")
        names = [title_key(column.name) for column in self.layout]
        twice = [column.name for column in self.layout if names.count(title_key(column.name)) > 1]
        if twice:
            raise ValueError(f"The layout names “{twice[0]}” more than once")
        return self


NOTHING = Spec()


def read(content: Any) -> Spec:
    """A mapping from JSON that somebody gives us. Raises WrongMapping with one sentence."""
    try:
        return Spec.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ").rstrip(".")
        raise WrongMapping(f"{where}: {message}." if where else f"{message}.") from None


def as_json(spec: Spec) -> dict[str, Any]:
    """The mapping as it is stored: only what differs from an empty one."""
    return spec.model_dump(mode="json", exclude_defaults=True)


def title_key(title: str) -> str:
    """What is the same in “Account No.”, “account_no” and “ACCOUNT-NO”."""
    return re.sub(r"[\W_]+", "_", title.strip().lower()).strip("_")


def title_pattern(titles: Sequence[str]) -> str:
    """A regular expression that, whatever the case, fully matches every title of the same key as one of these."""
    keys = sorted({title_key(title) for title in titles} - {""})
    return rf"[\W_]*(?:{'|'.join(key.replace('_', r'[\W_]+') for key in keys)})[\W_]*"


def listed(names: Sequence[str]) -> str:
    """“a, b and c”."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
