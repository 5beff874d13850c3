"""How are rows of any number read? By a cursor that stays in the server: the rows of one moment, a few at a time.

The cursor is declared within the agency's transaction, so both walls stand; when that ends, PostgreSQL keeps what it
found (WITH HOLD), and the rest is fetched in later, short transactions. So a file of half a million rows shows the
books of one moment, while its progress is written and no transaction lasts for minutes.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import uuid4

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

FETCHED_AT_ONCE = 2000

Row = tuple[Any, ...]


class Streamed:
    """The rows of one statement, each passed through `made`, with their number as its length. Read once, in order.

    To be made within `tenancy.transaction()`; it belongs to the connection and should be closed.
    """

    def __init__(self, sql: str, params: Sequence[Any], made: Callable[[Row], Sequence[object]] = tuple) -> None:
        self._made = made
        self._name = f"streamed_{uuid4().hex}"
        self._length: int | None = None
        with connection.cursor() as cursor:
            cursor.execute(f"DECLARE {self._name} SCROLL CURSOR WITH HOLD FOR {sql}", params)

    @classmethod
    def of(
        cls, chosen: "QuerySet[Any, Any]", made: Callable[[Row], Sequence[object]] = tuple
    ) -> "Streamed | list[Sequence[object]]":
        """The rows of a queryset of values, which none of Django's converters has to read."""
        try:
            return cls(*chosen.query.sql_with_params(), made)
        except EmptyResultSet:  # a filter that nothing can pass
            return []

    def __len__(self) -> int:
        if self._length is None:
            with connection.cursor() as cursor:
                cursor.execute(f"MOVE FORWARD ALL IN {self._name}")
                self._length = cursor.rowcount
                cursor.execute(f"MOVE ABSOLUTE 0 IN {self._name}")
        return self._length

    def __iter__(self) -> Iterator[Sequence[object]]:
        with connection.cursor() as cursor:
            while True:
                cursor.execute(f"FETCH FORWARD {FETCHED_AT_ONCE} FROM {self._name}")
                if not (rows := cursor.fetchall()):
                    return
                yield from map(self._made, rows)

    def close(self) -> None:
        """Let the server forget the rows."""
        with connection.cursor() as cursor:
            cursor.execute(f"CLOSE {self._name}")
