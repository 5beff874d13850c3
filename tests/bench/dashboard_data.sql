-- Three payments an account, a refund for one in fifty, contacts and promises, on top of worklist_data.sql; set-based.
-- The triggers rest meanwhile: balances and tallies are brought in line at the end, as after a restore.
SELECT setseed(0.42), set_config('debtflow.agency_id', (SELECT id::text FROM core_agency), false);
SET session_replication_role = replica;

INSERT INTO payments_paymentprocessor (agency_id, name, slug, kind, api_base_url, api_key, publishable_key, webhook_secrets,
                                       is_active, updated_at)
SELECT id, 'By hand', 'manual', 'manual', '', '', '', '', true, now() FROM core_agency;

WITH paid AS (
    INSERT INTO payments_payment (agency_id, account_id, processor_id, collector_id, commission_rate, amount, method, status,
                                  waits_for, refunded_amount, charged_back_amount, processor_ref, idempotency_key,
                                  failure_code, failure_message, metadata, attempts, created_at, completed_at, updated_at)
    SELECT a.agency_id, a.id, p.id, a.assigned_to_id, CASE WHEN a.assigned_to_id IS NOT NULL THEN 0.1 END,
           greatest(round(a.original_amount * (0.01 + 0.04 * random())::numeric, 2), 0.01),
           (ARRAY['card', 'card', 'bank_transfer', 'check'])[1 + floor(random() * 4)::int], 'completed', '', 0, 0, '',
           a.id::text || k.n, '', '', '{}', 0, k.at, k.at, k.at
    FROM core_account a, payments_paymentprocessor p,
         LATERAL (SELECT n, a.created_at + random() * (now() - a.created_at) AS at FROM generate_series(1, 3) n
                  WHERE a.id IS NOT NULL) k
    RETURNING id, agency_id, account_id, amount, created_at
), entered AS (
    INSERT INTO core_balanceentry (agency_id, account_id, kind, amount, payment, created_at)
    SELECT agency_id, account_id, 'payment', -amount, id, created_at FROM paid
)
INSERT INTO core_balanceentry (agency_id, account_id, kind, amount, payment, created_at)
SELECT agency_id, account_id, 'refund', amount, id, least(created_at + interval '3 days', now()) FROM paid
WHERE hashtext(id::text) % 50 = 0;
UPDATE payments_payment p SET refunded_amount = p.amount, status = 'refunded'
FROM core_balanceentry e WHERE e.payment = p.id AND e.kind = 'refund';

INSERT INTO payments_commission (agency_id, collector_id, payment_id, base, rate, amount, created_at)
SELECT agency_id, collector_id, id, amount, 0.1, round(amount * 0.1, 2), created_at FROM payments_payment
WHERE collector_id IS NOT NULL AND status = 'completed';

UPDATE core_account a SET current_balance = a.current_balance + e.total
FROM (SELECT account_id, sum(amount) AS total FROM core_balanceentry WHERE kind <> 'placement' GROUP BY 1) e
WHERE e.account_id = a.id;

INSERT INTO core_disposition (agency_id, code, label, channels, directions, right_party, conversation, counts, point_becomes,
                              asks_promise, next_action, next_after_days, position, is_active)
SELECT id, 'bench', 'Talked', '{call}', '{out,in}', true, true, true, '', false, 'Call again', 3, 0, true FROM core_agency;
INSERT INTO core_contactattempt (agency_id, account_id, debtor_id, disposition_id, actor_id, channel, direction, right_party,
                                 conversation, counts, at, created_at, verdict)
SELECT a.agency_id, a.id, a.debtor_id, d.id, l.user_id, 'call', 'out', k.r < 0.2, k.r < 0.15, true, k.at, k.at, '{}'
FROM core_account a JOIN core_collector l ON l.id = a.assigned_to_id, core_disposition d,
     LATERAL (SELECT random() AS r, a.created_at + random() * (now() - a.created_at) AS at FROM generate_series(1, 2)
              WHERE a.id IS NOT NULL) k
WHERE d.code = 'bench';
INSERT INTO core_promise (agency_id, account_id, amount, due_date, method, status, made_by_id, received, judged_at, created_at)
SELECT a.agency_id, a.id, 50, k.at::date + 7, 'card', CASE WHEN k.r < 0.6 THEN 'kept' ELSE 'broken' END, l.user_id,
       CASE WHEN k.r < 0.6 THEN 50 ELSE 0 END, k.at + interval '9 days', k.at
FROM core_account a JOIN core_collector l ON l.id = a.assigned_to_id,
     LATERAL (SELECT random() AS r, a.created_at + random() * (now() - interval '10 days' - a.created_at) AS at) k
WHERE a.created_at < now() - interval '20 days' AND hashtext(a.id::text) % 4 = 0;

-- What waits for a manager: promises that nobody followed up, and disputes.
UPDATE core_account a SET broken_promise_at = n.judged_at
FROM (SELECT DISTINCT ON (account_id) account_id, status, judged_at FROM core_promise
      ORDER BY account_id, created_at DESC, id DESC) n
WHERE a.id = n.account_id AND n.status IN ('broken', 'partial')
  AND NOT EXISTS (SELECT FROM core_contactattempt c WHERE c.account_id = n.account_id AND c.at > n.judged_at);
INSERT INTO core_hold (agency_id, account_id, kind, reason, placed_at)
SELECT agency_id, id, 'dispute', 'Not mine', now() - random() * interval '60 days' FROM core_account
WHERE status = 'disputed';
