"""Titles and dates may stand above the header: the mapping says how many lines, and a header is looked for."""

import io
from typing import Any

import pytest
import xlsxwriter
from django.test import Client

from core.models import Account, Agency, User
from imports import formats, uploads
from imports.mapping import NOTHING, Spec
from imports.models import ImportedRecord, Upload
from imports.pages import preview
from tests.imports.conftest import work_off

TITLES = 'Placements of "July, 2026\n\nNorthgate Hospital; 1 Main St\n'
TABLE = "external_ref,debtor_name,original_amount,creditor_name\nA-1,Ann,1.00,N\nA-2,Ben,0,N\n"
BELOW = Spec(skip_lines=3)


def workbook(above: int) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Placements of July")
        for place, line in enumerate(TABLE.splitlines()):
            sheet.write_row(above + place, 0, line.split(","))
    return content.getvalue()


FILES = {"text": (TITLES + TABLE).encode(), "workbook": workbook(3)}


def seen(content: bytes, spec: Spec = NOTHING) -> preview.Preview:
    return preview.of_file(io.BytesIO(content), "csv", spec, default_creditor=True)


@pytest.mark.parametrize("kind", FILES)
def test_it_is_read_below_them_and_lines_are_those_of_the_file(kind: str, inside: Agency, import_file: Any) -> None:
    mapped = uploads.feeds.mapping_of_one_file(BELOW, None)
    job = import_file(FILES[kind], mapping=mapped)
    assert (job.created_count, job.processed_errors, job.error_details) == (1, 1, "")
    assert list(ImportedRecord.objects.order_by("line_number").values_list("line_number", "outcome")) == [
        (5, "created"),
        (6, "rejected"),
    ]


@pytest.mark.parametrize("kind", FILES)
def test_without_a_word_of_it_the_refusal_tells_where_the_header_seems_to_be(kind: str, import_file: Any) -> None:
    job = import_file(FILES[kind])
    assert job.status == "failed"
    assert job.error_details.endswith(
        "Line 4 looks like the header: enter 3 as “Lines above the table” in the mapping."
    )


@pytest.mark.parametrize("kind", FILES)
def test_the_preview_suggests_it(kind: str) -> None:
    assert seen(FILES[kind]).suggested_skip == 3
    below = seen(FILES[kind], BELOW)
    assert (below.suggested_skip, below.refusal, [line.number for line in below.lines]) == (None, "", [5, 6])


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_titles_do_not_mislead_about_the_separator(separator: str) -> None:
    found = seen(("a;b|c,d\n\n\n" + TABLE.replace(",", separator)).encode(), BELOW)
    assert found.titles == ["external_ref", "debtor_name", "original_amount", "creditor_name"]


def test_secrets_below_a_title_are_masked_before_the_header_is_known() -> None:
    content = b"Placements\nexternal_ref,debtor_name,original_amount,ssn4,dob\nA-1,Ann,1.00,4711,1990-01-02\n"
    shown = seen(content)
    assert shown.suggested_skip == 1
    assert shown.lines[1].cells == ["A-1", "Ann", "1.00", "••••", "••••-••-••"]


def test_nothing_is_suggested_where_no_header_is() -> None:
    assert seen(b"a,b\n1,2\n3,4\n").suggested_skip is None
    assert seen(b"").suggested_skip is None


def test_a_separator_that_is_told_in_the_first_line_counts_as_a_line() -> None:
    content = ("sep=;\nPlacements\n" + TABLE.replace(",", ";")).encode()
    assert seen(content).suggested_skip == 2
    assert [line.number for line in seen(content, Spec(skip_lines=2)).lines] == [4, 5]


def test_more_lines_than_there_are_refuse_the_file() -> None:
    for content in FILES.values():
        assert seen(content, Spec(skip_lines=90)).refusal == formats.NOTHING_BELOW


def test_one_click_in_the_editor_takes_the_suggestion(inside: Agency, dana: User, as_user: Any) -> None:
    browser: Client = as_user(dana)
    upload = uploads.bring(io.BytesIO(FILES["text"]), "july.csv", by=dana)
    url = f"/imports/uploads/{upload.pk}/"
    page = browser.get(url).content.decode()
    assert 'form="mapping" name="skip_lines" value="3"' in page
    form = {"format": "csv", "date_format": "YYYY-MM-DD", "amount_format": "us", "skip_lines": ["0", "3"]}
    shown = browser.post(url, form).content.decode()
    assert 'name="skip_lines" value="3"' in shown
    assert "Ann" in shown
    assert "looks like the header" not in shown
    browser.post(url, form | {"skip_lines": "3", "act": "save"})
    work_off()
    upload = Upload.objects.get()
    assert (upload.spec, upload.trial_result["created"], upload.trial_result["rejected"]) == (BELOW, 1, 1)


def test_batches_behind_the_first_are_read_below_them_too(inside: Agency, import_file: Any) -> None:
    mapped = uploads.feeds.mapping_of_one_file(BELOW, None)
    rows = "".join(f"B-{number},Ann,1.00,N\n" for number in range(1_500))
    job = import_file((TITLES + TABLE + rows).encode(), mapping=mapped)
    assert (job.created_count, Account.objects.count()) == (1_501, 1_501)
