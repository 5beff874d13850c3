"""import_file FILE: import a file of this machine here and now."""

from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import CommandError, CommandParser

from core import onboarding, tenancy
from core.commands import OperatorCommand, Outcome
from imports import importer, receiving, trial
from imports.management.commands.create_feed import creditor_named, mapping_in
from imports.management.commands.poll_feeds import job_facts
from imports.mapping import Spec
from imports.models import Format, SFTPImportJob


class Command(OperatorCommand):
    help = "Import a placement file; with --dry-run only say what would become of it."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--agency", required=True, help="name of the agency")
        parser.add_argument("--creditor", default="", help="for rows that name none")
        parser.add_argument("--format", default=Format.CSV.value, choices=Format.values)
        parser.add_argument("--mapping", default="", metavar="FILE.json", help="how the creditor writes his columns")
        parser.add_argument("--dry-run", action="store_true", help="write nothing")

    def carry_out(self, **options: Any) -> Outcome:
        agency = onboarding.agency_named(options["agency"])
        spec = mapping_in(options["mapping"])
        carry_out = _dry_run if options["dry_run"] else _import
        try:
            with Path(options["file"]).open("rb") as file, tenancy.working_for(agency):
                facts = carry_out(file, options, spec)
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error}") from error
        return _outcome(facts | {"dry_run": options["dry_run"]})


def _import(file: BinaryIO, options: dict[str, Any], spec: Spec) -> dict[str, Any]:
    with tenancy.transaction():
        creditor = creditor_named(options["creditor"])
        job = receiving.receive(file, options["file"], creditor=creditor, format=options["format"], spec=spec)
    importer.process(job.pk)
    with tenancy.transaction():
        job.refresh_from_db()
    return job_facts(job)


def _dry_run(file: BinaryIO, options: dict[str, Any], spec: Spec) -> dict[str, Any]:
    """The facts that the job would have. Raises Refused when the file is too large."""
    receiving.refuse_larger(Path(options["file"]).stat().st_size)
    with tenancy.transaction():
        creditor_id = trial.creditor_of_name(options["creditor"]) if options["creditor"] else None
    found = trial.of_file(file, options["format"], spec, creditor_id)
    return {
        "status": SFTPImportJob.Status.FAILED if found.refusal else SFTPImportJob.Status.COMPLETED,
        "error_details": found.refusal,
        "file_name": Path(options["file"]).name,
        "total_records": found.records,
        "processed_ok": found.created + found.updated + found.unchanged,
        "processed_errors": found.rejected,
        "created_count": found.created,
        "updated_count": found.updated,
        "unchanged_count": found.unchanged,
        "rejected": found.examples,
    }


def _outcome(facts: dict[str, Any]) -> Outcome:
    if facts["status"] == SFTPImportJob.Status.FAILED:
        return Outcome(f"The file was refused. {facts['error_details']}", facts, ok=False)
    would = "Would have imported" if facts["dry_run"] else "Imported"
    return Outcome(
        f"{would} {facts['file_name']}: {facts['created_count']:,} created, {facts['updated_count']:,} updated,"
        f" {facts['unchanged_count']:,} unchanged, {facts['processed_errors']:,} rejected.",
        facts,
    )
