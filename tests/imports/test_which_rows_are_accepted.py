"""The rules of a row: each with what it takes, what it refuses, and the words it says it in."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports import rows
from imports.mapping import FIELDS

VALID = {"external_ref": "A-1", "debtor_name": "Jane Doe", "original_amount": "12.00"}


def problems(**cells: str) -> list[dict[str, str]]:
    try:
        rows.check(VALID | cells)
    except rows.Rejected as rejected:
        return [problem.as_json() for problem in rejected.problems]
    return []


@pytest.mark.parametrize(
    ("text", "amount"),
    [("12", "12"), ("$1,234.50", "1234.50"), ("1,234.5", "1234.5"), ("0012.30", "12.3"), ("9999999999.99",) * 2],
)
def test_amounts_that_are_understood(text: str, amount: str) -> None:
    assert Decimal(rows.check(VALID | {"original_amount": text}).amount) == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "required"),
        ("1e3", "not_a_number"),
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("1,23.00", "not_a_number"),
        ("٣٤", "not_a_number"),
        ("12 000", "not_a_number"),
        ("0", "not_positive"),
        ("0.00", "not_positive"),
        ("-5", "not_positive"),
        ("(100.00)", "not_positive"),
        ("100.00-", "not_positive"),
        ("100.00 CR", "not_positive"),
        ("1.234", "too_many_decimals"),
        ("10000000000", "too_large"),
    ],
)
def test_amounts_that_are_refused(text: str, code: str) -> None:
    [problem] = problems(original_amount=text)
    assert (problem["field"], problem["code"], problem["value"]) == ("original_amount", code, text)


@pytest.mark.parametrize("text", ["1.234,50", "$1.234,50", "12,50", "1234,5", "1.234.567", "(1.234,50)"])
def test_a_decimal_comma_is_told_by_name(text: str) -> None:
    [problem] = problems(original_amount=text)
    assert problem["code"] == "not_a_number"
    assert problem["message"] == "Written with a decimal comma: choose the amount format 1.234,50 in the mapping"


@given(st.decimals(min_value="0.01", max_value="9999999999.99", places=2))
def test_every_amount_is_read_back_exactly(amount: Decimal) -> None:
    for text in (f"{amount:f}", f"${amount:,.2f}"):
        assert Decimal(rows.check(VALID | {"original_amount": text}).amount) == amount


@given(st.text(max_size=40))
def test_no_text_is_taken_for_an_amount_by_accident(text: str) -> None:
    found = problems(original_amount=text.replace("\0", ""))
    plain = text.strip().replace(",", "").replace("$", "").replace(" ", "")
    if not found:
        assert set(plain) <= set("0123456789.")
        assert Decimal(plain) > 0


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), st.text(max_size=400)))
def test_whatever_stands_in_a_row_it_is_accepted_or_explained(cells: dict[str, str]) -> None:
    assert all(p["message"] and p["field"] in FIELDS for p in problems(**cells))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("external_ref", "", "Missing. Every account needs the creditor's reference"),
        ("external_ref", "x" * 101, "Too long: 101 characters"),
        ("debtor_name", " ", "Missing. Enter the debtor's name"),
        ("debtor_ssn_last4", "12A4", "Must be exactly 4 digits"),
        ("debtor_email", "jane(at)mail", "Not an e-mail address such as name@example.com"),
        ("debtor_phone", "12345", "Not a telephone number"),
        ("due_date", "13/45/2026", "Not a real date. Use YYYY-MM-DD"),
        ("due_date", "2026-02-30", "Not a real date. Use YYYY-MM-DD"),
        ("due_date", "1767225600", "Not a real date. Use YYYY-MM-DD"),
        ("state", "Ohio", "Must be a state's two letters, such as TX"),
    ],
)
def test_each_fault_has_its_sentence(field: str, value: str, message: str) -> None:
    assert [(p["field"], p["message"]) for p in problems(**{field: value})] == [(field, message)]


def test_all_faults_of_a_row_are_told_at_once() -> None:
    found = problems(original_amount="0", debtor_email="x", debtor_phone="1", due_date="2026-02-30")
    assert {p["field"] for p in found} == {"original_amount", "debtor_email", "debtor_phone", "due_date"}


def test_what_may_be_a_social_security_number_is_masked() -> None:
    assert problems(debtor_ssn_last4="123-45-6789")[0]["value"] == "•••-••-••••"
    assert problems(debtor_ssn_last4="123")[0]["value"] == "•••"
