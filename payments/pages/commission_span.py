"""Which days' commission does a URL ask for? A month as `month=2026-11`, or days of one's own, and one creditor's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from core import calendar, words
from core.models import Creditor

ONE_DAY = timedelta(days=1)
EARLIEST, LATEST = date(1970, 1, 1), date(2999, 12, 31)  # beyond them a day has no beginning in every zone


@dataclass(frozen=True)
class Span:
    """First and last day included; `whole_month` says that it is one, so that there is one before and after it."""

    first: date
    last: date
    today: date
    whole_month: bool = True
    creditor: Creditor | None = None

    @classmethod
    def read(cls, params: Mapping[str, str], today: date) -> Self:
        """What the URL names; this month for anything that is neither a month nor two days in their order."""
        creditor = _creditor(params.get("creditor", ""))
        first, last = _day(params.get("since", "")), _day(params.get("until", ""))
        if first and last and first <= last:
            return cls(first, last, today, whole_month=False, creditor=creditor)
        month = _month(params.get("month", "")) or today.replace(day=1)
        return cls(month, calendar.next_month(month) - ONE_DAY, today, creditor=creditor)

    @property
    def label(self) -> str:
        """`November 2026`, `Nov 3 to Nov 9`; with the creditor if there is one."""
        days = calendar.month_words(self.first) if self.whole_month else self._days
        return f"{days}, {self.creditor}" if self.creditor else days

    @property
    def _days(self) -> str:
        first, last = words.day(self.first, self.today), words.day(self.last, self.today)
        return first if first == last else f"{first} to {last}"

    @property
    def query(self) -> str:
        """The query string that leads here again."""
        days = {"since": self.first.isoformat(), "until": self.last.isoformat()}
        whose = {"creditor": str(self.creditor.pk)} if self.creditor else {}
        return urlencode(({"month": f"{self.first:%Y-%m}"} if self.whole_month else days) | whose)

    @property
    def before(self) -> str:
        """The same of the month before."""
        return self._of_month(calendar.previous_month(self.first))

    @property
    def after(self) -> str:
        """The same of the month after."""
        return self._of_month(calendar.next_month(self.first))

    @property
    def is_running(self) -> bool:
        """Is it not over yet?"""
        return self.last >= self.today

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """When it begins there, and when it is over."""
        return calendar.start_of(self.first, zone), calendar.start_of(self.last + ONE_DAY, zone)

    def _of_month(self, month: date) -> str:
        whose = {"creditor": str(self.creditor.pk)} if self.creditor else {}
        return urlencode({"month": f"{month:%Y-%m}"} | whose)


def _month(text: str) -> date | None:
    try:
        named = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007  (a month has no zone)
    except ValueError:
        return None
    return named if EARLIEST <= named < LATEST else None


def _day(text: str) -> date | None:
    try:
        named = date.fromisoformat(text)
    except ValueError:
        return None
    return named if EARLIEST <= named < LATEST else None


def _creditor(text: str) -> Creditor | None:
    try:
        return Creditor.objects.filter(pk=UUID(text)).first() if text else None
    except ValueError:
        return None
