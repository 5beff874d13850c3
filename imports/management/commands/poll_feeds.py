"""poll_feeds: look into the feeds now, due or not."""

from functools import partial
from typing import Any
from uuid import UUID

from django.core.management.base import CommandParser

from core import crossings, tenancy
from core.commands import OperatorCommand, Outcome
from core.words import count
from imports import importer
from imports.fetching import archiving, polling, side_by_side
from imports.models import SFTPFeed, SFTPImportJob


class Command(OperatorCommand):
    help = "Poll every active feed of every agency, or the one that is named."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--feed", default="", help="name of the feed")
        parser.add_argument(
            "--wait", action="store_true", help="poll in this process, and process what was found in it too"
        )

    def carry_out(self, **options: Any) -> Outcome:
        name = options["feed"]
        found = [(agency_id, feed) for agency_id in crossings.active_agencies() for feed in _feeds(agency_id, name)]
        if name and not found:
            raise ValueError(f"There is no active feed named {name!r}.")
        told = _poll_here(found) if options["wait"] else [_enqueue(*pair) for pair in found]
        return _outcome(told, waited=options["wait"])


type Found = tuple[UUID, SFTPFeed]


def _feeds(agency_id: UUID, name: str) -> list[SFTPFeed]:
    with tenancy.acting_for(agency_id):
        feeds = SFTPFeed.objects.filter(is_active=True)
        return list(feeds.filter(name__iexact=name) if name else feeds)


def _enqueue(agency_id: UUID, feed: SFTPFeed) -> dict[str, Any]:
    with tenancy.acting_for(agency_id):
        polling.enqueue(feed.pk)
    return {"feed": feed.name, "error": ""}


def _poll_here(found: list[Found]) -> list[dict[str, Any]]:
    """Visit the servers side by side, so that a slow one delays no other; then import what was fetched."""
    made: dict[UUID, list[UUID]] = {}

    def visit(agency_id: UUID, feed: SFTPFeed) -> None:
        with tenancy.working_for(agency_id):
            made[feed.pk] = polling.poll_feed(feed.pk)

    side_by_side.run([partial(visit, *pair) for pair in found], to_the_end=True)
    return [_import_from(agency_id, feed, made.get(feed.pk, [])) for agency_id, feed in found]


def _import_from(agency_id: UUID, feed: SFTPFeed, made: list[UUID]) -> dict[str, Any]:
    with tenancy.working_for(agency_id):
        jobs = [_process(pk) for pk in made]
        with tenancy.transaction():
            feed.refresh_from_db()
    return {"feed": feed.name, "error": feed.last_error, "jobs": jobs}


def _process(pk: UUID) -> dict[str, Any]:
    """The queue's own tasks for this job find it finished, and do nothing."""
    importer.process(pk)
    archiving.archive(pk)
    with tenancy.transaction():
        job = SFTPImportJob.objects.get(pk=pk)
    return job_facts(job)


def job_facts(job: SFTPImportJob) -> dict[str, Any]:
    """What a script wants to know of a job."""
    names = ("status", "total_records", "processed_ok", "processed_errors", "created_count", "updated_count")
    more = ("unchanged_count", "error_details", "file_name")
    return {"job": job.pk} | {name: getattr(job, name) for name in (*names, *more)}


def _outcome(feeds: list[dict[str, Any]], *, waited: bool) -> Outcome:
    troubles = [f"{feed['feed']}: {feed['error']}" for feed in feeds if feed["error"]]
    facts = {"feeds": feeds}
    if troubles:
        return Outcome("\n".join(troubles), facts, ok=False)
    files = [job for feed in feeds for job in feed.get("jobs", ())]
    what = f"; imported {count(len(files), 'file')}." if waited else "; the worker does the rest."
    return Outcome(f"Polled {count(len(feeds), 'feed')}{what}", facts)
