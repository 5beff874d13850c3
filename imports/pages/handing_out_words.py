"""What does the job page say about the distribution of its new accounts?"""

from typing import Any

from core.words import count
from imports.handing_out import Told

_WHY = {
    "nobody": "no collector is active",
    "full": "every desk is full",
    "together": "no desk has room for all accounts of their debtor",
}


def sentence(distribution: dict[str, Any]) -> str:
    """“38 of 45 new accounts went to collectors; 7 wait: every desk is full.” Empty when nothing is to be said."""
    if distribution.get("waits"):
        return "The new accounts are about to be distributed."
    if not distribution.get("new"):
        return ""
    told = Told(**distribution)
    went = f"All {told.new:,}" if told.placed == told.new > 1 else f"{told.placed:,} of {told.new:,}"
    sentences = [f"{went} new account{'' if told.new == 1 else 's'} went to collectors"]
    if full := told.waiting - told.held:
        sentences.append(f"{full:,} wait{'s' if full == 1 else ''}: {_WHY[told.why]}")
    if told.held:
        sentences.append(f"{count(told.held, 'is', 'are')} on hold")
    return "; ".join(sentences) + "."
