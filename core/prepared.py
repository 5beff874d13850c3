"""Which queries have their text written once? Large ones that are asked again and again with other facts.

Django spends more time on writing such a statement than PostgreSQL on answering it, and PostgreSQL more on planning it.
Here the queryset is made once a process, with a `Slot` wherever a fact goes; later only the facts are sent, to a plan
that PostgreSQL has kept, and the rows become instances as ever.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import psycopg
from django.db import connection, models
from django.db.models.query import ModelIterable
from psycopg import RawCursor
from psycopg.sql import Literal

from core import tenancy

# Stands for the current agency in the text; no agency has it.
_ANY_AGENCY = uuid4()


@dataclass(frozen=True)
class _Gap:
    """A parameter that is not known yet."""

    name: str


class OneOf(models.Func):
    """Is the column one of those that a slot of an array holds?"""

    template = "%(expressions)s"
    arg_joiner = " = "
    output_field = models.BooleanField()

    def __init__(self, column: str, slot: "Slot") -> None:
        super().__init__(models.F(column), models.Func(slot, function="ANY"))


class Slot(models.Expression):
    """A fact that is named when the query is made and told when it is asked."""

    def __init__(self, name: str, output_field: "models.Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (_Gap(self.name),)


class Known(models.Expression):
    """A word of our own, a status say, that stands in every text as it is: a plan made for no value in particular
    knows then how many rows have it, and which partial index holds them."""

    output_field = models.CharField()

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return Literal(self.word).as_string(None).replace("%", "%%"), ()


class Prepared[M: models.Model]:
    """The query that `make` gives, over slots. Nothing in it may depend on the moment, the user or the agency."""

    def __init__(self, make: "Callable[[], models.QuerySet[M]]", *, of_agency: bool = True) -> None:
        """Only what is asked before an agency is known is not `of_agency`; the database's wall stands all the same."""
        self._make, self._of_agency = make, of_agency

    def all(self, **facts: Any) -> list[M]:
        """The current agency's rows for these facts. Raises NoAgency outside an agency, KeyError for a fact untold."""
        return list(ModelIterable(self._text.asked(self._with_agency(facts))))

    def first(self, **facts: Any) -> M | None:
        """The first of them."""
        return next(iter(self.all(**facts)), None)

    def values(self, **facts: Any) -> list[tuple[Any, ...]]:
        """The same of a queryset of values: its rows as the database gives them."""
        return self._text.values(self._with_agency(facts))

    def _with_agency(self, facts: dict[str, Any]) -> dict[str, Any]:
        return facts | {"": tenancy.current_agency_id()} if self._of_agency else facts

    @cached_property
    def _text(self) -> "_Text":
        with tenancy.working_for(_ANY_AGENCY):
            text = _Text(self._make())
        if self._of_agency and not text.is_of_agency:
            raise ValueError("A prepared query must be of one agency.")
        return text


class _Text:
    """What Django's iterable asks of a queryset, its query and its compiler; the text stands."""

    def __init__(self, queryset: Any) -> None:
        self._queryset = queryset
        self._compiler: Any = queryset.query.get_compiler(connection=connection)
        sql, params = self._compiler.as_sql()
        self._converters = self._compiler.get_converters([one[0] for one in self._compiler.select])
        gaps = [_Gap("") if param == _ANY_AGENCY else param for param in params]
        self._sql, self._names = _numbered(sql, gaps), [gap.name for gap in gaps if isinstance(gap, _Gap)]
        self.is_of_agency = "" in self._names

    def asked(self, facts: dict[str, Any]) -> Any:
        """The queryset to iterate, with the facts in their places. Raises KeyError for one untold."""
        query = SimpleNamespace(get_compiler=lambda using: self._answer(facts))
        return SimpleNamespace(
            db=connection.alias,
            query=query,
            model=self._queryset.model,
            _fetch_mode=self._queryset._fetch_mode,  # noqa: SLF001  (as Django's iterable reads it)
            _known_related_objects={},
        )

    def values(self, facts: dict[str, Any]) -> list[tuple[Any, ...]]:
        """The rows for these facts."""
        return self._answer(facts).execute_sql()

    def _answer(self, facts: dict[str, Any]) -> "_Answer":
        return _Answer(self._compiler, self._sql, self._converters, [facts[name] for name in self._names])


class _Answer:
    def __init__(self, compiler: Any, sql: str, converters: Any, params: list[Any]) -> None:
        self._compiler, self._sql, self._converters, self._params = compiler, sql, converters, params
        self.select, self.klass_info = compiler.select, compiler.klass_info
        self.annotation_col_map = compiler.annotation_col_map

    def execute_sql(self, **_how: Any) -> list[tuple[Any, ...]]:
        with _planned_once(RawCursor) as cursor:
            cursor.execute(self._sql, self._params)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows

    def results_iter(self, rows: list[tuple[Any, ...]]) -> Any:
        return self._compiler.apply_converters(rows, self._converters) if self._converters else rows


def _numbered(sql: str, params: list[Any]) -> str:
    """The text as PostgreSQL reads it: `$1` for the first gap. What is known stands in it, so that a plan that is kept
    can use an index of just those rows."""
    connection.ensure_connection()
    numbers, left = count(1), iter(params)

    def written(found: "re.Match[str]") -> str:
        if found[0] == "%%":
            return "%"
        param = next(left)
        return f"${next(numbers)}" if isinstance(param, _Gap) else Literal(param).as_string(connection.connection)

    return re.sub("%[s%]", written, sql)


def rows_of(sql: str, facts: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement that is text already, with `%s` or `%(name)s` where a fact goes; its plan is kept too."""
    with _planned_once(psycopg.Cursor) as cursor:
        cursor.execute(sql, facts)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def written(sql: str, facts: Sequence[Any] | Mapping[str, Any]) -> int:
    """The same for a statement that gives no rows: how many it has written."""
    with _planned_once(psycopg.Cursor) as cursor:
        cursor.execute(sql, facts)
        number: int = cursor.rowcount
        return number


def _planned_once(cursor_class: Any) -> Any:
    """A cursor whose statement PostgreSQL keeps with its plan, once it was asked a few times on this connection.

    The settings say how often (`prepare_threshold`); any other cursor of Django's sends text without parameters, of
    which no two are the same.
    """
    wrapper: Any = connection
    wrapper.ensure_connection()
    # Django's wrapper, for its log and its errors.
    return wrapper._prepare_cursor(cursor_class(wrapper.connection))  # noqa: SLF001
