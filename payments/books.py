"""Which invariants hold between payments and the books? Checked by `check_books` with those of the kernel."""

from core.books import Rule

RULES = (
    Rule(
        "a payment changed the balance by no more than is held of it",
        """
        SELECT a.external_ref AS ref, p.id, -e.total AS applied,
               greatest(p.amount - p.refunded_amount - p.charged_back_amount, 0) AS held
        FROM payments_payment p JOIN core_account a ON a.id = p.account_id
        JOIN (SELECT payment, sum(amount) AS total FROM core_balanceentry
              WHERE agency_id = %(agency)s AND payment IS NOT NULL GROUP BY 1) e ON e.payment = p.id
        WHERE p.agency_id = %(agency)s AND (-e.total < 0
           OR -e.total > CASE WHEN p.status IN ('completed', 'refunded')
                         THEN greatest(p.amount - p.refunded_amount - p.charged_back_amount, 0) ELSE 0 END)
        """,
        "Account {ref}: payment {id} has taken {applied} off the balance; {held} of it is held.",
    ),
    Rule(
        "a credit is what is held of a payment and was not owed",
        """
        SELECT a.external_ref AS ref, p.id, p.credit,
               greatest(p.amount - p.refunded_amount - p.charged_back_amount, 0) + coalesce(e.total, 0) AS due
        FROM payments_payment p JOIN core_account a ON a.id = p.account_id
        LEFT JOIN (SELECT payment, sum(amount) AS total FROM core_balanceentry
                   WHERE agency_id = %(agency)s AND payment IS NOT NULL GROUP BY 1) e ON e.payment = p.id
        WHERE p.agency_id = %(agency)s AND p.status IN ('completed', 'refunded')
          AND p.credit <> greatest(p.amount - p.refunded_amount - p.charged_back_amount, 0) + coalesce(e.total, 0)
        """,
        "Account {ref}: of payment {id} {credit} is said to be due to the debtor; it is {due}.",
    ),
    Rule(
        "an entry that names a payment is on its account",
        """
        SELECT e.id, a.external_ref AS ref FROM core_balanceentry e JOIN core_account a ON a.id = e.account_id
        LEFT JOIN payments_payment p ON p.id = e.payment AND p.account_id = e.account_id
        WHERE e.agency_id = %(agency)s AND e.payment IS NOT NULL AND p.id IS NULL
        """,
        "Account {ref}: the entry {id} names a payment that is not of this account.",
    ),
    Rule(
        "what was given back is the sum of the refunds",
        """
        SELECT p.id, p.refunded_amount AS told, coalesce(r.total, 0) AS made
        FROM payments_payment p LEFT JOIN (
            SELECT payment_id, sum(amount) AS total FROM payments_refund
            WHERE agency_id = %(agency)s AND status = 'completed' GROUP BY 1) r ON r.payment_id = p.id
        WHERE p.agency_id = %(agency)s AND p.refunded_amount <> least(coalesce(r.total, 0), p.amount)
          AND p.status IN ('completed', 'refunded')
        """,
        "Payment {id}: {told} is said to be given back, its refunds make {made}.",
    ),
    Rule(
        "a commission is its rate of what the payment took off the balance",
        """
        SELECT p.id, coalesce(c.total, 0) AS told, round(-coalesce(e.total, 0) * p.commission_rate, 2) AS due
        FROM payments_payment p
        LEFT JOIN (SELECT payment_id, sum(amount) AS total FROM payments_commission
                   WHERE agency_id = %(agency)s GROUP BY 1) c ON c.payment_id = p.id
        LEFT JOIN (SELECT payment, sum(amount) AS total FROM core_balanceentry
                   WHERE agency_id = %(agency)s AND payment IS NOT NULL GROUP BY 1) e ON e.payment = p.id
        WHERE p.agency_id = %(agency)s AND p.collector_id IS NOT NULL
          AND abs(coalesce(c.total, 0) - -coalesce(e.total, 0) * p.commission_rate) > 0.005
        """,
        "Payment {id}: the commission is {told}, due is {due}.",
    ),
    Rule(
        "a plan's rows make its total",
        """
        SELECT p.id, p.total, coalesce(i.total, 0) AS rows FROM payments_paymentplan p
        LEFT JOIN (SELECT plan_id, sum(amount) AS total FROM payments_instalment
                   WHERE agency_id = %(agency)s GROUP BY 1) i ON i.plan_id = p.id
        WHERE p.agency_id = %(agency)s AND p.total <> coalesce(i.total, 0)
        """,
        "Plan {id}: its rows make {rows}, its total is {total}.",
    ),
    Rule(
        "a completed plan is paid by its rows",
        """
        SELECT p.id, p.total, coalesce(i.paid, 0) AS paid FROM payments_paymentplan p
        LEFT JOIN (SELECT plan_id, sum(paid) AS paid FROM payments_instalment
                   WHERE agency_id = %(agency)s GROUP BY 1) i ON i.plan_id = p.id
        WHERE p.agency_id = %(agency)s AND p.status = 'completed' AND p.total <> coalesce(i.paid, 0)
          AND EXISTS (SELECT FROM core_account a WHERE a.id = p.account_id AND a.status NOT IN ('settled', 'closed'))
        """,
        "Plan {id}: it is completed, but {paid} of {total} is paid.",
    ),
    Rule(
        "an instalment stands as what was paid of it says",
        """
        SELECT i.id, i.status, i.paid, i.amount FROM payments_instalment i
        WHERE i.agency_id = %(agency)s AND (i.paid < 0 OR i.paid > i.amount
           OR (i.status = 'paid') <> (i.paid = i.amount) OR (i.status = 'scheduled' AND i.paid <> 0)
           OR (i.status = 'partial' AND i.paid = 0))
        """,
        "Instalment {id}: it is {status}, {paid} of {amount} is paid.",
    ),
    Rule(
        "what a paid settlement waived is in the journal, and of no other",
        """
        SELECT a.external_ref AS ref, coalesce(o.waived, 0) AS told, coalesce(-e.total, 0) AS entered
        FROM core_account a
        LEFT JOIN (SELECT account_id, sum(waived) AS waived FROM payments_settlementoffer
                   WHERE agency_id = %(agency)s GROUP BY 1) o ON o.account_id = a.id
        LEFT JOIN (SELECT account_id, sum(amount) AS total FROM core_balanceentry
                   WHERE agency_id = %(agency)s AND kind = 'waiver' AND reason LIKE 'Settlement of $%%' GROUP BY 1) e
               ON e.account_id = a.id
        WHERE a.agency_id = %(agency)s AND (o.account_id IS NOT NULL OR e.account_id IS NOT NULL)
          AND coalesce(o.waived, 0) <> coalesce(-e.total, 0)
        """,
        "Account {ref}: its settlements waived {told}, its journal says {entered}.",
    ),
    Rule(
        "only a paid settlement has waived anything",
        """
        SELECT o.id, o.status, o.waived, o.received, o.amount FROM payments_settlementoffer o
        WHERE o.agency_id = %(agency)s AND (o.waived < 0 OR (o.waived <> 0 AND o.status <> 'paid')
           OR (o.status = 'paid' AND o.received < o.amount))
        """,
        "Settlement {id}: it is {status}; {received} of {amount} came, {waived} is waived.",
    ),
)
