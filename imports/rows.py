"""Which rows of a placement file do we accept, and what is wrong with the others? (SPEC §5.3)

The rules run inside pydantic-core, one row at a time: whole batches are slower as soon as one row is bad. Patterns
say [0-9], because \\d also takes the digits of other scripts. What a pattern cannot say (a real date, a telephone
number, more than zero) is checked behind it.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Any, NamedTuple, NotRequired, TypedDict

from pydantic import ConfigDict, StringConstraints, TypeAdapter, ValidationError

from core import places
from imports.mapping import AMOUNT_FORMATS, DATE_FORMATS, FIELDS, Spec

LARGEST_WHOLE_DIGITS = 10  # 9,999,999,999.99


def _text(longest: int, pattern: str | None = None, shortest: int = 0) -> StringConstraints:
    return StringConstraints(min_length=shortest, max_length=longest, pattern=pattern)


_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_MAIL = rf"^$|^[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(\.{_LABEL})+$"
_AMOUNT = r"^\$? ?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]{1,2})?$"


class PlacementRow(TypedDict):
    """One row, every cell text and stripped. An empty optional cell says nothing: it never erases what we know."""

    __pydantic_config__ = ConfigDict(str_strip_whitespace=True, extra="ignore")  # type: ignore[misc]

    external_ref: Annotated[str, _text(100, shortest=1)]
    debtor_name: Annotated[str, _text(255, shortest=1)]
    original_amount: Annotated[str, _text(40, _AMOUNT)]
    debtor_ssn_last4: NotRequired[Annotated[str, _text(4, r"^([0-9]{4})?$")]]
    debtor_date_of_birth: NotRequired[Annotated[str, _text(10, r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]]
    debtor_email: NotRequired[Annotated[str, _text(320, _MAIL)]]
    debtor_phone: NotRequired[Annotated[str, _text(40)]]
    due_date: NotRequired[Annotated[str, _text(10, r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]]
    creditor_name: NotRequired[Annotated[str, _text(200)]]
    account_type: NotRequired[Annotated[str, _text(50)]]
    debtor_external_ref: NotRequired[Annotated[str, _text(100)]]
    address_line1: NotRequired[Annotated[str, _text(255)]]
    city: NotRequired[Annotated[str, _text(100)]]
    state: NotRequired[Annotated[str, _text(2, r"^([A-Za-z]{2})?$")]]
    zip: NotRequired[Annotated[str, _text(10)]]


_validate = TypeAdapter(PlacementRow).validator.validate_python
assert frozenset(FIELDS) == PlacementRow.__annotations__.keys()  # noqa: S101  (two lists of the same thing)
ISO = "YYYY-MM-DD"
_BIRTH = "debtor_date_of_birth"
_DATES = ("due_date", _BIRTH)
_SECRET = frozenset({"debtor_ssn_last4", _BIRTH})

_WRONG = {
    "debtor_ssn_last4": "Must be exactly 4 digits",
    "debtor_email": "Not an e-mail address such as name@example.com",
    "debtor_phone": "Not a telephone number",
    "state": "Must be a state's two letters, such as TX",
}
_MISSING = {
    "external_ref": "Missing. Every account needs the creditor's reference",
    "debtor_name": "Missing. Enter the debtor's name",
    "original_amount": "Missing. Enter the amount owed",
}


@dataclass(frozen=True)
class Problem:
    """Why a row is rejected: which cell, in a word for programs and in a sentence for people."""

    field: str
    code: str
    message: str
    value: str

    def as_json(self) -> dict[str, str]:
        """As an ImportedRecord keeps it; what may be a social security number or a birth date is masked."""
        value = self.value
        if self.field in _SECRET and not re.search(r"[A-Za-z]", value):
            value = re.sub(r"[0-9]", "•", value)
        return {"field": self.field, "code": self.code, "message": self.message, "value": value[:200]}


class Rejected(ValueError):
    """The row is not acceptable, for these reasons."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{p.field}: {p.message}" for p in problems))
        self.problems = problems


def not_as_many(cells: int, columns: int) -> Rejected:
    """The line does not pair with the header."""
    sentence = f"The line has {cells} cells, the header {columns}. Is a separator or a quotation mark missing?"
    return Rejected([Problem("line", "columns", sentence, "")])


class Placement(NamedTuple):
    """An acceptable row: its cells, and what was read out of them."""

    row: PlacementRow
    amount: str
    phone: str
    phone_zones: places.Zones


def check(values: dict[str, str], writing: "Writing | None" = None) -> Placement:
    """The row, with amount and telephone number in their normal form. Raises Rejected with every reason.

    `writing` is how the creditor writes dates and amounts, None for ISO dates and US amounts.
    """
    if writing is not None:
        return writing.check(values)
    try:
        row: PlacementRow = _validate(values)
    except ValidationError as error:
        raise Rejected(_every_problem(values, error)) from None
    amount = normal_amount(row["original_amount"])
    text = row.get("debtor_phone")
    phone = places.phone(text) if text else ("", places.NOWHERE)
    if not amount or phone is None or not _is_date(row.get("due_date")) or not _is_date(row.get(_BIRTH)):
        raise Rejected(_later_problems(values, set()))
    return Placement(row, amount, *phone)


@dataclass(frozen=True)
class Writing:
    """A creditor's way to write dates and amounts, turned into ours before a row is checked."""

    date_format: str
    amount_format: str

    def check(self, values: dict[str, str]) -> Placement:
        """`rows.check` of the converted row; faults show the text as the creditor wrote it."""
        converted, faults = dict(values), []
        if (amount := values["original_amount"].strip()) and self.amount_format != "us":
            text = _AMOUNTS[self.amount_format](amount)
            if text is None:
                example = AMOUNT_FORMATS[self.amount_format]
                faults.append(Problem("original_amount", "not_a_number", f"Not an amount. Write it as {example}", ""))
            converted["original_amount"] = text or "1"
        for name in _DATES:
            if (cell := values.get(name, "").strip()) and self.date_format != ISO:
                # A field that is filled with zeros, as fixed-width files have it, says nothing.
                iso = iso_date(cell, self.date_format) if cell.strip("0/-. ") else ""
                if iso is None:
                    faults.append(Problem(name, "invalid", f"Not a real date. Use {self.date_format}", ""))
                converted[name] = iso or ""
        try:
            placement = check(converted)
        except Rejected as rejected:
            faults += rejected.problems
        if faults:
            raise Rejected([replace(fault, value=values.get(fault.field, fault.value).strip()) for fault in faults])
        return placement


def writing_of(spec: Spec) -> Writing | None:
    """How the mapping says dates and amounts are written; None when as we do."""
    usual = spec.date_format == ISO and spec.amount_format == "us"
    return None if usual else Writing(spec.date_format, spec.amount_format)


@lru_cache(maxsize=8192)
def iso_date(text: str, pattern: str) -> str | None:
    """The date as YYYY-MM-DD, None when the text is no date of that pattern."""
    if pattern in ("YYYYMMDD", "MMDDYYYY") and not (len(text) == 8 and text.isascii() and text.isdigit()):
        return None  # strptime would take 2026111 as well
    try:
        return datetime.strptime(text, DATE_FORMATS[pattern]).date().isoformat()  # noqa: DTZ007  (a date, no moment)
    except ValueError:
        return None


_EU = re.compile(r"([-+(]?)[€$]? ?([0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)(?:,([0-9]*))? ?€?(\)?)")
_CENTS = re.compile(r"([-+(]?)([0-9]+)(\)?)")


def _from_eu(text: str) -> str | None:
    found = _EU.fullmatch(text)
    if found is None:
        return None
    sign, whole, decimals, end = found.groups()
    return f"{sign}{whole.replace('.', '')}{f'.{decimals}' if decimals else ''}{end or ''}"


def _from_cents(text: str) -> str | None:
    found = _CENTS.fullmatch(text)
    if found is None:
        return None
    sign, digits, end = found.groups()
    return f"{sign}{digits[:-2] or '0'}.{digits[-2:].zfill(2)}{end or ''}"


_AMOUNTS = {"eu": _from_eu, "cents": _from_cents}


def normal_amount(text: str) -> str:
    """Digits with a point, as the database reads them; empty when it is zero or too large."""
    plain = text.replace(",", "").lstrip("$ 0")
    if len(plain) > LARGEST_WHOLE_DIGITS and len(plain.partition(".")[0]) > LARGEST_WHOLE_DIGITS:
        return ""
    return plain if plain.strip("0.") else ""


@lru_cache(maxsize=4096)
def _is_date(text: str | None) -> bool:
    if not text:
        return True
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _every_problem(values: dict[str, str], error: ValidationError) -> list[Problem]:
    found = [_explain(e["loc"][0], e["type"], e["input"]) for e in error.errors(include_url=False)]
    return found + _later_problems(values, {problem.field for problem in found})


def _later_problems(values: dict[str, str], seen: set[str]) -> list[Problem]:
    """What is wrong with cells whose form is right."""
    found = []
    amount, text = values["original_amount"].strip(), values.get("debtor_phone", "").strip()
    if "original_amount" not in seen and not normal_amount(amount):
        found.append(Problem("original_amount", *_amount_fault(amount), amount))
    if "debtor_phone" not in seen and text and places.phone(text) is None:
        found.append(Problem("debtor_phone", "invalid", _WRONG["debtor_phone"], text))
    for name in _DATES:
        cell = values.get(name, "").strip()
        if name not in seen and not _is_date(cell):
            found.append(Problem(name, "invalid", "Not a real date. Use YYYY-MM-DD", cell))
    return found


def _explain(field: Any, kind: str, value: Any) -> Problem:
    text = value.strip() if isinstance(value, str) else ""
    if not text and field in _MISSING:
        return Problem(field, "required", _MISSING[field], "")
    if field == "original_amount":
        return Problem(field, *_amount_fault(text), text)
    if field in _DATES:
        return Problem(field, "invalid", "Not a real date. Use YYYY-MM-DD", text)
    if field in _WRONG and not (field == "debtor_phone" or (kind == "string_too_long" and field == "debtor_email")):
        return Problem(field, "invalid", _WRONG[field], text)
    return Problem(field, "too_long", f"Too long: {len(text)} characters", text)


_NOT_AN_AMOUNT = "Not an amount. Write it as 1234.50 or $1,234.50"
_DECIMAL_COMMA = re.compile(r"[-+(]?[0-9]{1,3}((\.[0-9]{3})+(,[0-9]*)?|[0-9]*,[0-9]{1,2})\)?")


def _amount_fault(text: str) -> tuple[str, str]:
    plain = text.replace("$", "").replace(",", "").replace(" ", "")
    # Owed to the debtor, as bookkeepers and mainframes write it: (100.00), -100.00, 100.00-, 100.00CR.
    number = plain.removeprefix("(").removesuffix(")").lstrip("+-\u2212").removesuffix("-").removesuffix("CR")
    if _DECIMAL_COMMA.fullmatch(text.strip("$€ ")) and ("," in text or text.count(".") > 1):
        return "not_a_number", "Written with a decimal comma: choose the amount format 1.234,50 in the mapping"
    if not re.fullmatch(r"[0-9]+(\.[0-9]*)?|\.[0-9]+", number):
        return "not_a_number", _NOT_AN_AMOUNT
    if plain != number or not number.strip("0."):
        return "not_positive", "Must be more than 0"
    whole, _, decimals = number.partition(".")
    if len(decimals) > 2:
        return "too_many_decimals", "Must have at most 2 decimals"
    if len(whole.lstrip("0")) > LARGEST_WHOLE_DIGITS:
        return "too_large", "Must be at most 9,999,999,999.99"
    return "not_a_number", _NOT_AN_AMOUNT
