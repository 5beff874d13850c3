"""A file of rejected rows that is mended and sent again is read as if we had never added anything to it."""

import io
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.models import Account
from core.spreadsheet_cells import as_it_was, harmless, line
from imports import formats, rejected_rows
from imports.formats import sent_back
from tests.imports.conftest import row

untimed = settings(deadline=None)
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
CELL = TEXT | st.builds("".join, st.lists(st.sampled_from(["'", "=", "-", "+", "@", "1", " "]), max_size=6))


def read(content: str) -> tuple[str, list[str], list[tuple[int, list[str]]]]:
    with formats.opened(io.BytesIO(content.encode()), "csv") as document:
        table = document.table()
        return document.kind, table.header, list(table.records)


@untimed
@given(CELL)
@example("'=1")
@example("''-5")
@example("'")
def test_an_apostrophe_of_ours_is_taken_off_exactly(text: str) -> None:
    assert as_it_was(harmless(text)) == text


@untimed
@given(CELL)
def test_a_cell_that_we_would_not_have_written_so_is_left_alone(text: str) -> None:
    assert as_it_was(text) == text or harmless(as_it_was(text)) == text


HEADER = ["external_ref", "debtor_name", "original_amount"]


@untimed
@given(
    st.lists(st.sampled_from(["Line", "reason", "line_2", "note", "=total"]), unique=True),
    st.lists(st.lists(CELL, min_size=8, max_size=8), max_size=5),
)
def test_what_we_wrote_is_read_as_it_was(more: list[str], rows: list[list[str]]) -> None:
    header = HEADER + more
    cells = [row[: len(header)] for row in rows]
    content = rejected_rows.BYTE_ORDER_MARK + line((*sent_back.titles(header), *header))
    content += "".join(line((number, "=wrong", *row)) for number, row in enumerate(cells, 7))
    kind, titles, found = read(content)
    assert titles == header
    # Blanks at the ends of a cell mean nothing.
    assert [[c.strip() for c in row] for _, row in found] == [[c.strip() for c in row] for row in cells]
    assert kind.endswith("rejected rows sent back")


def test_a_creditor_s_own_columns_of_such_names_stay() -> None:
    table = "external_ref,line,reason,debtor_name\n'=A,7,late,Ann\n"
    assert read(table)[1:] == (["external_ref", "line", "reason", "debtor_name"], [(2, ["'=A", "7", "late", "Ann"])])
    assert read("line,external_ref\n7,A\n")[1] == ["line", "external_ref"]
    assert read("line,reason\n7,A\n")[1] == ["line", "reason"], "nothing of his own would be left"


def test_mended_rows_become_accounts_without_a_trace_of_the_way_they_took(import_file: Any) -> None:
    first = import_file([row(1, note="-5 % agreed", original_amount="?"), row(2), row(3, note="=1+1", state="Texas")])
    content = "".join(rejected_rows.lines(first))
    mended = content.replace(",?,", ",120.50,").replace("Texas", "TX")
    second = import_file(mended.encode())
    assert (second.created_count, second.processed_errors) == (2, 0)
    assert second.dialect == "UTF-8, comma, rejected rows sent back"
    particulars = dict(Account.objects.values_list("external_ref", "particulars"))
    assert (particulars["NGH-00001"], particulars["NGH-00003"]) == ({"note": "-5 % agreed"}, {"note": "=1+1"})


def test_what_is_rejected_once_more_is_told_by_its_line_in_the_mended_file(import_file: Any) -> None:
    first = import_file([row(1), row(2, original_amount="?"), row(3, note="'=1", original_amount="?")])
    second = import_file("".join(rejected_rows.lines(first)).encode())
    assert second.processed_errors == 2
    header, *lines = "".join(rejected_rows.lines(second)).splitlines()
    assert header.removeprefix(rejected_rows.BYTE_ORDER_MARK).startswith("line,reason,external_ref,")
    assert [text.split(",")[0] for text in lines] == ["2", "3"]
    assert lines[1].endswith(",''=1")
