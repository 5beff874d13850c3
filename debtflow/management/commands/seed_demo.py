"""seed_demo [--accounts N]: the demo's agencies, people, accounts and histories."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from core.commands import OperatorCommand, Outcome
from core.words import count


class Command(OperatorCommand):
    help = "Make the demo data. A second run changes nothing."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--accounts", type=int, default=400, help="accounts of the first agency, 400 by default")

    def carry_out(self, **options: Any) -> Outcome:
        if not settings.DEVELOPMENT:
            raise CommandError("The passwords of the demo are public: seed_demo runs with DEBUG=1 only.")
        from debtflow.demo import seed  # needs packages that production does not install

        began = time.monotonic()
        made = seed.seed(options["accounts"])
        facts = {"created": made.agencies, "accounts": made.accounts, "seconds": round(time.monotonic() - began, 1)}
        if not made.agencies:
            return Outcome("The demo is there already; nothing was changed.", facts)
        return Outcome(
            f"Made {' and '.join(made.agencies)} with {count(made.accounts, 'account')} in {facts['seconds']} s.", facts
        )
