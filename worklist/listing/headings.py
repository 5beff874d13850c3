"""Which tabs and headings does the list have, and where does a click on each lead?"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.http import QueryDict

from core.account_states import OPEN, Status
from worklist.listing.filters import query_string

TAB_ORDER = [
    Status.NEW, Status.ASSIGNED, Status.IN_CONTACT, Status.NEGOTIATING, Status.PAYMENT_PLAN, Status.DISPUTED,
    Status.SETTLED, Status.CLOSED,
]  # fmt: skip
# Name, label, and how the first click sorts.
SORTED = (
    ("priority", "Priority", "-"),
    ("next", "Next action", ""),
    ("balance", "Balance", "-"),
    ("contact", "Last contact", ""),
)


@dataclass(frozen=True)
class Tab:
    """One status with its count, and the query string that shows it."""

    label: str
    accounts: int
    query: str
    current: bool


@dataclass(frozen=True)
class Heading:
    """A column that can be sorted: the query string of a click on it, and how it is sorted now."""

    name: str
    label: str
    query: str
    sorted: str


def tabs(data: QueryDict, counts: Mapping[str, tuple[int, Decimal]], chosen: list[str]) -> list[Tab]:
    """All open accounts, then each status; `counts` are accounts and balance of each."""
    open_accounts = sum(n for status, (n, _) in counts.items() if status in OPEN)
    found = [Tab("All open", open_accounts, _of_status(data, ""), not chosen)]
    for status in TAB_ORDER:
        number = counts.get(status, (0, Decimal(0)))[0]
        found.append(Tab(status.label, number, _of_status(data, status), chosen == [status]))
    return found


def _of_status(data: QueryDict, status: str) -> str:
    return query_string(data, sort="", status=status)


def columns(data: QueryDict, order: str) -> dict[str, Heading]:
    """The headings that sort, by name; `order` is how the list is sorted now."""
    return {name: _heading(data, order, name, label, first) for name, label, first in SORTED}


def _heading(data: QueryDict, order: str, name: str, label: str, first: str) -> Heading:
    other = f"-{name}" if order == name else name if order == f"-{name}" else f"{first}{name}"
    direction = {name: "ascending", f"-{name}": "descending"}.get(order, "")
    return Heading(name, label, query_string(data, sort=other), direction)
