"""Which rows are on this page of a list, newest first? By key, so that what comes meanwhile moves nothing.

One row more than shown is read, and nothing is counted. A key that names no row here means the first page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Model, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

PER_PAGE = 50


@dataclass(frozen=True)
class Page[M: Model]:
    """The rows, and the ids beside which the pages around begin; None where there is none."""

    rows: list[M]
    newer_than: UUID | None = None
    older_than: UUID | None = None


def page_of[M: Model](found: "QuerySet[M]", query: Mapping[str, str]) -> Page[M]:
    """The page that the query string names (`older_than` or `newer_than` a row's id)."""
    backward = "newer_than" in query
    key = _key(found, query.get("newer_than" if backward else "older_than", ""))
    rows = _beside(found, key, backward=backward) if key else []
    if not rows:  # the first page, also when nothing lies beyond the key
        rows, key, backward = list(found.order_by("-created_at", "-id")[: PER_PAGE + 1]), None, False
    more, rows = len(rows) > PER_PAGE, rows[:PER_PAGE]
    if backward:
        rows.reverse()
    newer, older = (more, True) if backward else (key is not None, more)
    return Page(rows, rows[0].pk if newer else None, rows[-1].pk if older else None)


def _beside[M: Model](found: "QuerySet[M]", key: tuple[datetime, UUID], *, backward: bool) -> list[M]:
    beyond = TupleGreaterThan if backward else TupleLessThan
    order = ("created_at", "id") if backward else ("-created_at", "-id")
    some = found.filter(beyond(Tuple(F("created_at"), F("id")), list(key)))
    return list(some.order_by(*order)[: PER_PAGE + 1])


def _key[M: Model](found: "QuerySet[M]", text: str) -> tuple[datetime, UUID] | None:
    """When the row of this id was made, and the id; None for any other text."""
    if not text:
        return None
    try:
        named = found.model._default_manager.filter(pk=UUID(text))  # noqa: SLF001  (Django's documented name)
        return named.values_list("created_at", "pk").first()
    except ValueError:
        return None
