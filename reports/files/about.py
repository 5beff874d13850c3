"""What does a file say of itself, and what can every kind of file do?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self
from zoneinfo import ZoneInfo

from core.sheet import Sheet

type Cells = Sequence[object]


@dataclass(frozen=True)
class About:
    """Whose numbers, of which moment, for whom. Moments are written in the agency's zone.

    `title` and `said` (of which days, whose) are for what has a first page.
    """

    agency: str
    zone: ZoneInfo
    made_at: datetime
    made_for: str
    title: str = ""
    said: Sequence[str] = ()


class File(Protocol):
    """A file that is written sheet by sheet and row by row, so that it never is in memory; whole once it is left."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def begin(self, sheet: Sheet) -> None:
        """The next sheet, with its headings; its rows are not read here."""

    def write(self, rows: Iterable[Cells]) -> None:
        """Some of its rows."""

    def end(self) -> None:
        """Its totals: it is complete."""
