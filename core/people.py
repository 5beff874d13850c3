"""Which creditors and collectors can a list be filtered by? Read once a page, and the source of their names in rows.

An agency may have hundreds of collectors: the database gives all names as one text, and what is made of them (the
names by id, the options of the selects) is kept by that text, so it is never out of date and no agency sees another's.
"""

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import escape
from typing import Any
from uuid import UUID

from django.utils.safestring import SafeString, mark_safe

from core import prepared, tenancy

NAMES = """
SELECT json_agg(json_build_array(kind, id, name, is_active, may_sign_in) ORDER BY lower(name), id)::text, {also} FROM (
    SELECT 'creditor' AS kind, id, name, is_active, NULL::boolean AS may_sign_in FROM core_creditor
    WHERE agency_id = %(agency)s
    UNION ALL
    SELECT 'collector', c.id, coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username),
           c.is_active, u.is_active
    FROM core_collector c JOIN core_user u ON u.id = c.user_id
    WHERE c.agency_id = %(agency)s {of_whom}
) AS named
"""
AGENCIES_KEPT = 32


@dataclass(frozen=True)
class Names:
    """Names by id, in alphabetical order.

    `desks` are the collectors whose desk is active; of these, `active` may sign in, and can be given accounts.
    """

    creditors: dict[UUID, str]
    collectors: dict[UUID, str]
    desks: frozenset[UUID]
    active: frozenset[UUID]

    @cached_property
    def creditor_choices(self) -> list[tuple[str, str]]:
        """(value, label) of every creditor."""
        return [(str(pk), name) for pk, name in self.creditors.items()]

    @cached_property
    def collector_choices(self) -> list[tuple[str, str]]:
        """(value, label) of every collector."""
        return [(str(pk), name) for pk, name in self.collectors.items()]

    @cached_property
    def creditor_options(self) -> SafeString:
        """Every creditor as `<option>` elements."""
        return options(self.creditors)

    @cached_property
    def collector_options(self) -> SafeString:
        """Every collector, those who left too: their accounts may be looked for."""
        return options(self.collectors)

    @cached_property
    def assignable_options(self) -> SafeString:
        """The collectors who can be given accounts."""
        return options({pk: name for pk, name in self.collectors.items() if pk in self.active})


def options(names: dict[UUID, str]) -> SafeString:
    """`<option>` elements, none of them selected."""
    made = [f'<option value="{pk}">{escape(name)}</option>' for pk, name in names.items()]
    return mark_safe("".join(made))  # noqa: S308  (each name is escaped above)


def selecting(made: SafeString, value: str) -> SafeString:
    """The same options with the one of that value selected; any other text selects none."""
    if not value:
        return made
    chosen = f'<option value="{escape(value)}"'
    return mark_safe(made.replace(f"{chosen}>", f"{chosen} selected>"))  # noqa: S308  (escaped in `options` and here)


def names() -> Names:
    """Every creditor and collector of the current agency."""
    return names_and("NULL")[0]


def names_and(*columns: str, only: UUID | None = None, **facts: Any) -> tuple[Names, tuple[Any, ...]]:
    """The same, and the values of more expressions of SQL, in one statement; with `only`, of collectors
    that desk's alone."""
    statement = NAMES.replace("{also}", ", ".join(columns)).replace("{of_whom}", "AND c.id = %(only)s" if only else "")
    facts = {"agency": tenancy.current_agency_id(), "only": only, **facts}
    [(text, *also)] = prepared.rows_of(statement, facts)
    return _read(text or "[]"), tuple(also)


@lru_cache(maxsize=AGENCIES_KEPT)
def _read(text: str) -> Names:
    found: dict[str, dict[UUID, str]] = {"creditor": {}, "collector": {}}
    desks, active = set(), set()
    for kind, key, name, is_active, may_sign_in in json.loads(text):
        pk = UUID(key)
        found[kind][pk] = name
        if kind == "collector" and is_active:
            desks.add(pk)
            if may_sign_in:
                active.add(pk)
    return Names(found["creditor"], found["collector"], frozenset(desks), frozenset(active))
