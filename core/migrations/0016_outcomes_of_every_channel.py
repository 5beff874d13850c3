"""The outcomes that agencies began with get their channels and directions; what e-mails and visits lacked is added.

A busy line did not connect and does not count (12 CFR 1006.14(b)(3)(ii), comment 14(b)(3)(ii)-1), nor does a call to a
number that turns out to be somebody else's (comment 14(b)(2)(i)-3); attempts that were logged keep what they said.
"""

from django.db import migrations

THEIRS = """
UPDATE core_disposition d SET channels = v.channels::varchar[], directions = v.directions::varchar[]
FROM (VALUES
    ('promise', '{call,email,letter,in_person}', '{out,in}'),
    ('spoke', '{call,in_person}', '{out,in}'),
    ('refused', '{call,email,letter,in_person}', '{out,in}'),
    ('hardship', '{call,email,letter,in_person}', '{out,in}'),
    ('disputes', '{call,email,letter,in_person}', '{out,in}'),
    ('voicemail', '{call}', '{out}'),
    ('no_answer', '{call}', '{out}'),
    ('busy', '{call}', '{out}'),
    ('third_party', '{call,in_person}', '{out,in}'),
    ('wrong_number', '{call}', '{out,in}'),
    ('not_in_service', '{call}', '{out}'),
    ('opted_out', '{call,email}', '{out,in}'),
    ('sent', '{email,letter}', '{out}'),
    ('returned', '{letter}', '{out}')
) AS v (code, channels, directions)
WHERE d.code = v.code;
UPDATE core_disposition SET counts = false WHERE code IN ('busy', 'wrong_number');
UPDATE core_disposition SET label = 'Reached somebody else'
WHERE code = 'third_party' AND label = 'Somebody else answered';
"""
MISSING = """
INSERT INTO core_disposition (agency_id, code, label, channels, directions, right_party, conversation, counts,
    point_becomes, asks_promise, next_action, next_after_days, position, is_active)
SELECT a.id, v.code, v.label, v.channels::varchar[], v.directions::varchar[], v.conversation, v.conversation, v.counts,
    v.point_becomes, false, v.next_action, v.days, v.number + (
        SELECT coalesce(max(d.position), 0) FROM core_disposition d WHERE d.agency_id = a.id), true
FROM core_agency a CROSS JOIN (VALUES
    (1, 'replied', 'Answered', '{email,letter}', '{in}', true, false, '', 'Read and answer', 1),
    (2, 'nobody_there', 'Nobody there', '{in_person}', '{out}', false, true, '', 'Call instead', 2),
    (3, 'bounced', 'Bounced', '{email}', '{out}', false, false, 'invalid', 'Find another address', 1)
) AS v (number, code, label, channels, directions, conversation, counts, point_becomes, next_action, days)
WHERE NOT EXISTS (SELECT FROM core_disposition d WHERE d.agency_id = a.id AND d.code = v.code);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0015_outcome_channels")]
    operations = [
        migrations.RunSQL(THEIRS, migrations.RunSQL.noop),
        migrations.RunSQL(MISSING, migrations.RunSQL.noop),
    ]
