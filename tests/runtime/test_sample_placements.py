"""The sample files are the same on every machine, and as good and as bad as they say."""

import csv
import hashlib
from datetime import date

import phonenumbers

from debtflow.demo import placements

TODAY = date(2026, 11, 22)


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(content.decode().splitlines()))


def test_they_are_the_same_each_time() -> None:
    first, second = placements.sample_files(TODAY), placements.sample_files(TODAY)
    assert first == second
    digest = hashlib.sha256(b"".join(first.values())).hexdigest()
    assert digest == "60d3245d69755d495f61b6a315652488cebf86ab6111d85121790b573c04edd9"


def test_they_have_the_promised_sizes_and_columns() -> None:
    files = [rows_of(content) for content in placements.sample_files(TODAY).values()]
    assert [len(rows) for rows in files] == [45, 120, 60]
    assert all(tuple(row) == placements.COLUMNS for rows in files for row in rows)
    references = [row["external_ref"] for rows in files for row in rows]
    assert len(set(references)) == len(references)


def test_telephone_numbers_are_fictional_and_possible() -> None:
    numbers = [
        row["debtor_phone"]
        for content in placements.sample_files(TODAY).values()
        for row in rows_of(content)
        if row["debtor_phone"]
    ]
    assert numbers
    for number in numbers:
        assert "555-01" in number
        assert phonenumbers.is_possible_number(phonenumbers.parse(number, "US"))
