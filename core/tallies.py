"""How many accounts are where? Read from the tallies that triggers keep, folded together now and then."""

from decimal import Decimal
from uuid import UUID

from django.db import connection

from core import crossings, tenancy

# Every list asks for it; Django would take longer to write it than PostgreSQL to answer.
SUMS = """
SELECT status, sum(accounts)::bigint, sum(balance) FROM core_accounttally
WHERE agency_id = %(agency)s {of_whom} GROUP BY status
"""


def by_status(collector_id: UUID | None = None) -> dict[str, tuple[int, Decimal]]:
    """Accounts and balance per status, of the agency or of one collector."""
    statement = SUMS.replace("{of_whom}", "AND collector_id = %(collector)s" if collector_id else "")
    with connection.cursor() as cursor:
        cursor.execute(statement, {"agency": tenancy.current_agency_id(), "collector": collector_id})
        return {status: (accounts, balance) for status, accounts, balance in cursor.fetchall() if accounts}


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
