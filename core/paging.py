"""Which rows are on this page of a list? By key, so that what comes meanwhile moves nothing.

One row more than shown is read, and nothing is counted. A key that names no row here means the first page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Model, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

PER_PAGE = 50


@dataclass(frozen=True)
class Order:
    """By one column, and by the primary key behind it in the same direction; rows without a value come last."""

    column: str = "created_at"
    descending: bool = True
    blank: bool = False  # may the column have no value?

    def sort[M: Model](self, rows: "QuerySet[M]") -> "QuerySet[M]":
        """All rows in this order, by one statement."""
        column, key = F(self.column), F("pk")
        if self.descending:
            return rows.order_by(column.desc(nulls_last=True), key.desc())
        return rows.order_by(column.asc(nulls_last=True), key.asc())


NEWEST_FIRST = Order()


@dataclass(frozen=True)
class Page[M: Model]:
    """The rows, and the ids beside which the pages around begin; None where there is none."""

    rows: list[M]
    before: UUID | None = None
    after: UUID | None = None


def page_of[M: Model](found: "QuerySet[M]", query: Mapping[str, str], order: Order = NEWEST_FIRST) -> Page[M]:
    """The page that the query string names (`after` or `before` a row's id)."""
    backward = "before" in query
    key = _key(found, query.get("before" if backward else "after", ""), order)
    rows = _read(found, order, key, backward=backward) if key else []
    if not rows:  # the first page, also when nothing lies beyond the key
        rows, key, backward = _read(found, order), None, False
    more, rows = len(rows) > PER_PAGE, rows[:PER_PAGE]
    if backward:
        rows.reverse()
    before, after = (more, True) if backward else (key is not None, more)
    return Page(rows, rows[0].pk if before else None, rows[-1].pk if after else None)


type Key = tuple[Any, UUID]


def _read[M: Model](found: "QuerySet[M]", order: Order, key: Key | None = None, *, backward: bool = False) -> list[M]:
    """The rows beyond the key, the nearest first; one more than a page has."""
    rows: list[M] = []
    for stretch in _stretches(found, order, key, backward=backward):
        rows += stretch[: PER_PAGE + 1 - len(rows)]
        if len(rows) > PER_PAGE:
            break
    return rows


def _stretches[M: Model](
    found: "QuerySet[M]", order: Order, key: Key | None, *, backward: bool
) -> Iterator["QuerySet[M]"]:
    """Rows with a value, then those without: each is walked along an index, which their union is not."""
    down = order.descending != backward
    of_blanks = (True, False) if backward else (False, True)
    for blank in of_blanks if order.blank else (False,):
        columns = ["pk"] if blank else [order.column, "pk"]
        rows = found.filter(**{f"{order.column}__isnull": blank}) if order.blank else found
        if key and (key[0] is None) == blank:
            beyond = TupleLessThan if down else TupleGreaterThan
            rows = rows.filter(beyond(Tuple(*map(F, columns)), list(key[-len(columns) :])))
        elif key and blank == backward:  # the key lies behind this stretch
            continue
        yield rows.order_by(*(f"-{column}" if down else column for column in columns))


def _key[M: Model](found: "QuerySet[M]", text: str, order: Order) -> Key | None:
    """What the row of this id is sorted by, and the id; None for any other text."""
    if not text:
        return None
    try:
        named = found.model._default_manager.filter(pk=UUID(text))  # noqa: SLF001  (Django's documented name)
        return named.values_list(order.column, "pk").first()
    except ValueError:
        return None
