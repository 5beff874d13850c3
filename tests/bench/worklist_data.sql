-- An agency of :accounts accounts, made set-based in one go; the same numbers give the same data (setseed).
-- Placeholders: %(accounts)s, %(collectors)s, %(password)s.
SELECT setseed(0.42);

INSERT INTO core_agency (name, timezone, currency, settings, is_active, updated_at)
VALUES ('Harborline Recovery', 'America/Chicago', 'USD', '{}', true, now());
SELECT set_config('debtflow.agency_id', (SELECT id::text FROM core_agency), false);

INSERT INTO core_user (password, is_superuser, username, first_name, last_name, is_staff, is_active, date_joined,
                       email, agency_id, role)
SELECT %(password)s, false, 'user' || n, 'Collector', 'Number ' || n, false, true, now(), 'user' || n || '@example.com',
       a.id, CASE n WHEN 0 THEN 'agency_admin' ELSE 'collector' END
FROM core_agency a, generate_series(0, %(collectors)s) n;
INSERT INTO core_collector (agency_id, user_id, commission_rate, is_active, max_accounts)
SELECT agency_id, id, 0.1, true, 100000 FROM core_user WHERE role = 'collector';

INSERT INTO core_creditor (agency_id, name, external_ref, contact_name, contact_email, contact_phone, contingency_rate,
                           is_active)
SELECT a.id, 'Creditor ' || n, '', '', '', '', 0.25, true FROM core_agency a, generate_series(1, 25) n;

CREATE TEMP TABLE syllable AS SELECT row_number() OVER () - 1 AS n, s FROM unnest(string_to_array(
    'ba be bo bri bur cal can car chan col cor dal dan del dor fair fen fer gal gar glen gor hal ham har hol hun jan'
    ' jor kan kel ker lan lar len lor mac mal man mar mel mon mor nak nel nor oak ol os pem per pet quin ran ray rob'
    ' ros san sel ser sol stan sul tam tan ter tor val ven wal wen whit win wor yar zan', ' ')) s;
CREATE TEMP TABLE ending AS SELECT row_number() OVER () - 1 AS n, s FROM unnest(string_to_array(
    'berg bury by dale den der ell er ez field ford gate ham house i ia ian ier in is ka ko land ler ley lin man mann'
    ' mer mond more na ner nez o ova quist rez ro sen ski smith son stad ston ton vic ville wall well wick wood worth',
    ' ')) s;
CREATE TEMP TABLE given AS SELECT row_number() OVER () - 1 AS n, s FROM unnest(string_to_array(
    'Adele Amir Anna Beatriz Carlos Chen Dana Diego Elena Emil Fatima Felix Grace Hana Hugo Ida Igor Ines Jamal Jin'
    ' Joel Jun Kara Kofi Lars Leila Lena Luis Maria Marisol Mei Milo Mona Nadia Noah Nora Omar Oskar Pablo Petra Priya'
    ' Quentin Rafael Rosa Ruth Samir Sara Sofia Tariq Tomas Uma Vera Victor Wanda Xenia Yusuf Zoe', ' ')) s;

INSERT INTO core_debtor (agency_id, external_ref, full_name, ssn_last4, date_of_birth, address_line1, city, state, zip,
                         language, time_zones, updated_at)
SELECT a.id, 'D' || k.n,
       g.s || ' ' || initcap(s1.s || CASE WHEN k.r4 < 0.5 THEN s2.s ELSE '' END || e.s),
       '', '', k.n || ' Alder Court', 'Austin', 'TX', '78701', 'en',
       CASE WHEN k.r5 < 0.1 THEN ARRAY[]::text[] WHEN k.r5 < 0.3 THEN ARRAY['America/New_York', 'America/Chicago']
            ELSE ARRAY[(ARRAY['America/New_York', 'America/Chicago', 'America/Denver', 'America/Los_Angeles'])
                       [1 + floor(k.r6 * 4)::int]] END,
       now()
FROM core_agency a,
     LATERAL (SELECT n, random() r1, random() r2, random() r3, random() r4, random() r5, random() r6, random() r7
              FROM generate_series(1, %(accounts)s * 9 / 10) n) k
JOIN given g ON g.n = floor(k.r1 * (SELECT count(*) FROM given))
JOIN syllable s1 ON s1.n = floor(k.r2 * (SELECT count(*) FROM syllable))
JOIN syllable s2 ON s2.n = floor(k.r7 * (SELECT count(*) FROM syllable))
JOIN ending e ON e.n = floor(k.r3 * (SELECT count(*) FROM ending));

INSERT INTO core_contactpoint (agency_id, debtor_id, kind, value, source, status, is_primary, time_zones, consent_source)
SELECT agency_id, id, 'phone', '+1' || (2000000000 + row_number() OVER ()), 'file', 'active', true, '{}', ''
FROM core_debtor;

CREATE TEMP TABLE debtor_number AS SELECT row_number() OVER (ORDER BY id) n, id FROM core_debtor;
CREATE TEMP TABLE collector_number AS SELECT row_number() OVER (ORDER BY id) n, id FROM core_collector;
CREATE TEMP TABLE creditor_number AS SELECT row_number() OVER (ORDER BY id) n, id FROM core_creditor;
CREATE UNIQUE INDEX ON debtor_number (n);
ANALYZE debtor_number, collector_number, creditor_number;

INSERT INTO core_account (agency_id, debtor_id, creditor_id, assigned_to_id, external_ref, original_amount, status,
                          priority, account_type, due_date, particulars, last_contact_at, next_action_at, next_action,
                          closed_reason, updated_at, created_at)
SELECT a.id, d.id, c.id, CASE WHEN k.status <> 'new' THEN l.id END, 'ACC-' || lpad(k.n::text, 8, '0'),
       round((25 + 9000 * k.r1 * k.r1)::numeric, 2), k.status, floor(4 * k.r2 * k.r2), 'medical',
       (now() - k.r3 * interval '400 days')::date, '{}',
       CASE WHEN k.status NOT IN ('new', 'assigned') THEN now() - k.r4 * interval '90 days' END,
       CASE WHEN k.status NOT IN ('new', 'settled', 'closed') AND k.r5 < 0.4
            THEN now() + (k.r6 * 30 - 6) * interval '1 day' END,
       CASE WHEN k.r5 < 0.2 THEN 'Callback' ELSE '' END,
       '', now(), now() - (%(accounts)s - k.n) * interval '2 years' / %(accounts)s
FROM core_agency a,
     LATERAL (SELECT n, random() r1, random() r2, random() r3, random() r4, random() r5, random() r6, random() r7,
                     random() r8, random() r9,
                     (ARRAY['new','new','new','new','new','assigned','assigned','in_contact','in_contact',
                            'negotiating','payment_plan','disputed','settled','closed','closed','closed'])
                     [1 + floor(random() * 16)::int] AS status
              FROM generate_series(1, %(accounts)s) n) k
JOIN debtor_number d ON d.n = 1 + floor(k.r7 * (%(accounts)s * 9 / 10))::bigint
JOIN creditor_number c ON c.n = 1 + floor(k.r8 * 25)::bigint
JOIN collector_number l ON l.n = 1 + floor(k.r9 * %(collectors)s)::bigint;
