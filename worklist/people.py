"""Which creditors and collectors can a list be filtered by? Read once a page, and the source of their names in rows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from core import tenancy

NAMES = """
SELECT 'creditor', id, name, is_active FROM core_creditor WHERE agency_id = %(agency)s
UNION ALL
SELECT 'collector', c.id, coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username),
       c.is_active AND u.is_active
FROM core_collector c JOIN core_user u ON u.id = c.user_id WHERE c.agency_id = %(agency)s
"""


@dataclass
class Names:
    """Names by id; `active` are the collectors who can be given accounts."""

    creditors: dict[UUID, str] = field(default_factory=dict)
    collectors: dict[UUID, str] = field(default_factory=dict)
    active: set[UUID] = field(default_factory=set)

    def creditor_choices(self) -> list[tuple[str, str]]:
        return _by_name(self.creditors)

    def collector_choices(self) -> list[tuple[str, str]]:
        return _by_name(self.collectors)

    def assignable(self) -> list[tuple[str, str]]:
        return _by_name({pk: name for pk, name in self.collectors.items() if pk in self.active})


def options(choices: Iterable[tuple[str, str]], selected: str = "") -> SafeString:
    """`<option>` elements; joined here: an agency may have hundreds of collectors, and a template loop is slow."""
    made = [
        f'<option value="{escape(value)}"{" selected" if value == selected else ""}>{escape(label)}</option>'
        for value, label in choices
    ]
    return mark_safe("".join(made))  # noqa: S308  (each part is escaped above)


def _by_name(names: dict[UUID, str]) -> list[tuple[str, str]]:
    return sorted(((str(pk), name) for pk, name in names.items()), key=lambda choice: choice[1].casefold())


def names() -> Names:
    """Every creditor and collector of the current agency."""
    found = Names()
    with connection.cursor() as cursor:
        cursor.execute(NAMES, {"agency": tenancy.current_agency_id()})
        for kind, pk, name, active in cursor.fetchall():
            (found.creditors if kind == "creditor" else found.collectors)[pk] = name
            if kind == "collector" and active:
                found.active.add(pk)
    return found
