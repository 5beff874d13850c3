"""What can leave the house as a file? Every list and report that its app registers here.

A page names its source and hands over its own query string: `prepare` reads it with the page's own filters, so that a
file holds exactly what the page shows, all of its pages.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from core.models import User
from core.sheet import Sheet


@dataclass(frozen=True)
class Exportable:
    """One list or report.

    `prepare` is called within a transaction of the agency, and says what the file holds: for a list one sheet whose
    rows are `core.streaming.Streamed`, for a report the sheets of its page. What the query string says wrongly counts
    for nothing, as on the page. `url` gives the address of that page.
    """

    name: str
    title: str
    may: Callable[[User], bool]
    prepare: Callable[[User, QueryDict], Sequence[Sheet]]
    url: Callable[[], str]


_KNOWN: dict[str, Exportable] = {}


def register(*exportables: Exportable) -> None:
    """Called by an app when it is ready."""
    for one in exportables:
        _KNOWN[one.name] = one


def named(name: str) -> Exportable | None:
    """What is registered by that name."""
    return _KNOWN.get(name)


def managers(user: User) -> bool:
    """Admins and readers of the agency: who sees all of it may take all of it along."""
    return user.is_admin or user.is_readonly
