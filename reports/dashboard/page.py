"""The dashboard as a URL asks for it: every part asked for once, whatever shows it."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode

from core import people, words
from core.models import Agency
from imports import health
from reports import attention
from reports import scope as scopes
from reports.charts import Plot, Shares
from reports.dashboard import cards, collectors, feeds, inventory, needs, trend
from reports.figures import collected, headline
from reports.figures import collectors as desks
from reports.figures import inventory as accounts
from reports.figures.collected import Trend
from reports.figures.daily import Daily, daily
from reports.figures.inventory import Aging, StatusLine


class Dashboard:
    """What is wrong in the URL is said, and counts for nothing."""

    def __init__(self, params: Mapping[str, str], agency: Agency, now: datetime) -> None:
        self.known = people.names()
        self.scope = scopes.read(params, agency, self.known)
        self.now = now.astimezone(agency.zone)
        self.step = params.get("step", "") if params.get("step", "") in trend.STEPS else ""
        self.order = collectors.order_named(params.get("sort", ""))

    # --- what the figures are of -----------------------------------------------------------------------------------
    @property
    def said(self) -> list[str]:
        """Of which days, whose claims and whose desk, compared with what, and as of when."""
        whose = [str(one) for one in (self.scope.creditor, self.scope.collector) if one]
        before = cards.span(self.scope.previous_first, self.scope.previous_last, self.scope)
        days = cards.span(self.scope.first, self.scope.last, self.scope)
        return [days, *whose, f"compared with {before}"]

    @property
    def updated(self) -> str:
        """`6:05 PM CST`."""
        return f"{words.clock(self.now)} {self.now.tzname()}"

    @property
    def title(self) -> str:
        """Of the window."""
        return f"Dashboard, {self.scope.label}"

    @property
    def kept(self) -> list[tuple[str, str]]:
        """(name, value) of what the filters leave as it is."""
        return [(name, value) for name, value in self._own.items() if value]

    def query(self, **changes: str) -> str:
        """The query string that leads here with some names changed; what is as it is by itself is left out."""
        of_page = {name: changes.pop(name, value) for name, value in self._own.items()}
        return "&".join(filter(None, [self.scope.with_(**changes), urlencode({k: v for k, v in of_page.items() if v})]))

    @property
    def _own(self) -> dict[str, str]:
        return {"step": self.step, "sort": "" if self.order == collectors.FIRST else self.order}

    # --- the figures -----------------------------------------------------------------------------------------------
    @cached_property
    def is_empty(self) -> bool:
        """Has the agency never had an account?"""
        nothing = not any(line.accounts for line in self._standing[0])
        return nothing and not (self.scope.creditor or self.scope.collector)

    @cached_property
    def cards(self) -> list[cards.Card]:
        """The four figures."""
        course = accounts.course(self.scope, self.step, self._daily)
        return cards.cards(self.scope, headline.headline(self.scope, self._daily), course)

    @cached_property
    def collected(self) -> Plot:
        """The chart of collections."""
        return trend.plot(self.scope, self._trend)

    @property
    def steps(self) -> list[tuple[str, str, bool]]:
        """(label, query string, chosen now) of day, week and month."""
        return [(label, self.query(step=step), step == self._trend.step) for step, label in trend.STEPS.items()]

    @cached_property
    def needs(self) -> list[needs.Need]:
        """What needs a manager."""
        return needs.needs(self.scope, attention.counts(self.scope.today, self.scope.zone))

    @cached_property
    def ages(self) -> Shares:
        """The balance by days past due."""
        return inventory.by_age(self.scope, self._standing[1])

    @cached_property
    def still(self) -> inventory.Still:
        """What nobody works."""
        return inventory.still(self.scope, self._standing[1])

    @cached_property
    def statuses(self) -> list[inventory.StatusRow]:
        """Where the accounts stand."""
        return inventory.by_status(self.scope, self._standing[0])

    @cached_property
    def collectors(self) -> collectors.Table:
        """What each desk did."""
        order = collectors.order_of(self.order)
        found = desks.performance(self.scope, self.known, order, collectors.SHOWN)
        return collectors.table(self.scope, found, self.order)

    @cached_property
    def feeds(self) -> list[feeds.FeedRow]:
        """How files come in."""
        return feeds.rows(self.scope, health.of_feeds())

    @cached_property
    def _daily(self) -> Daily:
        return daily(self.scope, self.step)

    @cached_property
    def _trend(self) -> Trend:
        return collected.trend(self.scope, self.step, self._daily)

    @cached_property
    def _standing(self) -> tuple[tuple[StatusLine, ...], Aging]:
        return accounts.standing(self.scope)
