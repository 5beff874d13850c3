"""Import quality: what each feed's files came to, why rows were rejected, and the files behind each figure."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

from core import tenancy
from core.models import Agency, User
from imports import importer, quality
from imports.mapping import FIELDS
from imports.models import ImportedRecord, SFTPFeed, SFTPImportJob
from tests.cast import ago
from tests.imports.conftest import csv_of, make_job, row
from tests.reports.pages import totals
from tests.reports.reading import report, table, tables
from tests.worklist.pages import text

As = Callable[[User], Client]
SLUG = "import-quality"
# The figure of the report, and what the list of files calls the same.
TOTALS = {
    "Files": "files",
    "Failed": "failed",
    "Rows": "rows",
    "Accepted": "accepted",
    "Rejected": "rejected",
    "New": "created",
    "Updated": "updated",
    "Unchanged": "unchanged",
}


@pytest.fixture(autouse=True)
def _stored_here(tmp_path: Path) -> Any:
    with override_settings(MEDIA_ROOT=tmp_path / "files"):
        yield


def feed_named(name: str) -> SFTPFeed:
    return SFTPFeed.objects.create(name=name, host="sftp.example", username="u", host_key="k")


def imported(rows: list[dict[str, Any]], **facts: Any) -> SFTPImportJob:
    """A file of these rows, worked off."""
    job = make_job(csv_of(rows), **facts)
    importer.process(job.pk)
    job.refresh_from_db()
    return job


def received(job: SFTPImportJob, when: datetime) -> None:
    SFTPImportJob.objects.filter(pk=job.pk).update(created_at=when)


@pytest.fixture
def history(inside: Agency) -> dict[str, SFTPImportJob]:
    """Two feeds and a file brought by hand: new rows, the same again with one changed, wrong amounts, a ruined file."""
    north, south = feed_named("Northgate nightly"), feed_named("Southside weekly")
    return {
        "first": imported([row(n) for n in range(1, 5)], feed=north, remote_mtime=1),
        "again": imported([row(1), row(2, due_date="2026-01-01"), row(9, original_amount="abc")], feed=north,
                          remote_mtime=2),
        "south": imported([row(20), row(21, original_amount="abc", debtor_name="")], feed=south, remote_mtime=1),
        "ruined": imported([{"nothing": "we know"}], feed=south, remote_mtime=2),
        "by hand": imported([row(30), row(31, debtor_name="")], name="brought.csv"),
    }  # fmt: skip


def test_each_feed_says_what_its_files_came_to(history: dict[str, SFTPImportJob], dana: User, as_user: As) -> None:
    """Against the rows that were imported, counted in plain Python."""
    assert history["ruined"].status == "failed"
    shown = table(report(as_user(dana), SLUG), "Feeds")
    for name, jobs in {
        "Northgate nightly": ["first", "again"],
        "Southside weekly": ["south", "ruined"],
        "Imported by hand": ["by hand"],
        "Total": list(history),
    }.items():
        records = ImportedRecord.objects.filter(job__in=[history[job].pk for job in jobs])
        outcomes = [record.outcome for record in records]
        share = 100 * outcomes.count("rejected") / len(outcomes)
        said = shown.said(name)
        assert {title: said[title] for title in ("Files", "Failed", "Rows", "Accepted", "Rejected")} == {
            "Files": str(len(jobs)),
            "Failed": str(jobs.count("ruined")),
            "Rows": str(len(outcomes)),
            "Accepted": str(len(outcomes) - outcomes.count("rejected")),
            "Rejected": str(outcomes.count("rejected")),
        }
        for title, outcome in {"New": "created", "Updated": "updated", "Unchanged": "unchanged"}.items():
            assert said[title] == str(outcomes.count(outcome)), (name, title)
        assert said["Rejected share"] == f"{share:.1f}%"
        assert float(said["Seconds a file"]) >= 0
    assert shown.names == ["Northgate nightly", "Southside weekly", "Imported by hand"]


def test_reasons_are_counted_by_feed(history: dict[str, SFTPImportJob], dana: User, as_user: As) -> None:
    shown = table(report(as_user(dana), SLUG), "Why rows were rejected")
    found = [tuple(cell.said for cell in cells) for cells in shown.rows]
    expected: dict[tuple[str, str, str], int] = {}
    for record in ImportedRecord.objects.filter(outcome="rejected").select_related("job__feed"):
        for error in record.errors:
            feed = record.job.feed.name if record.job.feed else "Imported by hand"
            key = (feed, FIELDS.get(error["field"], "The whole row"), error["code"].replace("_", " ").capitalize())
            expected[key] = expected.get(key, 0) + 1
    assert len(expected) >= 3
    assert {row[:3]: int(row[3]) for row in found} == expected
    for cells in shown.rows:
        behind = as_user(dana).get(cells[3].url)
        assert totals(behind)["rejected"] == int(cells[3].said)
        assert cells[1].said in text(behind)


def test_every_figure_leads_to_the_files_that_make_it_up(
    history: dict[str, SFTPImportJob], dana: User, as_user: As
) -> None:
    """The list behind a figure shows the same figure as the sum of all that it lists."""
    browser = as_user(dana)
    shown = table(report(browser, SLUG), "Feeds")
    followed = 0
    for name, column, cell in shown.links:
        if column in TOTALS:
            assert totals(browser.get(cell.url)).get(TOTALS[column], 0) == int(cell.said), (name, column)
            followed += 1
    assert followed == 4 * len(TOTALS)


def test_only_the_files_of_the_period_count(history: dict[str, SFTPImportJob], dana: User, as_user: As) -> None:
    """By the days of the agency: half past midnight in London is the day before in Chicago."""
    received(history["first"], ago(40))
    browser = as_user(dana)
    assert table(report(browser, SLUG), "Feeds").said("Northgate nightly")["Files"] == "1"
    assert table(report(browser, SLUG, "period=90d"), "Feeds").said("Northgate nightly")["Files"] == "2"
    for job, hour in (("first", 5), ("again", 7)):  # 11 PM on March 1, 1 AM on March 2
        received(history[job], datetime(2026, 3, 2, hour, 30, tzinfo=UTC))
    one_day = "period=custom&since=2026-03-02&until=2026-03-02"
    assert table(report(browser, SLUG, one_day), "Feeds").said("Northgate nightly")["Rows"] == "3"


def test_nothing_yet_and_nothing_found_are_told_apart(
    history: dict[str, SFTPImportJob], inside: Agency, dana: User, as_user: As
) -> None:
    SFTPImportJob.objects.update(created_at=ago(900))
    browser = as_user(dana)
    assert "Nothing to report yet" in text(report(browser, SLUG))
    nothing = report(browser, SLUG, "period=7d")
    assert "Nothing matches these filters" in text(nothing)
    assert 'href="/reports/import-quality/"' in nothing.content.decode()
    assert not tables(nothing)


def test_reasons_of_a_ruined_year_are_a_sample(
    history: dict[str, SFTPImportJob], dana: User, as_user: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quality, "COUNTED", 1)
    page = report(as_user(dana), SLUG)
    assert sum(int(said) for said in table(page, "Why rows were rejected").column("Rejected rows")) == 1
    assert "in the last 1 rejected rows at most" in text(page)


def test_the_other_agency_s_files_are_not_there(history: dict[str, SFTPImportJob], stranger: User, as_user: As) -> None:
    with tenancy.acting_for(stranger.agency):
        page = report(as_user(stranger), SLUG, "period=year")
    assert "Nothing matches these filters" in text(page)
    assert "Northgate" not in text(page)
