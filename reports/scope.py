"""Which days, whose claims, whose desk? What a page of numbers is about, read from its URL: one vocabulary for all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from core import calendar, people, words
from core.models import Agency
from core.people import Names

DEFAULT, CUSTOM = "30d", "custom"
PERIODS = {
    "7d": "Last 7 days",
    "30d": "Last 30 days",
    "90d": "Last 90 days",
    "month": "This month",
    "last_month": "Last month",
    "quarter": "This quarter",
    "year": "This year",
    "custom": "Days of my own",
}
NAMES = ("period", "since", "until", "creditor", "collector")
EARLIEST, LONGEST = date(2000, 1, 1), 731
ONE_DAY = timedelta(days=1)

Days = tuple[date, date]


@dataclass(frozen=True)
class Named:
    """A creditor or a desk, as far as figures and pages need to know it."""

    pk: UUID
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Scope:
    """Days are the agency's, first and last included; `problems` are sentences about what was not understood."""

    period: str
    first: date
    last: date
    today: date
    zone: ZoneInfo
    creditor: Named | None = None
    collector: Named | None = None
    problems: tuple[str, ...] = field(default=())

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def previous_first(self) -> date:
        """The first of as many days directly before."""
        return self.first - timedelta(days=self.days)

    @property
    def previous_last(self) -> date:
        """The day before the first."""
        return self.first - ONE_DAY

    @property
    def starts(self) -> datetime:
        """The moment at which the first day begins there."""
        return calendar.start_of(self.first, self.zone)

    @property
    def ends(self) -> datetime:
        """The moment at which the last day is over."""
        return calendar.start_of(self.last + ONE_DAY, self.zone)

    @property
    def label(self) -> str:
        """`Last 30 days`, `Mar 1 – Mar 9`."""
        if self.period != CUSTOM:
            return PERIODS[self.period]
        first, last = (words.day(day, self.today) for day in (self.first, self.last))
        return first if first == last else f"{first} – {last}"

    @property
    def query(self) -> str:
        """The query string that leads here again: what is as it is by itself is left out."""
        return self.with_()

    def with_(self, **changes: str) -> str:
        """The same with some names changed; an empty value drops one."""
        said = {
            "period": "" if self.period == DEFAULT else self.period,
            "since": self.first.isoformat() if self.period == CUSTOM else "",
            "until": self.last.isoformat() if self.period == CUSTOM else "",
            "creditor": str(self.creditor.pk) if self.creditor else "",
            "collector": str(self.collector.pk) if self.collector else "",
        } | changes
        return urlencode({name: value for name, value in said.items() if value})


def read(params: Mapping[str, str], agency: Agency, known: Names | None = None) -> Scope:
    """What the URL asks for; what it says wrongly is a sentence in `problems`, and counts for nothing.

    `known` are the names, where the page has asked for them anyway.
    """
    today = calendar.today_in(agency.zone)
    problems: list[str] = []
    period, (first, last) = _period(params, today, problems)
    creditor = collector = None
    if params.get("creditor") or params.get("collector"):
        names = known or people.names()
        creditor = _one(names.creditors, params.get("creditor", ""), "creditor", problems)
        collector = _one(names.collectors, params.get("collector", ""), "collector", problems)
    return Scope(period, first, last, today, agency.zone, creditor, collector, tuple(problems))


def _period(params: Mapping[str, str], today: date, problems: list[str]) -> tuple[str, Days]:
    period = params.get("period", "") or DEFAULT
    if period == CUSTOM:
        try:
            return period, _own_days(params, today)
        except ValueError as error:
            problems.append(f"{error} These are the last 30 days.")
    elif period not in PERIODS:
        problems.append("There is no such period. These are the last 30 days.")
    else:
        return period, DAYS_OF[period](today)
    return DEFAULT, DAYS_OF[DEFAULT](today)


def _own_days(params: Mapping[str, str], today: date) -> Days:
    """Raises ValueError with the sentence for the user."""
    first, last = (_day(params.get(name, ""), words) for name, words in (("since", "begins"), ("until", "ends")))
    if first > last:
        raise ValueError("The period ends before it begins.")
    if first < EARLIEST:
        raise ValueError("The period begins before 2000.")
    if last > today:
        raise ValueError("The period ends after today.")
    if (last - first).days >= LONGEST:
        raise ValueError("The period is longer than two years.")
    return first, last


def _day(text: str, verb: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"Say on which day the period {verb}.") from None


def _one(among: Mapping[UUID, str], text: str, what: str, problems: list[str]) -> Named | None:
    if not text:
        return None
    try:
        pk = UUID(text)
        return Named(pk, among[pk])
    except (ValueError, KeyError):  # no id at all, or nobody's here
        problems.append(f"There is no such {what}. These are the figures of all.")
        return None


def _last(days: int, today: date) -> Days:
    return today - timedelta(days=days - 1), today


def _last_month(today: date) -> Days:
    return calendar.previous_month(today), today.replace(day=1) - ONE_DAY


def _quarter(today: date) -> Days:
    return today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1), today


DAYS_OF: dict[str, Callable[[date], Any]] = {
    "7d": partial(_last, 7),
    "30d": partial(_last, 30),
    "90d": partial(_last, 90),
    "month": lambda today: (today.replace(day=1), today),
    "last_month": _last_month,
    "quarter": _quarter,
    "year": lambda today: (today.replace(month=1, day=1), today),
}
