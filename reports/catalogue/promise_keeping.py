"""Do debtors keep what they promise, and whose promises hold?"""

from collections.abc import Mapping, Sequence

from core import words
from core.sheet import Column, Kind, Linked, Sheet
from reports import links
from reports.catalogue.columns import kpi
from reports.catalogue.report import Report, Section
from reports.charts import Place, Plot, Series
from reports.figures import promises
from reports.figures.promises import CollectorCounts, Counts
from reports.scope import Scope

FIGURES = (
    kpi("promised", "Made"),
    kpi("promised_amount", "Promised"),
    kpi("matured", "Matured"),
    kpi("kept", "Kept"),
    kpi("partial", "Partly kept"),
    kpi("broken", "Broken"),
    kpi("kept_rate", "Kept rate"),
    kpi("due", "Due"),
    kpi("received", "Received"),
    kpi("dollars_kept", "Dollars kept"),
)
PERIODS = (Column("period", "Period"), *FIGURES)
COLLECTORS = (Column("collector", "Collector"), *FIGURES)
ENDS = {"kept": "Kept", "partial": "Partly kept", "broken": "Broken"}


def make(scope: Scope, _: Mapping[str, str]) -> Sequence[Section]:
    """The period beside the one before, then collector by collector."""
    found = promises.summary(scope)
    if not any((found.current.made, found.current.matured, found.previous.made, found.previous.matured)):
        return []
    lines, total = promises.by_collector(scope)
    now, before = _figures(scope, found.current), _figures(scope, found.previous, previous=True)
    rows = [(line.name, *_figures(scope, line.counts, collector=links.desk(line.collector_id))) for line in lines]
    return [
        Section(Sheet("Promises", PERIODS, [("This period", *now), ("The period before", *before)]), key="periods"),
        Section(
            Sheet("Promises by collector", COLLECTORS, rows, ("All", *_figures(scope, total))),
            chart=_chart(scope, lines),
        ),
    ]


def _figures(scope: Scope, counts: Counts, *, previous: bool = False, **whose: object) -> list[object]:
    first, last = (scope.previous_first, scope.previous_last) if previous else (scope.first, scope.last)
    made = links.promises_made(scope, made_since=first, made_until=last, **whose)

    def due(**which: object) -> str:
        return links.promises_due(scope, due_since=first, due_until=last, **which, **whose)

    return [
        Linked(counts.made, made),
        Linked(counts.promised, made),
        Linked(counts.matured, due(matured=1)),
        Linked(counts.kept, due(status="kept")),
        Linked(counts.partial, due(status="partial")),
        Linked(counts.broken, due(status="broken")),
        counts.kept_rate,
        Linked(counts.due, due(matured=1)),
        Linked(counts.received, due(matured=1)),
        counts.dollars_kept,
    ]


def _chart(scope: Scope, lines: Sequence[CollectorCounts]) -> Plot | None:
    """How the promises ended, side by side for each collector."""
    if not any(line.counts.matured for line in lines):
        return None
    kept, matured = sum(line.counts.kept for line in lines), sum(line.counts.matured for line in lines)
    return Plot(
        heading="Matured promises by collector",
        finding=f"{kept:,} of {words.count(matured, 'matured promise')} were kept",
        places=[
            Place(line.name, url=links.promises_due(scope, matured=1, collector=links.desk(line.collector_id)))
            for line in lines
        ],
        series=[Series(label, [getattr(line.counts, end) for line in lines]) for end, label in ENDS.items()],
        kind=Kind.NUMBER,
        axis="Collector",
    )


REPORT = Report(
    slug="promise-keeping",
    title="Promises",
    question="How much is promised, how much of what was due is kept, and whose promises hold?",
    make=make,
    nothing="Promises count here as soon as they are logged, and as kept or broken once their days of grace are over.",
)
