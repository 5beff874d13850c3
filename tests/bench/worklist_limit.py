"""The limit beside the worklist: the same rows from one SQL statement through a bare Django template.

Everything a signed-in page needs comes before it (session, user, agency, as in the product); nothing else is shown.
"""

from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine

from core import tenancy
from tests.bench.worklist_data import ROOT

OPEN = "('assigned', 'disputed', 'in_contact', 'negotiating', 'new', 'payment_plan')"
ROWS = """
SELECT a.id, a.priority, d.full_name AS debtor, a.external_ref AS reference, c.name AS creditor, a.status,
       a.next_action, a.next_action_at, a.current_balance AS balance, a.due_date, a.last_contact_at, d.time_zones,
       u.first_name || ' ' || u.last_name AS collector, p.amount AS promised, p.due_date AS promised_by,
       CASE WHEN a.next_action LIKE 'Broken promise%%' THEN (SELECT max(b.due_date) FROM core_promise b
            WHERE b.account_id = a.id AND b.status IN ('broken', 'partial')) END AS broken_since,
       array_cat(ARRAY(SELECT kind FROM core_hold h WHERE h.account_id = a.id AND h.lifted_at IS NULL),
                 ARRAY(SELECT kind FROM core_hold h WHERE h.debtor_id = d.id AND h.lifted_at IS NULL)) AS holds
FROM ({keys}) AS k JOIN core_account a USING (id) JOIN core_debtor d ON d.id = a.debtor_id
LEFT JOIN core_promise p ON p.account_id = a.id AND p.status = 'open'
JOIN core_creditor c ON c.id = a.creditor_id LEFT JOIN core_collector l ON l.id = a.assigned_to_id
LEFT JOIN core_user u ON u.id = l.user_id ORDER BY k.place
"""
DUE = (
    "SELECT id, row_number() OVER (ORDER BY next_action_at, id) AS place FROM core_account"
    f" WHERE agency_id = %(agency)s AND status IN {OPEN} AND next_action_at <= now()"
    " ORDER BY next_action_at, id LIMIT 50"
)
WORTH = (
    "SELECT id, row_number() OVER () AS place FROM (SELECT id FROM core_account WHERE agency_id = %(agency)s"
    f" AND status IN {OPEN} AND {{where}} ORDER BY priority DESC, balance_cents DESC, id DESC LIMIT 50) AS best"
)
FOUND = (
    "SELECT id, row_number() OVER () AS place FROM (SELECT a.id FROM core_search_accounts(%(words)s, 500) f"
    f" JOIN core_account a ON a.id = f.account_id WHERE status IN {OPEN}"
    " ORDER BY priority DESC, balance_cents DESC LIMIT 50) AS best"
)
BALANCE = (
    "SELECT id, row_number() OVER () AS place FROM (SELECT id FROM core_account WHERE agency_id = %(agency)s"
    f" AND status IN {OPEN} AND {{where}} ORDER BY balance_cents DESC, id DESC LIMIT 50) AS best"
)

_engine = Engine(dirs=[str(ROOT / "tests" / "bench")])
_template = _engine.get_template("worklist_limit.html")


def view_of(keys: str, facts: dict[str, Any]) -> Any:
    """A view that shows the rows which `keys` chooses, in its order."""
    sql = ROWS.format(keys=keys)

    def view(request: HttpRequest) -> HttpResponse:
        assert request.user.is_authenticated
        with connection.cursor() as cursor:
            cursor.execute(sql, {"agency": tenancy.current_agency_id(), **facts})
            names = [column.name for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        return HttpResponse(_template.render(Context({"rows": rows})))

    return view
