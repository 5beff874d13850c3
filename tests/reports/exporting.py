"""What tests of exports need: to ask on a page, to let the worker work, and to read what came out."""

import csv
import io
import re
from html import unescape
from typing import Any

from django.test import Client
from python_calamine import CalamineWorkbook

from core import tenancy
from core.models import Agency, User
from debtflow import jobs
from reports.exports import making
from reports.models import Export

URL = "/exports/"


def ask(browser: Client, source: str, query: str = "", kind: str = "csv") -> Any:
    """As the Export menu of a page does."""
    return browser.post(URL, {"source": source, "query": query, "format": kind})


def work(agency: Agency) -> None:
    """All that the worker has to do for the agency's exports."""
    with tenancy.working_for(agency):
        for _ in range(20):
            making.run()


def work_off() -> None:
    """All that is in the queue."""
    while jobs.run_next():
        pass


def only(agency: Agency, user: User) -> Export:
    """The one export that the user asked for."""
    with tenancy.acting_for(agency):
        return Export.objects.get(requested_by=user)


def link_on_page(browser: Client) -> str:
    """The address behind the first “Download” of “My exports”; empty when there is none."""
    found = re.search(r'href="([^"]*/file/[^"]*)"', browser.get(URL).content.decode())
    return unescape(found.group(1)) if found else ""


def file_of(browser: Client) -> bytes:
    """What that link leads to."""
    response = browser.get(link_on_page(browser))
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def csv_rows(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file by their headings."""
    text = content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    """The cells of every sheet of a workbook, read by another library than wrote them."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def exported(browser: Client, agency: Agency, source: str, query: str = "", kind: str = "csv") -> bytes:
    """Ask, let it be made, and fetch it as its user does."""
    assert ask(browser, source, query, kind).status_code == 303
    work(agency)
    return file_of(browser)
