"""What does a chart say? Sentences for who cannot see it, made of the values that are drawn."""

from collections.abc import Sequence

from core.sheet import Kind
from reports.charts import words
from reports.charts.scale import Number


def course(what: str, values: Sequence[Number | None], kind: Kind) -> str:
    """`The 7-day average rose from $4,229.43 to $4,441.82`, fell, or stayed at; nothing without two values."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    first, last = words.full(known[0], kind), words.full(known[-1], kind)
    if first == last:
        return f"{what} ended where it began, at {last}"
    return f"{what} {'rose' if known[-1] > known[0] else 'fell'} from {first} to {last}"


def extremes(names: Sequence[str], values: Sequence[Number | None], kind: Kind) -> str:
    """`Most on Feb 24: $7,086.24; least on Feb 8: $955.12`; nothing without two values that differ."""
    known = [(value, name) for value, name in zip(values, names, strict=True) if value is not None]
    if not known:
        return ""
    (most, when_most), (least, when_least) = (pick(known, key=lambda pair: pair[0]) for pick in (max, min))
    if most == least:
        return ""
    return f"Most on {when_most}: {words.full(most, kind)}; least on {when_least}: {words.full(least, kind)}"
