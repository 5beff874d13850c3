"""Each report of the catalogue as a file: the sheets of its page, by the filters and in the order of its URL."""

from dataclasses import replace
from functools import partial

from django.http import QueryDict

from core import tenancy
from core.addresses import address
from core.exportable import Exportable, managers
from core.models import Agency, User
from core.sheet import Sheet
from reports.catalogue import REPORTS
from reports.catalogue.report import Report
from reports.pages.report_page import ReportPage


def sheets(report: Report, params: QueryDict) -> list[Sheet]:
    """Its sheets for the current agency; what they are of (days, creditor, collector) stands in their notes."""
    page = ReportPage(report, params, Agency.objects.get(pk=tenancy.current_agency_id()))
    return [replace(sheet, notes=[*page.said, *sheet.notes]) for sheet in page.sheets]


def _prepare(report: Report, _: User, params: QueryDict) -> list[Sheet]:
    return sheets(report, params)


def _address(report: Report) -> str:
    return f"{address('reports:index')}{report.slug}/"


EXPORTABLES = [
    Exportable(f"reports.{report.slug}", report.title, managers, partial(_prepare, report), partial(_address, report))
    for report in REPORTS
]
