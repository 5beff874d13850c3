"""What do the facts add up to? Read from sums that triggers keep; folded now and then, made anew when need be.

A trigger writes a change once, with all that is known of it. `compact` folds changes into the levels of their subject,
each of which leaves out what its readers do not ask for; a reader adds what is not folded yet.
"""

from uuid import UUID

from django.db import connection

from core import crossings, tenancy
from reports.models import Level, Tally

BY_ANYTHING = (Level.ALL, Level.CREDITOR, Level.COLLECTOR, Level.PAIR)
# What desks are compared by is summed by the week as well: hundreds of them, for any stretch of days, in few rows.
OF_WORK = (*BY_ANYTHING, Level.COLLECTOR_WEEK)
BY_CREDITOR = (Level.ALL, Level.CREDITOR)
# At which levels each subject is summed. What is due and worked on a single desk is few enough to be read live.
LEVELS: dict[str, tuple[Level, ...]] = {
    "status": BY_ANYTHING,
    "open": BY_ANYTHING,
    "placed": BY_CREDITOR,
    "due": BY_CREDITOR,
    "worked": BY_CREDITOR,
    "broken": (Level.ALL,),
    "disputed": (Level.ALL,),
    "collected": OF_WORK,
    "batch": BY_CREDITOR,
    "attempt": OF_WORK,
    "promised": OF_WORK,
    "matured": OF_WORK,
    "received": OF_WORK,
    "commission": OF_WORK,
}

WITH_CREDITOR, WITH_COLLECTOR = (Level.CREDITOR, Level.PAIR), (Level.COLLECTOR, Level.COLLECTOR_WEEK, Level.PAIR)
# (subject, level, by creditor?, by collector?, by week?)
FOLDS = ", ".join(
    f"('{subject}', '{level.value}', {level in WITH_CREDITOR}, {level in WITH_COLLECTOR},"
    f" {level == Level.COLLECTOR_WEEK})"
    for subject, levels in LEVELS.items()
    for level in levels
)
# The day that a level has for a fact's day.
DAY = "CASE WHEN l.by_week THEN date_trunc('week', {row}.day::timestamp)::date ELSE {row}.day END"
_TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtextextended('reports folding ' || %(agency)s::text, 0))"
# Changes that another transaction adds meanwhile are not seen, hence not deleted: nothing is lost. In the order of the
# key, so that millions of them go through the index once, and a stretch of days lies together.
_FOLD = f"""
WITH gone AS (
    DELETE FROM reports_tally WHERE agency_id = %(agency)s AND level = 'change'
    RETURNING subject, day, creditor_id, collector_id, detail, number, amount
), folded AS (
    INSERT INTO reports_tally AS t
        (agency_id, subject, level, day, creditor_id, collector_id, detail, number, amount)
    SELECT %(agency)s, subject, l.level, {DAY.format(row="gone")},
        CASE WHEN l.by_creditor THEN creditor_id END AS creditor_id,
        CASE WHEN l.by_collector THEN collector_id END AS collector_id, detail, sum(number), sum(amount)
    FROM gone JOIN (VALUES {FOLDS}) AS l (subject, level, by_creditor, by_collector, by_week) USING (subject)
    GROUP BY 2, 3, 4, 5, 6, 7 HAVING sum(number) <> 0 OR sum(amount) <> 0
    ORDER BY 2, 3, 5, 4, 6, 7
    ON CONFLICT (agency_id, subject, level, creditor_id, day, collector_id, detail) WHERE NOT level = 'change'
    DO UPDATE SET number = t.number + excluded.number, amount = t.amount + excluded.amount
    RETURNING id, number, amount
)
SELECT array_agg(id) FROM folded WHERE number = 0 AND amount = 0
"""  # noqa: S608  (our own words)


def compact() -> None:
    """Fold each agency's changes into the levels (a recurring job)."""
    for agency_id in crossings.active_agencies():
        with tenancy.acting_for(agency_id):
            fold()


def fold() -> None:
    """The same for the current agency; who comes second waits and finds nothing left."""
    facts = {"agency": tenancy.current_agency_id()}
    with tenancy.transaction(), connection.cursor() as cursor:
        cursor.execute(_TAKE_TURNS, facts)
        cursor.execute(_FOLD, facts)
        [(emptied,)] = cursor.fetchall()
        if emptied:
            cursor.execute("DELETE FROM reports_tally WHERE id = ANY (%s)", [emptied])


def rebuild(agency_id: UUID) -> int:
    """Sum up all facts of an agency anew, while others go on working; gives the number of sums.

    For operators, after a restore or an accident: the journal of the inventory is kept, and completed as of today. A
    change of the agency's zone does it by itself, by trigger.
    """
    with tenancy.acting_for(agency_id), connection.cursor() as cursor:
        cursor.execute("SELECT reports_rebuild(%s)", [agency_id])
        fold()
        return Tally.objects.count()
