"""create_user USERNAME --agency NAME --role ROLE: somebody who signs in."""

import secrets
import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from core import onboarding
from core.commands import OperatorCommand, Outcome
from core.models.people import Role


class Command(OperatorCommand):
    help = "Create a user of an agency; a collector also gets his desk."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--agency", required=True, help="name of the agency")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--name", default="", help="first and last name")
        parser.add_argument("--email", default="", help="for password resets")
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="read the password from the first line of standard input; otherwise one is made and printed once",
        )

    def carry_out(self, **options: Any) -> Outcome:
        given = options["password_stdin"]
        password = _password_from_stdin() if given else secrets.token_urlsafe(12)
        user = onboarding.create_user(
            options["username"],
            agency=onboarding.agency_named(options["agency"]),
            role=options["role"],
            password=password,
            name=options["name"],
            email=options["email"],
        )
        assert user.agency is not None  # noqa: S101  (create_user gave it; for the type checker)
        facts = {"user": user.pk, "username": user.username, "agency": user.agency.name, "role": user.role}
        sentence = f"Created {user.username}, {user.title} of {user.agency.name}."
        if not given:
            facts["password"] = password
            sentence += f" The password, shown only now: {password}"
        return Outcome(sentence, facts)


def _password_from_stdin() -> str:
    try:
        password = sys.stdin.readline().rstrip("\r\n")
    except UnicodeDecodeError:
        raise CommandError("The password on standard input is not valid UTF-8 text.") from None
    if not password:
        raise CommandError("Standard input held no password.")
    return password
