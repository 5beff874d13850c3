"""An account with a past, and the limit beside its page: everything shown from one statement through a bare template.

Everything a signed-in page needs comes before the limit (session, user, agency, as in the product); nothing else is
shown.
"""

from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine

from core import tenancy
from tests.bench.worklist_data import ROOT

# On the desk of `user1`, who told most of it.
PAST = (
    """
    INSERT INTO core_activity (agency_id, created_at, account_id, kind, actor_id, body, data)
    SELECT a.agency_id, now() - n * interval '20 hours', a.id, CASE mod(n, 4) WHEN 0 THEN 'note' ELSE 'contact' END,
        CASE WHEN mod(n, 7) > 0 THEN c.user_id END, 'Said she would call back after the tenth, spoke of a new job.',
        CASE mod(n, 4) WHEN 0 THEN '{}'::jsonb ELSE jsonb_build_object('channel', 'call', 'direction', 'out',
            'outcome', 'Left a voicemail', 'point', '+12145550143') END
    FROM core_account a JOIN core_collector c ON c.id = a.assigned_to_id, generate_series(1, 40) n
    WHERE a.id = %(account)s
    """,
    """
    INSERT INTO core_balanceentry (agency_id, created_at, account_id, kind, amount, reason)
    SELECT agency_id, now() - n * interval '9 days', id, CASE mod(n, 3) WHEN 0 THEN 'adjustment' ELSE 'payment' END,
        -1, ''
    FROM core_account, generate_series(1, 9) n WHERE id = %(account)s
    """,
    """
    INSERT INTO core_promise (agency_id, account_id, amount, due_date, method, status, received)
    SELECT agency_id, id, 50, now()::date + 3, 'card', 'open', 0 FROM core_account WHERE id = %(account)s
    """,
    """
    INSERT INTO core_hold (agency_id, account_id, kind, reason)
    SELECT agency_id, id, 'attorney', 'Letter of March 3' FROM core_account WHERE id = %(account)s
    """,
    """
    INSERT INTO core_contactpoint (agency_id, debtor_id, kind, value, source, status, is_primary, time_zones,
        consent_source)
    SELECT agency_id, debtor_id, 'phone', '+1214555014' || n, 'file', 'active', false, '{}', ''
    FROM core_account, generate_series(1, 2) n WHERE id = %(account)s
    """,
    """
    INSERT INTO core_account (agency_id, debtor_id, creditor_id, assigned_to_id, external_ref, original_amount, status,
        priority, account_type, particulars, next_action, closed_reason, updated_at)
    SELECT agency_id, debtor_id, creditor_id, assigned_to_id, external_ref || '-' || n, 400, 'assigned', 1, 'medical',
        '{}', '', '', now()
    FROM core_account, generate_series(1, 5) n WHERE id = %(account)s
    """,
)
LIMIT = """
SELECT a.external_ref, a.status, a.priority, a.current_balance, a.original_amount, a.account_type, a.due_date,
    a.created_at, a.last_contact_at, a.next_action, a.next_action_at, a.particulars, d.full_name, d.address_line1,
    d.city, d.state, d.zip, d.time_zones, c.name AS creditor, u.first_name || ' ' || u.last_name AS collector,
    (SELECT json_agg(p ORDER BY p.is_primary DESC, p.id) FROM core_contactpoint p WHERE p.debtor_id = d.id) AS points,
    (SELECT json_agg(p) FROM core_promise p WHERE p.account_id = a.id AND p.status = 'open') AS promises,
    (SELECT json_agg(h) FROM core_hold h WHERE h.lifted_at IS NULL AND (h.account_id = a.id OR h.debtor_id = d.id))
        AS holds,
    (SELECT json_agg(o) FROM (SELECT o.id, o.external_ref, o.status, o.current_balance, oc.name AS creditor
        FROM core_account o JOIN core_creditor oc ON oc.id = o.creditor_id WHERE o.debtor_id = d.id AND o.id <> a.id
        ORDER BY o.created_at DESC LIMIT 10) o) AS others,
    (SELECT json_agg(o ORDER BY o.position) FROM core_disposition o WHERE o.agency_id = a.agency_id AND o.is_active)
        AS outcomes,
    (SELECT json_agg(e ORDER BY e.created_at DESC, e.id DESC) FROM core_balanceentry e WHERE e.account_id = a.id)
        AS entries,
    (SELECT json_agg(e ORDER BY e.created_at DESC) FROM (SELECT e.kind, e.body, e.data, e.created_at,
        w.first_name || ' ' || w.last_name AS who FROM core_activity e LEFT JOIN core_user w ON w.id = e.actor_id
        WHERE e.account_id = a.id ORDER BY e.created_at DESC, e.id DESC LIMIT 25) e) AS events,
    {colleagues} AS colleagues
FROM core_account a JOIN core_debtor d ON d.id = a.debtor_id JOIN core_creditor c ON c.id = a.creditor_id
LEFT JOIN core_collector l ON l.id = a.assigned_to_id LEFT JOIN core_user u ON u.id = l.user_id
WHERE a.id = %(account)s
"""
COLLEAGUES = """(SELECT json_agg(json_build_object('id', c.id, 'name', w.first_name || ' ' || w.last_name)
    ORDER BY w.last_name) FROM core_collector c JOIN core_user w ON w.id = c.user_id WHERE c.is_active)"""

_template = Engine(dirs=[str(ROOT / "tests" / "bench")]).get_template("account_page_limit.html")


def account_with_a_past() -> UUID:
    """An open account on the desk of `user1`, made rich in this copy of the database when it is not yet."""
    from core import dispositions
    from core.models import Account, User

    with tenancy.acting_for(User.objects.get(username="user1").agency):
        dispositions.install()
        desk = Account.objects.filter(assigned_to__user__username="user1", status="in_contact", balance_cents__gt=9000)
        account = desk.order_by("id")[0].pk
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM core_activity WHERE account_id = %s", [account])
            for statement in PAST if cursor.fetchone()[0] < 40 else ():
                cursor.execute(statement, {"account": account})
    return account


def limit_of(account: UUID, *, colleagues: bool) -> Any:
    """A view of the same rows; `colleagues` are whom an admin could give the account to."""
    sql = LIMIT.format(colleagues=COLLEAGUES if colleagues else "NULL")

    def view(request: HttpRequest) -> HttpResponse:
        assert request.user.is_authenticated
        with connection.cursor() as cursor:
            cursor.execute(sql, {"account": account})
            names = [column.name for column in cursor.description]
            (row,) = cursor.fetchall()
        return HttpResponse(_template.render(Context({"a": dict(zip(names, row, strict=True))})))

    return view
