"""check_books: does every balance equal its entries, and every other invariant hold?"""

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser

from core import books, onboarding
from core.commands import OperatorCommand, Outcome
from core.words import count


class Command(OperatorCommand):
    help = "Check every balance and every invariant; exit code 1 when one is broken."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--agency", default="", help="only this agency")

    def carry_out(self, **options: Any) -> Outcome:
        only = onboarding.agency_named(options["agency"]) if options["agency"] else None
        audit = books.check_books(only)
        looked_at = (
            f"{count(audit.accounts, 'account')} and {count(audit.entries, 'balance entry', 'balance entries')}"
            f" in {count(audit.agencies, 'agency', 'agencies')}"
        )
        facts = asdict(audit)
        if not audit.broken:
            return Outcome(f"The books agree: {looked_at}, {audit.rules} rules each.", facts)
        return Outcome(f"The books do not agree ({looked_at}):\n{_listed(audit.broken)}", facts, ok=False)


def _listed(broken: list[books.Broken]) -> str:
    lines = []
    for one in broken:
        lines.append(f"{one.agency}, {one.rule}: broken {count(one.times, 'time')}.")
        lines.extend(f"  {sentence}" for sentence in one.sentences)
        if one.times > len(one.sentences):
            lines.append(f"  … and {one.times - len(one.sentences)} more.")
    return "\n".join(lines)
