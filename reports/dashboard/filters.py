"""By what can the dashboard be narrowed? Periods as buttons, whose claims and whose desk from lists."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString

from core import people
from core.people import Names
from reports.scope import CUSTOM, PERIODS, Named, Scope

# Short enough to stand beside each other.
LABELS = {
    "7d": "7 days", "30d": "30 days", "90d": "90 days", "month": "Month", "last_month": "Last month",
    "quarter": "Quarter", "year": "Year", "custom": "Own days",
}  # fmt: skip


@dataclass(frozen=True)
class Option:
    """One choice, and whether it is the one that counts."""

    value: str
    label: str
    chosen: bool
    hint: str


class Filters:
    """The filters as they stand: what was not understood stays as it was typed, to be put right."""

    def __init__(self, scope: Scope, known: Names, params: Mapping[str, str]) -> None:
        self.scope, self.known, self.params = scope, known, params

    @property
    def periods(self) -> list[Option]:
        """The periods, the days of one's own last."""
        asked = self.params.get("period", "")
        chosen = asked if asked in PERIODS else self.scope.period
        return [Option(key, LABELS[key], key == chosen, label) for key, label in PERIODS.items()]

    @property
    def creditor_options(self) -> SafeString:
        """All creditors of the agency."""
        return people.selecting(self.known.creditor_options, _key(self.scope.creditor))

    @property
    def collector_options(self) -> SafeString:
        """All desks, former ones too."""
        return people.selecting(self.known.collector_options, _key(self.scope.collector))

    @property
    def days(self) -> tuple[str, str]:
        """The days of one's own as they were typed; else those that are shown, to begin with."""
        if self.params.get("period") == CUSTOM:
            return self.params.get("since", ""), self.params.get("until", "")
        return self.scope.first.isoformat(), self.scope.last.isoformat()


def _key(one: Named | None) -> str:
    return str(one.pk) if one else ""
