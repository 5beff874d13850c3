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
)
