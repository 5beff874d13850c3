"""Which outcomes are offered for a contact? Those of each channel; the stylesheet shows what fits the one chosen."""

from collections.abc import Hashable, Iterable
from typing import Any

from django import forms

from core.models import Disposition
from core.models.contacts import Channel
from core.words import count

# (channel or nothing, its options, its number), as Django has it.
Groups = list[tuple[str | None, list[dict[str, Any]], int | None]]
NONE_CHOSEN = ("", "Choose the outcome")


def when(outcome: Disposition) -> str:
    """`in 2 days`; a promise comes up on its own day."""
    if outcome.asks_promise:
        return "on the day promised"
    days = outcome.next_after_days
    return f"in {count(days, 'day')}" if days else "at once"


class Outcomes(forms.Select):
    """The outcomes in groups, one a channel; an outcome of several channels stands in each.

    Every option says for whose contacts it is, what comes next, and whether a promise is asked for.
    """

    template_name = "worklist/account/outcomes.html"
    known: dict[str, Disposition] = {}
    # The channel that is open: what was chosen is chosen in its group.
    channel = ""

    def offer(self, outcomes: dict[str, Disposition], channel: str) -> list[tuple[str, Any]]:
        """Take them over; gives the field's choices."""
        self.known, self.channel = outcomes, channel
        groups = [(way, [(pk, one.label) for pk, one in outcomes.items() if way in one.channels]) for way in Channel]
        return [NONE_CHOSEN, *(group for group in groups if group[1])]

    @property
    def face(self) -> tuple[Hashable, ...]:
        """Everything that the options show or say; another one, and they are rendered anew."""
        told = [
            (pk, one.label, tuple(one.channels), tuple(one.directions), one.next_action, when(one), one.asks_promise)
            for pk, one in self.known.items()
        ]
        return (self.channel, *told)

    def optgroups(self, name: str, value: list[Any], attrs: dict[str, Any] | None = None) -> Groups:
        """As Django's, with the choice in one group alone."""
        groups = super().optgroups(name, [], attrs)
        chosen = next(iter(value), "")
        having = [group for group in groups if any(str(option["value"]) == chosen for option in group[1])]
        at_home = next((group for group in having if group[0] == self.channel), having[0] if having else None)
        for option in at_home[1] if at_home else ():
            if str(option["value"]) == chosen:
                option["attrs"] |= self.checked_attribute
        return groups

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """As Django's, with the data of the outcome."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        outcome = self.known.get(str(value))
        if outcome is not None:
            option["attrs"] |= {f"data-{direction}": True for direction in outcome.directions}
            option["attrs"] |= {"data-next": outcome.next_action, "data-when": when(outcome)}
            if outcome.asks_promise:
                option["attrs"]["data-promise"] = True
        return option


def channels_of(outcomes: Iterable[Disposition]) -> set[str]:
    """The channels that have any outcome."""
    return {channel for outcome in outcomes for channel in outcome.channels}
