"""How good are the files that creditors send?"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode
from uuid import UUID

from core import calendar
from core.addresses import address
from core.sheet import Column, Kind, Linked, Sheet
from imports import quality
from reports.catalogue.report import PERIOD, Report, Section
from reports.scope import Scope

FEEDS = (
    Column("feed", "Feed"),
    Column("files", "Files", Kind.NUMBER, "Files that came in the period, by feed or by hand."),
    Column("failed", "Failed", Kind.NUMBER, "Files that were refused or could not be finished."),
    Column("rows", "Rows", Kind.NUMBER, "Rows that are done: accepted or rejected."),
    Column("accepted", "Accepted", Kind.NUMBER, "Rows that became or confirmed an account: new, updated or unchanged."),
    Column("rejected", "Rejected", Kind.NUMBER, "Rows with an error; they change nothing."),
    Column("share", "Rejected share", Kind.PERCENT, "Rejected rows ÷ rows."),
    Column("created", "New", Kind.NUMBER, "Accepted rows that placed an account."),
    Column("updated", "Updated", Kind.NUMBER, "Accepted rows that changed an account."),
    Column("unchanged", "Unchanged", Kind.NUMBER, "Accepted rows that told nothing new."),
    Column(
        "seconds", "Seconds a file", Kind.NUMBER, "From the start of the work to its end, a finished file on average."
    ),
    Column("last", "Last file", Kind.MOMENT),
)
REASONS = (
    Column("feed", "Feed"),
    Column("field", "Field"),
    Column("reason", "Reason"),
    Column("rows", "Rejected rows", Kind.NUMBER, "Rejected rows with this error; a row may have several."),
)


def make(scope: Scope, _: Mapping[str, str]) -> Sequence[Section]:
    """The feeds of the period, and why their rows were rejected."""
    since = calendar.start_of(scope.first, scope.zone)
    before = calendar.start_of(scope.last + timedelta(days=1), scope.zone)
    jobs = quality.received(since, before)
    feeds = quality.by_feed(jobs)
    if not feeds:
        return []
    names = {line.feed: line.name for line in feeds}
    rows = [(Linked(line.name, _files(scope, line.feed)), *_figures(scope, line.sums, line.feed)) for line in feeds]
    everything = ("All files", *_figures(scope, quality.sums(jobs)))
    return [
        Section(Sheet("Feeds", FEEDS, rows, everything)),
        Section(_reasons(scope, names, quality.reasons(since, before)), key="reasons"),
    ]


def _figures(scope: Scope, sums: quality.Sums, *of: UUID | None) -> list[object]:
    files, failed = _files(scope, *of), _files(scope, *of, status="failed")
    share = Decimal(sums.rejected) / sums.rows if sums.rows else None
    seconds = round(Decimal(sums.took.total_seconds()), 1) if sums.took is not None else None
    became = (Linked(number, files) for number in (sums.created, sums.updated, sums.unchanged))
    judged = (Linked(number, files) for number in (sums.rows, sums.accepted, sums.rejected))
    return [Linked(sums.files, files), Linked(sums.failed, failed), *judged, share, *became, seconds, sums.last]


def _files(scope: Scope, *of: UUID | None, **further: str) -> str:
    """The list of these files: of all feeds, or of one (None: of those that people brought)."""
    feed = {"feed": str(of[0] or "none")} if of else {}
    days = {"received_from": scope.first.isoformat(), "received_to": scope.last.isoformat()}
    return f"{address('imports:list')}?{urlencode(feed | days | further)}"


def _reasons(scope: Scope, names: Mapping[UUID | None, str], found: Sequence[quality.Reason]) -> Sheet:
    # A file that came between the two statements may be of a feed that the first did not see.
    rows = [
        (names.get(one.feed, ""), quality.place_words(one.field), _code(one), Linked(one.rows, _rejected(scope, one)))
        for one in found
    ]
    about = f"The {quality.REASONS} most frequent reasons, in the last {quality.COUNTED:,} rejected rows at most."
    return Sheet("Why rows were rejected", REASONS, rows, notes=[about])


def _code(one: quality.Reason) -> str:
    return one.code.replace("_", " ").capitalize()


def _rejected(scope: Scope, one: quality.Reason) -> str:
    """The list of these rows."""
    days = {"since": scope.first.isoformat(), "until": scope.last.isoformat()}
    what = {"feed": str(one.feed or "none"), "field": one.field, "code": one.code}
    return f"{address('reports:rejected')}?{urlencode(days | what)}"


REPORT = Report(
    slug="import-quality",
    title="Import quality",
    question="How good are the files that creditors send, and what is wrong with the rows that are not accepted?",
    make=make,
    nothing="Files that arrive by a feed or are brought by hand are judged here as soon as they are read.",
    filters=frozenset({PERIOD}),
)
