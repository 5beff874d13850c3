"""Which list makes up a figure? The addresses of the lists, narrowed as the page is that shows the figure.

Every function takes the scope of that page, and filters of the list beside it. Creditor and collector are those of the
scope unless a filter says otherwise; `collector="nobody"` is what no desk has.
"""

from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from core.addresses import address
from reports.scope import Scope

NOBODY = "nobody"


def accounts(scope: Scope, **which: object) -> str:
    """Accounts: `open`, `status`, `past_due`, `stagnant`, `placed_since`, …"""
    return _narrowed("reports:accounts", scope, which)


def collected(scope: Scope, first: date | None = None, last: date | None = None, /, **which: object) -> str:
    """Entries of the journal from day to day, those of the scope unless said: `method`, `placed_month`, …"""
    days = {"since": first or scope.first, "until": last or scope.last}
    return _narrowed("reports:collected", scope, days | which)


def contacts(scope: Scope, **which: object) -> str:
    """Attempts in the scope's days: `right_party`, `conversation`."""
    return _narrowed("reports:contacts", scope, {"since": scope.first, "until": scope.last} | which)


def promises_made(scope: Scope, **which: object) -> str:
    """Promises made in the scope's days."""
    return _narrowed("reports:promises", scope, {"made_since": scope.first, "made_until": scope.last} | which)


def promises_due(scope: Scope, **which: object) -> str:
    """Promises due in the scope's days: `status`, `matured`."""
    return _narrowed("reports:promises", scope, {"due_since": scope.first, "due_until": scope.last} | which)


def commission(scope: Scope, collector: UUID | None = None) -> str:
    """The journal of commission in the scope's days, of one collector or of all."""
    whose = collector or (scope.collector.pk if scope.collector else None)
    page = address("payments:commission_of", whose) if whose else address("payments:commission")
    creditor = {"creditor": scope.creditor.pk} if scope.creditor else {}
    return f"{page}?{urlencode({'since': scope.first, 'until': scope.last} | creditor)}"


def desk(collector: UUID | None) -> UUID | str:
    """A collector as lists name one; None is nobody."""
    return collector or NOBODY


def _narrowed(name: str, scope: Scope, which: dict[str, object]) -> str:
    whose = {
        "creditor": scope.creditor.pk if scope.creditor else None,
        "collector": scope.collector.pk if scope.collector else None,
    }
    said = {name: "1" if value is True else str(value) for name, value in (whose | which).items() if value}
    return f"{address(name)}?{urlencode(said)}"
