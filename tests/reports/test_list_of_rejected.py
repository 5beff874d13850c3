"""Rejected rows across files: by feed, day and reason, with what to fix."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

from core import tenancy
from core.models import Agency, User
from imports import importer
from imports.models import SFTPFeed, SFTPImportJob
from tests.cast import ago, today
from tests.imports.conftest import csv_of, make_job, row
from tests.reports.pages import NASTY, ids, totals
from tests.worklist.pages import text

As = Callable[[User], Client]
URL = "/reports/rejected/"


@pytest.fixture
def jobs(inside: Agency, tmp_path: Path) -> Any:
    """A feed's file with two rows that are wrong, one of them in two ways, and a file brought by hand with another."""
    feed = SFTPFeed.objects.create(name="Northgate nightly", host="h", username="u", host_key="k")
    files: list[tuple[list[dict[str, Any]], dict[str, Any]]] = [
        (
            [row(1), row(2, original_amount="abc"), row(3, original_amount="abc", debtor_name="")],
            {"feed": feed, "remote_mtime": 1, "name": "nightly.csv"},
        ),
        ([row(4, debtor_email="no")], {"name": "brought.csv"}),
    ]
    with override_settings(MEDIA_ROOT=tmp_path):
        made = [make_job(csv_of(rows), **facts) for rows, facts in files]
        for job in made:
            importer.process(job.pk)
    SFTPImportJob.objects.filter(pk=made[1].pk).update(created_at=ago(10))
    return made


def test_every_rejected_row_says_what_to_fix(jobs: list[SFTPImportJob], dana: User, as_user: As) -> None:
    page = as_user(dana).get(URL)
    assert totals(page) == {"rejected": 3, "files": 2}
    assert len(ids(page)) == 3
    assert "nightly.csv Northgate nightly" in text(page)
    assert "brought.csv Imported by hand" in text(page)
    assert f'href="/imports/{jobs[0].pk}/"' in page.content.decode()
    assert "NGH-00003" in text(page)
    assert "and 1 more" in text(page)


def test_filters(jobs: list[SFTPImportJob], dana: User, as_user: As) -> None:
    browser, day = as_user(dana), today() - timedelta(days=5)
    for query, rows in {
        f"feed={jobs[0].feed_id}": 2,
        "feed=none": 1,
        f"since={day}": 2,
        f"until={day}": 1,
        "field=original_amount": 2,
        "field=debtor_name": 1,
        "code=not_a_number": 2,
        "code=not a number&field=original_amount": 2,
        "code=not_a_number&field=debtor_name": 0,
    }.items():
        assert totals(browser.get(f"{URL}?{query}")).get("rejected", 0) == rows, query
    by_name = browser.get(f"{URL}?field=debtor_name")
    assert "Debtor name" in text(by_name), "of several errors the one that was asked for"


@pytest.mark.parametrize("value", NASTY)
def test_rubbish_is_named_and_breaks_nothing(value: str, inside: Agency, dana: User, as_user: As) -> None:
    page = as_user(dana).get(URL, dict.fromkeys(["since", "until", "feed", "field", "code", "after", "before"], value))
    assert page.status_code == 200
    assert "Not every filter could be used" in text(page)


def test_a_collector_and_the_other_agency_see_nothing(
    jobs: list[SFTPImportJob], sarah: User, stranger: User, as_user: As
) -> None:
    assert as_user(sarah).get(URL).status_code == 404
    with tenancy.acting_for(stranger.agency):
        page = as_user(stranger).get(URL)
    assert "Nothing here yet" in text(page)
