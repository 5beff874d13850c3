"""A report leaves as the file of its page: the same sheets, figures, filters and order."""

from collections.abc import Callable

import pytest
from django.test import Client

from core.models import Agency, User
from imports.models import SFTPImportJob
from reports.catalogue import REPORTS
from tests.reports.exporting import ask, exported, link_on_page, only, sheets, work
from tests.worklist.pages import text

As = Callable[[User], Client]


def test_the_figures_are_those_of_the_page(inside: Agency, dana: User, as_user: As) -> None:
    SFTPImportJob.objects.create(
        file_name="a.csv", file_size=1, status="completed", processed_ok=6, created_count=6, processed_errors=2
    )
    content = exported(as_user(dana), inside, "reports.import-quality", "period=month", "xlsx")
    book = sheets(content)
    titles = [name for name in book if name != "About this file"]
    page = text(as_user(dana).get("/reports/import-quality/?period=month"))
    assert titles
    assert all(title in page for title in titles)
    assert any(8.0 in row and 2.0 in row for row in book[titles[0]][1:])
    assert any("This month" in row[1] for row in book["About this file"])


@pytest.mark.parametrize("report", REPORTS, ids=[report.slug for report in REPORTS])
def test_every_report_can_be_exported_even_without_anything(
    report: object, inside: Agency, dana: User, sarah: User, as_user: As
) -> None:
    slug = getattr(report, "slug", "")
    page = as_user(dana).get(f"/reports/{slug}/").content.decode()
    assert f'name="source" value="reports.{slug}"' in page
    for kind in ("csv", "xlsx"):
        ask(as_user(dana), f"reports.{slug}", "period=7d&nonsense=1", kind)
    work(inside)
    assert link_on_page(as_user(dana))
    assert ask(as_user(sarah), f"reports.{slug}").status_code == 404


def test_the_other_agency_s_figures_are_its_own(inside: Agency, stranger: User, northwind: Agency, as_user: As) -> None:
    SFTPImportJob.objects.create(
        file_name="mark.csv", file_size=1, status="completed", processed_ok=6, created_count=6, processed_errors=2
    )
    from core import tenancy

    with tenancy.acting_for(northwind):
        ask(as_user(stranger), "reports.import-quality", "", "xlsx")
    work(northwind)
    assert only(northwind, stranger).rows_done == 0
