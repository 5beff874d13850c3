"""What is counted: one row for each raw thing, on the agency's calendar (the view `reports_fact`).

Each text below is the one definition of its facts. The view reads it from the tables; the triggers of the next
migration read it from the rows before and after a change, put in the place of the same names.
"""

from django.db import migrations

TABLES = {
    "accounts": "core_account",
    "alike": "(SELECT *, 1 AS alike FROM core_account)",
    "entries": "core_balanceentry",
    "payments": "payments_payment",
    "attempts": "core_contactattempt",
    "promises": "core_promise",
    "collectors": "core_collector",
    "commissions": "payments_commission",
}

# `open` is no fact of the present: a change of the inventory on the day it happened, known to triggers alone.
# A row of it here is an open account; {inventory_at} is the moment at which it came or went. {alike} are accounts, or
# groups of so many that are alike in all but their sums.
ACCOUNT = """
SELECT a.agency_id, f.subject, f.day, a.creditor_id, f.collector_id, f.detail, a.alike::bigint AS number, f.amount
FROM {alike} a JOIN core_agency g ON g.id = a.agency_id CROSS JOIN LATERAL (VALUES
    ('status', NULL::date, a.assigned_to_id, a.status::text, a.current_balance),
    ('placed', (a.created_at AT TIME ZONE g.timezone)::date, NULL::uuid,
        CASE WHEN a.status = 'settled' OR (a.status = 'closed' AND a.closed_reason = 'paid') THEN 'resolved'
             WHEN a.status = 'closed' AND a.closed_reason IN ('recalled', 'bankrupt', 'deceased', 'error')
             THEN 'returned' ELSE '' END,
        a.original_amount),
    ('worked', (greatest(a.last_contact_at, a.created_at) AT TIME ZONE g.timezone)::date, NULL, '', a.current_balance),
    ('open', ({inventory_at} AT TIME ZONE g.timezone)::date, a.assigned_to_id, '', a.current_balance)
) AS f (subject, day, collector_id, detail, amount)
WHERE f.subject IN ('status', 'placed') OR a.status NOT IN ('settled', 'closed')
"""

# Apart, because a file may name a different day in every row.
DUE = """
SELECT a.agency_id, 'due' AS subject, a.due_date AS day, a.creditor_id, NULL::uuid AS collector_id, '' AS detail,
    a.alike::bigint AS number, a.current_balance AS amount
FROM {alike} a WHERE a.status NOT IN ('settled', 'closed')
"""

# The collector is whose desk it was when the payment was completed; it and the method stand on the payment.
ENTRY = """
SELECT e.agency_id, f.subject, f.day, a.creditor_id, f.collector_id, f.detail,
    (e.kind = 'payment')::int::bigint AS number, -e.amount AS amount
FROM {entries} e JOIN {accounts} a ON a.id = e.account_id JOIN core_agency g ON g.id = e.agency_id
LEFT JOIN {payments} p ON p.id = e.payment CROSS JOIN LATERAL (VALUES
    ('collected', (e.created_at AT TIME ZONE g.timezone)::date, p.collector_id, coalesce(p.method, '')::text),
    ('batch', date_trunc('month', e.created_at AT TIME ZONE g.timezone)::date, NULL::uuid,
        to_char(a.created_at AT TIME ZONE g.timezone, 'YYYY-MM'))
) AS f (subject, day, collector_id, detail)
WHERE e.kind IN ('payment', 'refund', 'chargeback')
"""

ATTEMPT = """
SELECT t.agency_id, 'attempt' AS subject, (t.at AT TIME ZONE g.timezone)::date AS day, a.creditor_id,
    c.id AS collector_id, CASE WHEN t.conversation THEN 'conversation' WHEN t.right_party THEN 'right_party' ELSE '' END
    AS detail, 1::bigint AS number, 0::numeric AS amount
FROM {attempts} t JOIN {accounts} a ON a.id = t.account_id JOIN core_agency g ON g.id = t.agency_id
LEFT JOIN {collectors} c ON c.user_id = t.actor_id
"""

PROMISE = """
SELECT p.agency_id, f.subject, f.day, a.creditor_id, c.id AS collector_id, f.detail, 1::bigint AS number, f.amount
FROM {promises} p JOIN {accounts} a ON a.id = p.account_id JOIN core_agency g ON g.id = p.agency_id
LEFT JOIN {collectors} c ON c.user_id = p.made_by_id CROSS JOIN LATERAL (VALUES
    ('promised', (p.created_at AT TIME ZONE g.timezone)::date, '', p.amount),
    ('matured', p.due_date, p.status::text, p.amount),
    ('received', p.due_date, p.status::text, p.received)
) AS f (subject, day, detail, amount)
WHERE f.subject = 'promised' OR p.status IN ('kept', 'partial', 'broken')
"""

COMMISSION = """
SELECT m.agency_id, 'commission' AS subject, (m.created_at AT TIME ZONE g.timezone)::date AS day, a.creditor_id,
    m.collector_id, '' AS detail, 1::bigint AS number, m.amount
FROM {commissions} m JOIN payments_payment p ON p.id = m.payment_id JOIN {accounts} a ON a.id = p.account_id
JOIN core_agency g ON g.id = m.agency_id
"""


def facts(text: str, inventory_at: str = "a.created_at", **instead: str) -> str:
    """The facts of one kind, read from the tables or from what stands `instead` of some of them."""
    return text.format(inventory_at=inventory_at, **(TABLES | instead))


SQL = f"""
CREATE VIEW reports_fact WITH (security_invoker = true) AS
SELECT * FROM ({facts(ACCOUNT)}) AS of_accounts WHERE subject <> 'open'
UNION ALL {facts(DUE)} UNION ALL {facts(ENTRY)} UNION ALL {facts(ATTEMPT)} UNION ALL {facts(PROMISE)} UNION ALL {facts(COMMISSION)}
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0002_walled"),
        ("core", "0022_floor_of_a_settlement"),
        ("payments", "0007_comparisons_walled"),
    ]
    operations = [migrations.RunSQL(SQL, "DROP VIEW reports_fact")]
