"""rebuild_tallies: sum up anew what figures are read from."""

from typing import Any

from django.core.management.base import CommandParser

from core import crossings, onboarding
from core.commands import OperatorCommand, Outcome
from core.words import count
from reports import tallies


class Command(OperatorCommand):
    help = "Sum up all facts of reports anew, while others go on working; for after a restore or an accident."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--agency", default="", help="only this agency")

    def carry_out(self, **options: Any) -> Outcome:
        only = onboarding.agency_named(options["agency"]).pk if options["agency"] else None
        agencies = [only] if only else crossings.all_agencies()
        sums = sum(tallies.rebuild(agency_id) for agency_id in agencies)
        return Outcome(
            f"Summed up the facts of {count(len(agencies), 'agency', 'agencies')} anew: {count(sums, 'sum')}."
            " check_books proves them.",
            {"agencies": len(agencies), "sums": sums},
        )
