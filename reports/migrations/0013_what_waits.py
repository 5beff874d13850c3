"""Broken promises that nobody followed up, and disputes by the day they began, are summed too: a manager is told how many
there are without counting tens of thousands of accounts. They have no amounts, so that a payment writes no change.
"""

from importlib import import_module

from django.db import migrations

_facts, _kept = (import_module(f"reports.migrations.{name}") for name in ("0003_facts", "0004_kept_by_triggers"))
facts, kept = _facts.facts, _kept.kept

WAITING = """
SELECT a.agency_id, f.subject, f.day, a.creditor_id, NULL::uuid AS collector_id, '' AS detail, a.alike::bigint AS number,
    0::numeric AS amount
FROM {alike} a JOIN core_agency g ON g.id = a.agency_id CROSS JOIN LATERAL (VALUES
    ('broken', NULL::date, a.broken_promise_at),
    ('disputed', (a.disputed_since AT TIME ZONE g.timezone)::date, a.disputed_since)
) AS f (subject, day, since)
WHERE f.since IS NOT NULL AND a.status NOT IN ('settled', 'closed')
"""
TRAITS = "agency_id, creditor_id, status, broken_promise_at, disputed_since"
PARTS = (*_kept.PARTS_OF_ACCOUNTS, (WAITING, "alike", _kept.alike(TRAITS)))
CHANGED = _kept.NO_FACT_CHANGED.replace(_kept.WATCHED, f"{_kept.WATCHED}, broken_promise_at, disputed_since")


def functions(parts: tuple[tuple[str, str, str], ...], unless_changed: str) -> str:
    """What the triggers of accounts do; the triggers stay, so that nobody waits for a lock on their table."""
    whole = kept("core_account", "account", *parts, moment=_kept.MOMENT, unless_changed=unless_changed)
    return whole.partition("CREATE TRIGGER")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


def view(*more: str) -> str:
    """`reports_fact` with more kinds of facts."""
    whole = _facts.SQL.replace("CREATE VIEW", "CREATE OR REPLACE VIEW")
    return " UNION ALL ".join([whole, *map(facts, more)])


SQL = f"{view(WAITING)};{functions(PARTS, CHANGED)}"
BACK = f"{view()};{functions(_kept.PARTS_OF_ACCOUNTS, _kept.NO_FACT_CHANGED)}"


class Migration(migrations.Migration):
    dependencies = [("reports", "0012_schedules_walled"), ("core", "0027_indexes_of_disputes")]
    operations = [migrations.RunSQL(SQL, BACK)]
