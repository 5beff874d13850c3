"""How do the operators' commands speak? A sentence for people, one JSON object with `--json`, never a traceback."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError


@dataclass(frozen=True)
class Outcome:
    """What a command did: in words, and as facts for scripts. Not ok: the exit code is 1."""

    sentence: str
    facts: dict[str, Any] = field(default_factory=dict)
    ok: bool = True


class OperatorCommand(BaseCommand):
    """Subclasses define `add_options` and `carry_out`; a ValueError of the domain is the message of the failure."""

    requires_system_checks: list[Any] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of sentences")
        self.add_options(parser)

    def add_options(self, parser: CommandParser) -> None:
        """The options beyond --json."""

    def carry_out(self, **options: Any) -> Outcome:
        """Do the work. Raises ValueError or CommandError with a sentence when it cannot be done."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        as_json = options["json"]
        try:
            _refuse_undecodable(options)
            outcome = self.carry_out(**options)
        except OperationalError as error:
            self._fail(f"The database does not answer: {str(error).splitlines()[0]}", as_json, error)
        except (ValueError, CommandError) as error:
            self._fail(str(error), as_json, error)
        else:
            self._tell(outcome, as_json)

    def _tell(self, outcome: Outcome, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"ok": outcome.ok, **outcome.facts}, default=str))
        elif outcome.ok:
            self.stdout.write(outcome.sentence)
        if not outcome.ok:
            raise CommandError(outcome.sentence)

    def _fail(self, sentence: str, as_json: bool, cause: Exception) -> None:
        if as_json:
            self.stdout.write(json.dumps({"ok": False, "error": sentence}))
        raise CommandError(sentence) from cause


def _refuse_undecodable(options: dict[str, Any]) -> None:
    for value in options.values():
        if isinstance(value, str) and ("\x00" in value or not _is_text(value)):
            raise CommandError("An argument is not valid UTF-8 text.")


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
