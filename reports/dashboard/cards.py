"""The four figures at the top: what they are now, how they changed against what, and how they came about."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core import words
from core.sheet import Kind
from reports import links
from reports.charts import Spark
from reports.dashboard.drill import Drill, whole_money
from reports.figures.headline import Headline
from reports.figures.inventory import CoursePoint
from reports.kpis import Figure
from reports.scope import Scope

TENTH = Decimal("0.1")
TONES = {True: "pos", False: "neg", None: ""}


@dataclass(frozen=True)
class Card:
    """`change` is what became of `base`, in the tone of whether that is good; `worked_out` are the very numbers."""

    key: str
    title: str
    formula: str
    source: str
    figure: Drill
    change: str
    tone: str
    base: str
    before: Drill | None
    spark: Spark
    worked_out: tuple[Drill | str, ...] = ()


def cards(scope: Scope, head: Headline, course: Sequence[CoursePoint]) -> list[Card]:
    """Active accounts and the balance to recover as they are now; recovery rate and collections of the period."""
    inventory, money = links.accounts(scope, open=True), links.collected(scope)
    before = links.collected(scope, scope.previous_first, scope.previous_last)
    since = f"since {words.day(scope.first, scope.today)}"
    rate, balance, collected = head.recovery_rate, head.balance, head.collected
    return [
        _card(
            head.active_accounts, Drill.count(_known(head.active_accounts.value), inventory), since,
            spark=[point.accounts for point in course],
        ),
        _card(
            balance, Drill(whole_money(_amount(balance.value)), balance.value, inventory, "balance"), since,
            spark=[point.balance for point in course],
        ),
        _card(
            rate, Drill.of(rate.value, Kind.PERCENT, money), "before", Drill.of(rate.previous, Kind.PERCENT, before),
            spark=[point.recovery_rate for point in course if point.recovery_rate is not None],
            worked_out=(
                Drill.money(_amount(collected.value), money, "collected"),
                f"÷ the average of {words.money(head.opening_balance)} and {words.money(head.closing_balance)}",
            ),
        ),
        _card(
            collected, Drill.money(_amount(collected.value), money, "collected"), "before",
            Drill.money(_amount(collected.previous), before, "collected"),
            spark=[point.collected for point in course],
        ),
    ]  # fmt: skip


def span(first: object, last: object, scope: Scope) -> str:
    """`Feb 2 – Mar 3`."""
    said = [words.day(day, scope.today) for day in (first, last)]  # type: ignore[arg-type]
    return said[0] if first == last else " – ".join(said)


def change_words(figure: Figure) -> str:
    """`+40`, `+1.8%`, `+1.4 pts`; nothing where there is no base, or it is the same."""
    if figure.kpi.kind == Kind.NUMBER and figure.value is not None and figure.previous is not None:
        difference = Decimal(figure.value) - Decimal(figure.previous)
        return _signed(words.number(abs(difference)), difference) if difference else ""
    if figure.change is None:
        return ""
    if figure.kpi.kind == Kind.PERCENT:
        points = (figure.change * 100).quantize(TENTH)
        return _signed(f"{abs(points)} pts", points)
    return _signed(words.percent(abs(figure.change)), figure.change)


def _card(
    figure: Figure,
    shown: Drill,
    base: str,
    before: Drill | None = None,
    *,
    spark: Sequence[Decimal | int],
    worked_out: tuple[Drill | str, ...] = (),
) -> Card:
    kpi = figure.kpi
    change = change_words(figure)
    tone = TONES[figure.better] if change else ""
    return Card(
        kpi.key, kpi.title, kpi.formula, kpi.source, shown, change, tone, base, before,
        Spark(kpi.title, spark, kpi.kind), worked_out,
    )  # fmt: skip


def _signed(said: str, value: Decimal | int) -> str:
    return said if not value else f"{'+' if value > 0 else words.MINUS}{said}"


def _known(value: Decimal | int | None) -> int:
    return int(value or 0)


def _amount(value: Decimal | int | None) -> Decimal:
    return Decimal(value or 0)
