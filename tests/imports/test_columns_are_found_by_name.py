"""Which column of a header is which field: what is found, what is left as it is, and what is not guessed."""

from collections import Counter

import pytest

from imports import columns
from imports.formats import Refused
from imports.mapping import FIELDS, REQUIRED, Source, Spec, title_key

REST = ["debtor_name", "original_amount"]


def test_a_synonym_means_one_field() -> None:
    names = [*columns.SYNONYMS, *(name for known in columns.SYNONYMS.values() for name in known)]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert [name for name in names if title_key(name) != name] == []
    assert set(columns.SYNONYMS) == set(FIELDS)


@pytest.mark.parametrize("field", FIELDS)
def test_every_synonym_is_found_however_it_is_written(field: str) -> None:
    others = [name for name in REQUIRED if name != field]
    for name in (field, *columns.SYNONYMS[field]):
        for title in (name.upper(), f" {name.replace('_', ' ').title()} ", name.replace("_", "-"), name + "."):
            found = columns.understand(["branch", title, *others])
            assert found.source(field) == title.strip()
            assert found.unknown(["Main", "x", *others]) == {"branch": "Main"}


def test_the_order_of_columns_means_nothing() -> None:
    found = columns.understand(["amount", "name", "account"])
    assert found.values(["1", "Jane", "A-1"]) == {"original_amount": "1", "debtor_name": "Jane", "external_ref": "A-1"}


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (["a", *REST], "The header lacks external_ref. Required are external_ref, debtor_name and original_amount."),
        (["account", "reference", *REST], "“account” and “reference” could each be the external_ref."),
        (["Account", "ACCOUNT", *REST], "In the header “Account” and “ACCOUNT” are the same name. Keep one."),
        (["account", "account", *REST], "The header names “account” more than once."),
        (["account", "x", "x", "y", "y", *REST], "The header names “x” and “y” more than once."),
        (["account", " _ ", *REST], "Column 2 has no name. Name it or remove it."),
    ],
)
def test_what_is_not_clear_is_refused_by_name(header: list[str], says: str) -> None:
    with pytest.raises(Refused) as refused:
        columns.understand(header)
    assert says in str(refused.value)


def test_a_column_may_fill_two_fields_of_a_mapping() -> None:
    spec = Spec(fields={name: Source(columns=["Number"]) for name in ("external_ref", "debtor_external_ref")})
    found = columns.understand(["number", *REST], spec)
    values = found.values(["7", "Jane", "1"])
    assert (values["external_ref"], values["debtor_external_ref"]) == ("7", "7")


def test_optional_fields_take_the_first_synonym_and_keep_the_others() -> None:
    found = columns.understand(["account", *REST, "mobile", "phone"])
    assert (found.source("debtor_phone"), found.unknown(["1", "", "", "614", "615"])) == ("phone", {"mobile": "614"})
