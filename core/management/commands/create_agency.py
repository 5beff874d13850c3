"""create_agency NAME: a new tenant of this installation."""

from typing import Any

from django.core.management.base import CommandParser

from core import onboarding
from core.commands import OperatorCommand, Outcome


class Command(OperatorCommand):
    help = "Create an agency."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--timezone", default="America/New_York", help="IANA name, America/New_York by default")
        parser.add_argument("--license", default="", help="license number, unique")

    def carry_out(self, **options: Any) -> Outcome:
        agency = onboarding.create_agency(
            options["name"], timezone=options["timezone"], license_number=options["license"]
        )
        return Outcome(
            f"Created the agency {agency.name} ({agency.timezone}). Next: create_user NAME --agency"
            f" “{agency.name}” --role agency_admin",
            {"agency": agency.pk, "name": agency.name, "timezone": agency.timezone},
        )
