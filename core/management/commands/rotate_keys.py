"""rotate_keys: bring every encrypted value under the first key of FIELD_ENCRYPTION_KEYS."""

from typing import Any

from core import key_rotation
from core.commands import OperatorCommand, Outcome


class Command(OperatorCommand):
    help = "Encrypt every encrypted value anew under the first of FIELD_ENCRYPTION_KEYS; may be run again."

    def carry_out(self, **options: Any) -> Outcome:
        done = key_rotation.rotate()
        facts = {"changed": done.changed, "unchanged": done.unchanged, "unreadable": done.unreadable}
        sentence = f"Encrypted {done.changed} values anew; {done.unchanged} were under the first key already."
        if done.unreadable:
            first = ", ".join(done.unreadable[:5])
            return Outcome(
                f"{sentence} No key in force reads {len(done.unreadable)} values: {first}. Keep the old keys.",
                facts,
                ok=False,
            )
        return Outcome(sentence, facts)
