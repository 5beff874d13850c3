"""How often was somebody reached, and what came of it?"""

from dataclasses import dataclass

from reports.figures.reading import ByDay, Facts, ask, ask_one
from reports.figures.steps import Step, fitting, steps
from reports.kpis import Figure, figure, share
from reports.scope import Scope

_ASK = """
SELECT
    coalesce(sum(number) FILTER (WHERE subject = 'attempt' AND day >= %(first)s), 0)::bigint,
    coalesce(sum(number) FILTER (WHERE subject = 'attempt' AND day < %(first)s), 0)::bigint,
    coalesce(sum(number) FILTER (WHERE subject = 'attempt' AND detail <> '' AND day >= %(first)s), 0)::bigint,
    coalesce(sum(number) FILTER (WHERE subject = 'attempt' AND detail <> '' AND day < %(first)s), 0)::bigint,
    coalesce(sum(number) FILTER (WHERE detail = 'conversation' AND day >= %(first)s), 0)::bigint,
    coalesce(sum(number) FILTER (WHERE detail = 'conversation' AND day < %(first)s), 0)::bigint,
    coalesce(sum(number) FILTER (WHERE subject = 'promised' AND day >= %(first)s), 0)::bigint,
    coalesce(sum(number) FILTER (WHERE subject = 'promised' AND day < %(first)s), 0)::bigint
FROM {facts} AS facts
"""


@dataclass(frozen=True)
class Contacts:
    """The period beside the one before."""

    attempts: Figure
    right_party: Figure
    conversations: Figure
    promises: Figure
    rpc_rate: Figure
    conversion: Figure


def summary(scope: Scope) -> Contacts:
    """The figures, in one statement."""
    facts = Facts(("attempt", "promised"), (scope.previous_first, scope.last)).sql(scope)
    tried, tried_before, reached, reached_before, talked, talked_before, made, made_before = ask_one(
        _ASK.format(facts=facts), scope
    )
    return Contacts(
        attempts=figure("attempts", tried, tried_before),
        right_party=figure("right_party", reached, reached_before),
        conversations=figure("conversations", talked, talked_before),
        promises=figure("promised", made, made_before),
        rpc_rate=figure("rpc_rate", share(reached, tried), share(reached_before, tried_before)),
        conversion=figure("conversion", share(made, reached), share(made_before, reached_before)),
    )


@dataclass(frozen=True)
class ContactPoint:
    """One step."""

    step: Step
    attempts: int
    right_party: int


def trend(scope: Scope, step: str = "") -> tuple[ContactPoint, ...]:
    """The contacts step by step; one statement."""
    facts = Facts(("attempt",), (scope.first, scope.last)).sql(scope)
    sql = "SELECT detail <> '', day, sum(number)::bigint, sum(amount) FROM {facts} AS facts GROUP BY 1, 2 ORDER BY 2"
    rows = ask(sql.format(facts=facts), scope)
    of = {reached: ByDay([row[1:] for row in rows if row[0] is reached]) for reached in (True, False)}
    points = []
    for one in steps(scope, fitting(scope, step)):
        reached, missed = (of[kind].between(one.first, one.last)[0] for kind in (True, False))
        points.append(ContactPoint(one, reached + missed, reached))
    return tuple(points)
