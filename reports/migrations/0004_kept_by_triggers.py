"""The changes of all facts, written in the statement that makes them: what was before is taken off, what is now added.

A statement that changes no fact (a note, a follow-up) writes nothing. Rows of the journal `open` are written here and
nowhere else.
"""

from importlib import import_module

from django.db import migrations

_facts = import_module("reports.migrations.0003_facts")
facts, ACCOUNT, DUE, ENTRY = _facts.facts, _facts.ACCOUNT, _facts.DUE, _facts.ENTRY
ATTEMPT, PROMISE, COMMISSION = _facts.ATTEMPT, _facts.PROMISE, _facts.COMMISSION

KEY = "agency_id, subject, day, creditor_id, collector_id, detail"
# The columns of an account that its facts are made of.
TRAITS = "agency_id, creditor_id, status, assigned_to_id, closed_reason, created_at, last_contact_at"
WATCHED = f"id, {TRAITS}, due_date, original_amount, current_balance"
# While history is loaded (core.clock.at), the moment at which it happened.
MOMENT = "coalesce(nullif(current_setting('debtflow.moment', true), '')::timestamptz, now())"
# A change of the agency's zone waits for who counts by the old one, and makes others wait to count by the new one.
BY_ONE_ZONE = (
    "pg_advisory_xact_lock_shared(hashtextextended('reports zone ' || coalesce(current_setting('debtflow.agency_id',"
    " true), ''), 0))"
)


def append(*selects: str) -> str:
    """Write down what these facts sum up to, if to anything."""
    return f"""
    INSERT INTO reports_tally (agency_id, subject, level, day, creditor_id, collector_id, detail, number, amount)
    SELECT agency_id, subject, 'change', day, creditor_id, collector_id, detail, sum(number), sum(amount)
    FROM ({" UNION ALL ".join(selects)}) AS change
    GROUP BY {KEY} HAVING sum(number) <> 0 OR sum(amount) <> 0;"""


def less(select: str) -> str:
    """These facts taken off."""
    return f"SELECT {KEY}, -number AS number, -amount AS amount FROM ({select}) AS gone"


def more(select: str) -> str:
    """These facts added."""
    return f"SELECT {KEY}, number, amount FROM ({select}) AS come"


# A plan that was made when a table was small, or for a thousand rows, is kept for one row of a million: by index always.
BY_INDEX = "SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off"


def function(name: str, body: str) -> str:
    return f"""
CREATE FUNCTION reports_{name}() RETURNS trigger LANGUAGE plpgsql {BY_INDEX} AS $$
BEGIN
    {body}
    RETURN NULL;
END $$;"""


def alike(by: str) -> str:
    """Accounts grouped before their facts are told: a file places hundreds that are alike."""
    return (
        f"(SELECT {by}, count(*) AS alike, sum(original_amount) AS original_amount,"
        f" sum(current_balance) AS current_balance FROM {{rows}} GROUP BY {by})"
    )


def kept(
    table: str,
    name: str,
    *parts: tuple[str, str, str],
    moment: str = "now()",
    unless_new: str = "",
    unless_changed: str = "",
) -> str:
    """The three statement-level triggers of a table.

    Each part is a text of facts, which of its sources is this table, and how that is read from {rows} of it.
    """

    def told(which: str, when: str = "a.created_at") -> list[str]:
        return [facts(text, when, **{source: read.format(rows=which)}) for text, source, read in parts]

    placed, before, after = told("after_rows"), told("before_rows", moment), told("after_rows", moment)
    by_one_zone = f"PERFORM {BY_ONE_ZONE};"
    return f"""
{function(f"{name}_insert", unless_new + by_one_zone + append(*map(more, placed)))}
{function(f"{name}_update", unless_changed + by_one_zone + append(*map(less, before), *map(more, after)))}
{function(f"{name}_delete", by_one_zone + append(*map(less, before)))}
CREATE TRIGGER facts_insert AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION reports_{name}_insert();
CREATE TRIGGER facts_update AFTER UPDATE ON {table}
    REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION reports_{name}_update();
CREATE TRIGGER facts_delete AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS before_rows FOR EACH STATEMENT EXECUTE FUNCTION reports_{name}_delete();
"""


def forgotten(table: str, name: str) -> str:
    return f"""
DROP TRIGGER facts_delete ON {table}; DROP TRIGGER facts_update ON {table}; DROP TRIGGER facts_insert ON {table};
DROP FUNCTION reports_{name}_delete(), reports_{name}_update(), reports_{name}_insert();
"""


# No join of the rows before and after: a plan that was made for one row would be kept for ten thousand.
NO_FACT_CHANGED = f"""
    IF NOT EXISTS (SELECT {WATCHED} FROM after_rows EXCEPT ALL SELECT {WATCHED} FROM before_rows) THEN RETURN NULL; END IF;
"""
NO_MONEY_MOVED = """
    IF NOT EXISTS (SELECT FROM after_rows WHERE kind IN ('payment', 'refund', 'chargeback')) THEN RETURN NULL; END IF;
"""
PARTS_OF_ACCOUNTS = (
    (ACCOUNT, "alike", alike(TRAITS)),
    (DUE, "alike", alike("agency_id, creditor_id, status, due_date")),
)
KEPT = (
    ("core_account", "account", PARTS_OF_ACCOUNTS, {"moment": MOMENT, "unless_changed": NO_FACT_CHANGED}),
    ("core_balanceentry", "entry", [(ENTRY, "entries", "{rows}")], {"unless_new": NO_MONEY_MOVED}),
    ("core_contactattempt", "attempt", [(ATTEMPT, "attempts", "{rows}")], {}),
    ("core_promise", "promise", [(PROMISE, "promises", "{rows}")], {}),
    ("payments_commission", "commission", [(COMMISSION, "commissions", "{rows}")], {}),
)

# --- what happens seldom, a row at a time: something that the facts of other rows are made of changes -------------

ACCOUNT_ROW = "(SELECT {row}.id AS id, {row}.creditor_id AS creditor_id, {row}.created_at AS created_at)"
OF_THE_ACCOUNT = {
    "entries": "(SELECT * FROM core_balanceentry WHERE account_id = NEW.id)",
    "attempts": "(SELECT * FROM core_contactattempt WHERE account_id = NEW.id)",
    "promises": "(SELECT * FROM core_promise WHERE account_id = NEW.id)",
    "commissions": "(SELECT c.* FROM payments_commission c JOIN payments_payment p ON p.id = c.payment_id"
    " WHERE p.account_id = NEW.id)",
}
PAYMENT_ROW = "(SELECT {row}.id AS id, {row}.collector_id AS collector_id, {row}.method AS method)"
OF_THE_PAYMENT = {"entries": "(SELECT * FROM core_balanceentry WHERE payment = NEW.id)"}
COLLECTOR_ROW = "(SELECT {row}.id AS id, {row}.user_id AS user_id)"
OF_THE_COLLECTOR = {
    "attempts": "(SELECT * FROM core_contactattempt WHERE actor_id IN (OLD.user_id, NEW.user_id))",
    "promises": "(SELECT * FROM core_promise WHERE made_by_id IN (OLD.user_id, NEW.user_id))",
}


def swapped(source: str, row: str, texts: list[str], only: dict[str, str]) -> str:
    """Facts of these rows, read once with the row as it was and once as it is."""
    selects = []
    for text in texts:
        selects += [
            less(facts(text, **(only | {source: row.format(row="OLD")}))),
            more(facts(text, **(only | {source: row.format(row="NEW")}))),
        ]
    return f"PERFORM {BY_ONE_ZONE};" + append(*selects)


SELDOM = f"""
{function("account_moved", swapped("accounts", ACCOUNT_ROW, [ENTRY, ATTEMPT, PROMISE, COMMISSION], OF_THE_ACCOUNT))}
CREATE TRIGGER facts_moved AFTER UPDATE OF creditor_id, created_at ON core_account FOR EACH ROW
    WHEN (OLD.creditor_id IS DISTINCT FROM NEW.creditor_id OR OLD.created_at IS DISTINCT FROM NEW.created_at)
    EXECUTE FUNCTION reports_account_moved();

{function("payment_moved", swapped("payments", PAYMENT_ROW, [ENTRY], OF_THE_PAYMENT))}
CREATE TRIGGER facts_moved AFTER UPDATE OF collector_id, method ON payments_payment FOR EACH ROW
    WHEN (OLD.collector_id IS DISTINCT FROM NEW.collector_id OR OLD.method IS DISTINCT FROM NEW.method)
    EXECUTE FUNCTION reports_payment_moved();

-- Somebody becomes a collector, or none any more: whose contacts and promises those were.
{function("collector_moved", swapped("collectors", COLLECTOR_ROW, [ATTEMPT, PROMISE], OF_THE_COLLECTOR))}
CREATE TRIGGER facts_moved AFTER INSERT OR DELETE OR UPDATE OF user_id ON core_collector FOR EACH ROW
    EXECUTE FUNCTION reports_collector_moved();
"""
NEVER = """
DROP TRIGGER facts_moved ON core_collector; DROP TRIGGER facts_moved ON payments_payment;
DROP TRIGGER facts_moved ON core_account;
DROP FUNCTION reports_collector_moved(), reports_payment_moved(), reports_account_moved();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_facts")]
    operations = [
        *(
            migrations.RunSQL(kept(table, name, *parts, **how), forgotten(table, name))
            for table, name, parts, how in KEPT
        ),
        migrations.RunSQL(SELDOM, NEVER),
    ]
