"""import_file FILE: import a file of this machine here and now."""

from pathlib import Path
from typing import Any, BinaryIO

from django.core.files.storage import default_storage
from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from core import onboarding, tenancy
from core.commands import OperatorCommand, Outcome
from imports import importer, receiving
from imports.management.commands.create_feed import creditor_named
from imports.management.commands.poll_feeds import job_facts
from imports.models import Format, SFTPImportJob


class Command(OperatorCommand):
    help = "Import a placement file; with --dry-run only say what would become of it."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--agency", required=True, help="name of the agency")
        parser.add_argument("--creditor", default="", help="for rows that name none")
        parser.add_argument("--format", default=Format.CSV.value, choices=Format.values)
        parser.add_argument("--dry-run", action="store_true", help="undo everything at the end")

    def carry_out(self, **options: Any) -> Outcome:
        agency = onboarding.agency_named(options["agency"])
        try:
            with Path(options["file"]).open("rb") as file, tenancy.working_for(agency):
                carry_out = _dry_run if options["dry_run"] else _import
                job = carry_out(file, options)
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error}") from error
        return _outcome(job, dry=options["dry_run"])


def _import(file: BinaryIO, options: dict[str, Any]) -> SFTPImportJob:
    with tenancy.transaction():
        creditor = creditor_named(options["creditor"])
        job = receiving.receive(file, options["file"], creditor=creditor, format=options["format"])
    importer.process(job.pk)
    with tenancy.transaction():
        job.refresh_from_db()
    return job


def _dry_run(file: BinaryIO, options: dict[str, Any]) -> SFTPImportJob:
    """The same import, in one transaction that is undone."""
    with tenancy.transaction():
        job = _import(file, options)
        transaction.set_rollback(True)
    default_storage.delete(job.stored_file)
    return job


def _outcome(job: SFTPImportJob, *, dry: bool) -> Outcome:
    facts = job_facts(job) | {"dry_run": dry}
    if job.status == SFTPImportJob.Status.FAILED:
        return Outcome(f"The file was refused. {job.error_details}", facts, ok=False)
    would = "Would have imported" if dry else "Imported"
    return Outcome(
        f"{would} {job.file_name}: {job.created_count:,} created, {job.updated_count:,} updated,"
        f" {job.unchanged_count:,} unchanged, {job.processed_errors:,} rejected.",
        facts,
    )
