"""How many accounts are where? Read from the tallies that triggers keep, folded together now and then."""

import json
from decimal import Decimal
from uuid import UUID

from django.db import connection

from core import crossings, prepared, tenancy

type ByStatus = dict[str, tuple[int, Decimal]]

_SUMS = """(
    SELECT coalesce(json_agg(json_build_array(status, accounts, balance)), '[]')::text FROM (
        SELECT status, sum(accounts)::bigint AS accounts, sum(balance)::text AS balance FROM core_accounttally
        WHERE agency_id = %(agency)s {of_whom} GROUP BY status
    ) AS sums WHERE accounts <> 0)"""


def column(collector_id: UUID | None = None) -> str:
    """Accounts and balance per status, of the agency or of one collector, as one expression of SQL over the facts
    `agency` and `counted`, the collector; `read` makes sense of it."""
    return _SUMS.replace("{of_whom}", "AND collector_id = %(counted)s" if collector_id else "")


def read(text: str) -> ByStatus:
    """What `column` gave."""
    return {status: (accounts, Decimal(balance)) for status, accounts, balance in json.loads(text)}


def by_status(collector_id: UUID | None = None) -> ByStatus:
    """Accounts and balance per status, of the agency or of one collector."""
    facts = {"agency": tenancy.current_agency_id(), "counted": collector_id}
    return read(prepared.rows_of(f"SELECT {column(collector_id)}", facts)[0][0])


def compact() -> None:
    """Fold each agency's tally rows into one per collector and status (a recurring job)."""
    for agency_id in crossings.active_agencies():
        with tenancy.acting_for(agency_id), connection.cursor() as cursor:
            # Rows that another transaction adds meanwhile are not seen, hence not deleted: nothing is lost.
            cursor.execute(
                "WITH gone AS (DELETE FROM core_accounttally WHERE agency_id = %(agency)s"
                " RETURNING collector_id, status, accounts, balance)"
                " INSERT INTO core_accounttally (agency_id, collector_id, status, accounts, balance)"
                " SELECT %(agency)s, collector_id, status, sum(accounts), sum(balance) FROM gone"
                " GROUP BY collector_id, status HAVING sum(accounts) <> 0 OR sum(balance) <> 0",
                {"agency": agency_id},
            )
