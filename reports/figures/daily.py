"""What happened day by day? Read once, for the figures of the head, their course, and the trend of what came in."""

from dataclasses import dataclass
from datetime import date, timedelta

from reports.figures.reading import ByDay, Facts, ask
from reports.figures.steps import fitting, reach_back, steps
from reports.scope import Scope

BEGINNING, END = date(1970, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True)
class Daily:
    """Changes of the open inventory since ever, and what came in as far back as an average of the period before is."""

    there: ByDay
    came: ByDay


def daily(scope: Scope, step: str = "") -> Daily:
    """Both, in one statement."""
    size = fitting(scope, step)
    since = reach_back(steps(scope, size)[0], size) - timedelta(days=scope.days)
    there, came = Facts(("open",)).sql(scope), Facts(("collected",), (since, scope.last)).sql(scope)
    rows = ask(
        "SELECT subject, day, sum(number)::bigint, sum(amount)"  # noqa: S608  (our own words)
        f" FROM (SELECT * FROM {there} AS t UNION ALL SELECT * FROM {came} AS c) AS facts GROUP BY 1, 2 ORDER BY 2",
        scope,
    )
    return Daily(*(ByDay([tuple(row) for kind, *row in rows if kind == subject]) for subject in ("open", "collected")))
