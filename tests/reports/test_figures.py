"""Every figure of every page equals what plain arithmetic makes of the raw rows, whatever happened and whoever asks."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import Account, Agency, Collector
from reports import tallies
from reports.figures import batches, collected, collectors, contacts, creditors, headline, inventory, placed, promises
from reports.figures.steps import REACH, STEPS
from reports.scope import Scope
from tests.reports import plain
from tests.reports.history import Act, World, acts
from tests.reports.plain import OPEN, Fact
from tests.reports.test_tallies import a_life

NOTHING = Decimal(0)
ONE_DAY = timedelta(days=1)


class Raw:
    """The raw rows that a scope is about, counted one by one."""

    def __init__(self, world: World, scope: Scope) -> None:
        self.scope, self.world = scope, world
        self.facts = [fact for fact in plain.facts(scope.zone) if scope.creditor in (None, *self._named(fact.creditor))]
        accounts = Account.objects.all()
        if scope.creditor:
            accounts = accounts.filter(creditor=scope.creditor)
        self.accounts = list(accounts)
        self.on_desk = [a for a in self.accounts if scope.collector is None or a.assigned_to_id == scope.collector.pk]

    def _named(self, creditor: Any) -> Iterable[Any]:
        return [self.scope.creditor] if self.scope.creditor and self.scope.creditor.pk == creditor else []

    def of(self, subject: str, first: date | None = None, last: date | None = None, **only: Any) -> list[Fact]:
        """Facts of a subject in some days, on the desk of the scope where they have one."""
        found = []
        for fact in self.facts:
            if fact.subject != subject or (first and fact.day and fact.day < first):
                continue
            if last and fact.day and fact.day > last:
                continue
            if self.scope.collector and subject not in ("placed", "batch") and fact.who != self.scope.collector.pk:
                continue
            if all(getattr(fact, name) == value for name, value in only.items()):
                found.append(fact)
        return found

    def open_until(self, last: date) -> tuple[int, Decimal]:
        """The inventory at the end of a day, as the observer wrote it down."""
        number, amount = 0, NOTHING
        for (day, creditor, who), (accounts, balance) in self.world.inventory.items():
            if day > last or (self.scope.creditor and creditor != self.scope.creditor.pk):
                continue
            if self.scope.collector and who != self.scope.collector.pk:
                continue
            number, amount = number + accounts, amount + balance
        return number, amount

    def open_now(self) -> list[Account]:
        return [account for account in self.on_desk if account.status in OPEN]


def n(facts: Iterable[Fact]) -> int:
    return sum(fact.number for fact in facts)


def usd(facts: Iterable[Fact]) -> Decimal:
    return sum((fact.amount for fact in facts), NOTHING)


def rate(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    return Decimal(part) / Decimal(whole) if whole else None


# --- page by page -------------------------------------------------------------------------------------------------


def check_headline(raw: Raw, scope: Scope) -> None:
    told = headline.headline(scope)
    now, before = raw.open_now(), raw.open_until(scope.previous_last)
    assert (told.active_accounts.value, told.active_accounts.previous) == (len(now), before[0])
    assert told.balance.value == sum((a.current_balance for a in now), NOTHING)
    assert told.balance.previous == told.opening_balance == before[1]
    assert told.closing_balance == raw.open_until(scope.last)[1]
    periods = ((scope.first, scope.last), (scope.previous_first, scope.previous_last))
    for days, which in zip(periods, ("value", "previous"), strict=True):
        came = raw.of("collected", *days)
        opening, closing = raw.open_until(days[0] - ONE_DAY)[1], raw.open_until(days[1])[1]
        assert getattr(told.collected, which) == usd(came)
        assert getattr(told.payments, which) == n(came)
        assert getattr(told.average_payment, which) == (round(usd(came) / n(came), 2) if n(came) else None)
        assert getattr(told.recovery_rate, which) == rate(usd(came), (opening + closing) / 2)


def check_trend(raw: Raw, scope: Scope) -> None:
    for step in STEPS:
        told = collected.trend(scope, step)
        assert told.points[0].first == scope.first
        assert told.points[-1].last == scope.last
        assert all(a.last + ONE_DAY == b.first for a, b in zip(told.points, told.points[1:], strict=False))
        assert (
            told.amount
            == sum((p.amount for p in told.points), NOTHING)
            == usd(raw.of("collected", scope.first, scope.last))
        )
        assert told.number == sum(p.number for p in told.points) == n(raw.of("collected", scope.first, scope.last))
        before = raw.of("collected", scope.previous_first, scope.previous_last)
        assert told.previous_amount == sum((p.previous for p in told.points), NOTHING) == usd(before)
        assert told.previous_number == sum(p.previous_number for p in told.points) == n(before)
        for point in told.points:
            assert point.amount == usd(raw.of("collected", point.first, point.last))
        if step != "month":
            for point in told.points:
                reach = point.last - timedelta(days=REACH[step] * (1 if step == "day" else 7) - 1)
                assert point.average == round(usd(raw.of("collected", reach, point.last)) / REACH[step], 2)


def check_methods(raw: Raw, scope: Scope) -> None:
    came = raw.of("collected", scope.first, scope.last)
    told = {line.method: (line.number, line.amount, line.share) for line in collected.by_method(scope)}
    for method in {fact.detail for fact in came}:
        mine = [fact for fact in came if fact.detail == method]
        if (n(mine), usd(mine)) == (0, 0):
            assert method not in told
        else:
            assert told[method] == (n(mine), usd(mine), rate(usd(mine), usd(came)))
    assert sum((amount for _, amount, _ in told.values()), NOTHING) == usd(came)


def check_status(raw: Raw, scope: Scope) -> None:
    for line in inventory.by_status(scope):
        mine = [account for account in raw.on_desk if account.status == line.status]
        assert (line.accounts, line.balance) == (len(mine), sum((a.current_balance for a in mine), NOTHING))


def age(account: Account, today: date) -> str:
    if account.due_date is None:
        return "none"
    days = (today - account.due_date).days
    return (
        "not_due" if days < 0 else "0-30" if days <= 30 else "31-60" if days <= 60 else "61-90" if days <= 90 else "90+"
    )


def check_ages(raw: Raw, scope: Scope) -> None:
    told, now = inventory.aging(scope), raw.open_now()
    for bucket in told.buckets:
        mine = [account for account in now if age(account, scope.today) == bucket.key]
        assert (bucket.accounts, bucket.balance) == (len(mine), sum((a.current_balance for a in mine), NOTHING))
    assert (told.accounts, told.balance) == (len(now), sum((a.current_balance for a in now), NOTHING))
    since = scope.today - timedelta(days=30)
    idle = [
        a for a in now if max(filter(None, [a.last_contact_at, a.created_at])).astimezone(scope.zone).date() < since
    ]
    assert told.stagnant.accounts == len(idle)
    assert told.stagnant.balance == sum((a.current_balance for a in idle), NOTHING)
    by_creditor = inventory.aging_by_creditor(scope)
    assert sum(one.aging.accounts for one in by_creditor) == told.accounts
    for one in by_creditor:
        for bucket in one.aging.buckets:
            mine = [a for a in now if a.creditor_id == one.creditor_id and age(a, scope.today) == bucket.key]
            assert (bucket.accounts, bucket.balance) == (len(mine), sum((a.current_balance for a in mine), NOTHING))


def check_course(raw: Raw, scope: Scope) -> None:
    opening = raw.open_until(scope.previous_last)[1]
    for point in inventory.course(scope):
        there = raw.open_until(point.last)
        assert (point.accounts, point.balance) == there
        assert point.collected == usd(raw.of("collected", point.first, point.last))
        until = usd(raw.of("collected", scope.first, point.last))
        assert point.recovery_rate == rate(until, (opening + there[1]) / 2)


def check_collectors(raw: Raw, scope: Scope) -> None:
    told = collectors.performance(scope)
    desks = [scope.collector.pk] if scope.collector else [*Collector.objects.values_list("pk", flat=True), None]
    lines = {line.collector_id: line for line in told.lines}
    days = (scope.first, scope.last)
    for desk in desks:
        now = [account for account in raw.open_now() if account.assigned_to_id == desk]
        tried, made = raw.of("attempt", *days, who=desk), raw.of("promised", *days, who=desk)
        matured, came = raw.of("matured", *days, who=desk), raw.of("collected", *days, who=desk)
        reached = [fact for fact in tried if fact.detail]
        kept = [fact for fact in matured if fact.detail == "kept"]
        line = lines.get(desk, collectors.CollectorLine(desk, ""))
        assert (line.accounts, line.balance) == (len(now), sum((a.current_balance for a in now), NOTHING))
        assert (line.attempts, line.right_party) == (n(tried), n(reached))
        assert line.conversations == n(fact for fact in tried if fact.detail == "conversation")
        assert (line.promises, line.promised, line.matured, line.kept) == (n(made), usd(made), n(matured), n(kept))
        assert (line.payments, line.collected) == (n(came), usd(came))
        assert line.commission == usd(raw.of("commission", *days, who=desk))
        assert line.rpc_rate == rate(n(reached), n(tried))
        assert (line.conversion, line.kept_rate) == (rate(n(made), n(reached)), rate(n(kept), n(matured)))
    assert told.total.collected == headline.headline(scope).collected.value
    assert told.total.accounts == len(raw.open_now())


def check_creditors(raw: Raw, scope: Scope) -> None:
    told = creditors.performance(scope)
    for line in told.lines:
        now = [account for account in raw.open_now() if account.creditor_id == line.creditor_id]
        came = raw.of("collected", scope.first, scope.last, creditor=line.creditor_id)
        placed_ = raw.of("placed", creditor=line.creditor_id)
        returned = [fact for fact in placed_ if fact.detail == "returned"]
        assert (line.accounts, line.balance) == (len(now), sum((a.current_balance for a in now), NOTHING))
        assert (line.payments, line.collected) == (n(came), usd(came))
        assert (line.placed_accounts, line.placed) == (n(placed_), usd(placed_))
        assert (line.returned_accounts, line.returned) == (n(returned), usd(returned))
        assert line.resolved_accounts == n(fact for fact in placed_ if fact.detail == "resolved")
        ever = usd(raw.of("batch", creditor=line.creditor_id))
        assert line.collected_ever == ever
        assert line.gross_liquidation == rate(ever, usd(placed_))
        assert line.adjusted_liquidation == rate(ever, usd(placed_) - usd(returned))
    assert told.total.collected == headline.headline(scope).collected.value
    assert told.total.placed == usd(raw.of("placed"))


def check_batches(raw: Raw, scope: Scope) -> None:
    told = batches.matrix(scope)
    assert told.placed == usd(raw.of("placed"))
    assert told.collected == usd(raw.of("batch"))
    assert told.returned == usd(raw.of("placed", detail="returned"))
    for batch in told.batches:
        mine = [fact for fact in raw.of("placed") if fact.day and fact.day.replace(day=1) == batch.month]
        assert (batch.accounts, batch.placed) == (n(mine), usd(mine))
        assert batch.resolved_accounts == n(fact for fact in mine if fact.detail == "resolved")
        posted, months = raw.of("batch", detail=f"{batch.month:%Y-%m}"), 12 * scope.today.year + scope.today.month
        assert len(batch.collected) == months - (12 * batch.month.year + batch.month.month) + 1
        for number, amount in enumerate(batch.collected):
            since = [
                f
                for f in posted
                if f.day and 12 * (f.day.year - batch.month.year) + f.day.month - batch.month.month == number
            ]
            assert amount == usd(since)
        assert batch.liquidation == rate(usd(posted), usd(mine))
        assert batch.gross[-1] == batch.liquidation


def check_promises(raw: Raw, scope: Scope) -> None:
    told = promises.summary(scope)
    for counts, days in (
        (told.current, (scope.first, scope.last)),
        (told.previous, (scope.previous_first, scope.previous_last)),
    ):
        made, matured, received = (raw.of(subject, *days) for subject in ("promised", "matured", "received"))
        assert (counts.made, counts.promised) == (n(made), usd(made))
        for status in ("kept", "partial", "broken"):
            assert getattr(counts, status) == n(fact for fact in matured if fact.detail == status)
        assert (counts.matured, counts.due, counts.received) == (n(matured), usd(matured), usd(received))
        assert counts.kept_rate == rate(counts.kept, n(matured))
        assert counts.dollars_kept == rate(usd(received), usd(matured))
    lines, total = promises.by_collector(scope)
    assert total == told.current
    for line in lines:
        made = raw.of("promised", scope.first, scope.last, who=line.collector_id)
        assert (line.counts.made, line.counts.promised) == (n(made), usd(made))
    points = promises.trend(scope, "week")
    assert sum(point.made for point in points) == total.made
    assert sum(point.matured for point in points) == total.matured
    assert sum(point.kept for point in points) == total.kept


def check_contacts(raw: Raw, scope: Scope) -> None:
    told = contacts.summary(scope)
    for days, which in (
        ((scope.first, scope.last), "value"),
        ((scope.previous_first, scope.previous_last), "previous"),
    ):
        tried, made = raw.of("attempt", *days), raw.of("promised", *days)
        reached = n(fact for fact in tried if fact.detail)
        assert getattr(told.attempts, which) == n(tried)
        assert getattr(told.right_party, which) == reached
        assert getattr(told.conversations, which) == n(fact for fact in tried if fact.detail == "conversation")
        assert getattr(told.promises, which) == n(made)
        assert getattr(told.rpc_rate, which) == rate(reached, n(tried))
        assert getattr(told.conversion, which) == rate(n(made), reached)
    points = contacts.trend(scope, "day")
    for point in points:
        tried = raw.of("attempt", point.step.first, point.step.last)
        assert (point.attempts, point.right_party) == (n(tried), n(fact for fact in tried if fact.detail))


def check_placed(raw: Raw, scope: Scope) -> None:
    back = timedelta(days=scope.days)
    for point in placed.trend(scope, "week"):
        mine, before = (
            raw.of("placed", point.first, point.last),
            raw.of("placed", point.first - back, point.last - back),
        )
        assert (point.accounts, point.amount) == (n(mine), usd(mine))
        assert (point.previous_accounts, point.previous_amount) == (n(before), usd(before))


CHECKS: tuple[Callable[[Raw, Scope], None], ...] = (
    *(check_headline, check_trend, check_methods, check_status, check_ages, check_course, check_collectors),
    *(check_creditors, check_batches, check_promises, check_contacts, check_placed),
)


def scope_of(world: World, first: int, length: int, creditor: int = 0, collector: int = 0) -> Scope:
    """Some days that ended that many days ago, of one creditor or of all, of one desk or of all."""
    today = world.now.astimezone(world.zone).date()
    last = today - timedelta(days=first)
    return Scope(
        period="custom",
        first=last - timedelta(days=length - 1),
        last=last,
        today=today,
        zone=world.zone,
        creditor=[None, *world.creditors][creditor],
        collector=[None, *(user.collector for user in world.desks)][collector],
    )


scopes = st.tuples(st.integers(0, 40), st.integers(1, 120), st.integers(0, 2), st.integers(0, 2))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(life=st.lists(acts, min_size=5, max_size=25), asked=st.lists(scopes, min_size=1, max_size=3), fold=st.booleans())
def test_every_figure_equals_the_raw_rows(
    inside: Agency, world: World, life: list[Any], asked: list[tuple[int, int, int, int]], fold: bool
) -> None:
    with transaction.atomic():
        fresh = World(world.admin, world.desks, world.creditors, world.zone)
        fresh.begin()
        for act in life:
            fresh.happen(act)
        if fold:
            tallies.fold()
        for one in asked:
            scope = scope_of(fresh, *one)
            raw = Raw(fresh, scope)
            for check in CHECKS:
                check(raw, scope)
        transaction.set_rollback(True)


@pytest.mark.parametrize("creditor", [0, 1])
@pytest.mark.parametrize("collector", [0, 2])
def test_every_figure_of_a_long_life(inside: Agency, world: World, creditor: int, collector: int) -> None:
    a_life(world)
    scope = scope_of(world, 3, 45, creditor, collector)
    raw = Raw(world, scope)
    for check in CHECKS:
        check(raw, scope)
    assert headline.headline(scope_of(world, 0, 90)).collected.value, "something was collected at all"


def test_collectors_and_creditors_make_the_same_whole(inside: Agency, world: World) -> None:
    """What desks and nobody brought in is what all creditors got, and what the agency collected."""
    a_life(world)
    scope = scope_of(world, 0, 90)
    by_desk, by_creditor = collectors.performance(scope).lines, creditors.performance(scope).lines
    whole = headline.headline(scope).collected.value
    assert whole == sum((line.collected for line in by_desk), NOTHING)
    assert whole == sum((line.collected for line in by_creditor), NOTHING)
    assert {line.collector_id for line in by_desk} > {None}


def test_desks_are_compared_over_any_stretch_of_days(inside: Agency, world: World) -> None:
    """Whole weeks are read as such: where one begins and ends must not show."""
    world.happen(Act("place", 1, True, 1, 90_000))
    world.happen(Act("assign", 0, True, 1, 1))
    for day in range(40):
        world.happen(Act("attempt", 0, day % 3 == 0, 24, 1))
    tallies.fold()
    for ago in range(8):
        for length in (1, 6, 7, 8, 13, 14, 15, 22, 28):
            scope = scope_of(world, ago, length)
            told = {line.collector_id: line.attempts for line in collectors.performance(scope).lines}
            for user in world.desks:
                mine = Raw(world, scope).of("attempt", scope.first, scope.last, who=user.collector.pk)
                assert told[user.collector.pk] == len(mine), (ago, length)
