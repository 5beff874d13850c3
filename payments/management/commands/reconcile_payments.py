"""reconcile_payments: find out now what became of every payment that nobody has decided."""

from typing import Any

from django.core.management.base import CommandParser

from core import crossings, onboarding, tenancy
from core.commands import OperatorCommand, Outcome
from core.words import count
from payments import hurrying


class Command(OperatorCommand):
    help = "Look up every undecided payment, refund and event at its processor, and say what became of them."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--agency", default="", help="only this agency")

    def carry_out(self, **options: Any) -> Outcome:
        only = onboarding.agency_named(options["agency"]).pk if options["agency"] else None
        done = hurrying.Reconciled()
        for agency_id in [only] if only else crossings.active_agencies():
            with tenancy.working_for(agency_id):
                hurrying.reconcile(done)
        told = ", ".join(f"{number} {status}" for status, number in sorted(done.payments.items()))
        sentence = f"Looked at {count(done.looked_at, 'payment, refund or event', 'payments, refunds and events')}."
        return Outcome(
            f"{sentence} Payments: {told}." if told else f"{sentence} No payment was undecided.",
            {"looked_at": done.looked_at, "payments": dict(done.payments)},
        )
