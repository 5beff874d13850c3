"""The sums that reports read equal the facts, at every level, after anything that happens."""

import zoneinfo
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import balances, books, tenancy
from core.models import Account, Agency, Collector, ContactAttempt, Hold, User
from core.models.agencies import NO_ZONE_OF_ALL
from payments.models import Payment
from reports import tallies
from reports.models import Level, Tally
from tests.at_once import at_once, refusals
from tests.cast import make_account, make_creditor, make_user
from tests.reports import plain
from tests.reports.history import Act, World, acts
from tests.reports.plain import Fact, Sums

SHOWS = {
    Level.ALL: {"by_creditor": False, "by_collector": False},
    Level.CREDITOR: {"by_creditor": True, "by_collector": False},
    Level.COLLECTOR: {"by_creditor": False, "by_collector": True},
    Level.COLLECTOR_WEEK: {"by_creditor": False, "by_collector": True},
    Level.PAIR: {"by_creditor": True, "by_collector": True},
}


def day_at(level: Level, day: date | None) -> date | None:
    """The Monday of that week, where a level tells no day."""
    return day - timedelta(days=day.weekday()) if day and level is Level.COLLECTOR_WEEK else day


def told(level: Level) -> Sums:
    """What the sums at a level say, changes that are not folded yet included."""
    rows = Tally.objects.filter(level__in=[level, Level.CHANGE]).exclude(subject="open")
    return plain.sums(
        [
            Fact(t.subject, day_at(level, t.day), t.creditor_id, t.collector_id, t.detail, t.number, t.amount)  # type: ignore[arg-type]
            for t in rows
            if level in tallies.LEVELS[t.subject]
        ],
        **SHOWS[level],
    )


def counted(agency: Agency, level: Level) -> Sums:
    """What the facts add up to."""
    rows = [fact for fact in plain.facts(plain.zone_of(agency)) if level in tallies.LEVELS[fact.subject]]
    return plain.sums([fact._replace(day=day_at(level, fact.day)) for fact in rows], **SHOWS[level])


def agree(agency: Agency) -> bool:
    for level in SHOWS:
        assert told(level) == counted(agency, level), level
    assert books.check_books(agency).broken == []
    return True


def journal() -> dict[tuple[date | None, Any, Any], tuple[int, Decimal]]:
    """The inventory's changes, day by day."""
    rows = Tally.objects.filter(subject="open", level__in=[Level.PAIR, Level.CHANGE])
    facts = [Fact("", t.day, t.creditor_id, t.collector_id, "", t.number, t.amount) for t in rows]  # type: ignore[arg-type]
    return {key[1:4]: value for key, value in plain.sums(facts).items()}


def happened(world: World) -> dict[tuple[date, Any, Any], tuple[int, Decimal]]:
    return {key: value for key, value in world.inventory.items() if value != (0, 0)}


LIFE = (
    *("dispute_everything", "attempt", "attempt", "dispute_everything", "attempt", "attempt"),
    *("assign", "attempt", "talk", "promise", "pay", "judge", "negotiate", "pay", "refund", "charge_back", "withdraw"),
    *("talk", "promise", "judge", "pay_off", "close", "learn_method", "change_creditor", "bare_entry", "adjust"),
    *("unassign", "assign"),
)


def a_life(world: World) -> None:
    """Some of everything."""
    world.begin()
    for n, what in enumerate(LIFE):
        for which in range(3):
            world.happen(Act(what, which + n % 3, which % 2 == 0, 17, 1_500 + 777 * n))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(life=st.lists(acts, max_size=25), fold_after=st.integers(0, 25))
def test_the_sums_follow_any_history(inside: Agency, world: World, life: list[Act], fold_after: int) -> None:
    with transaction.atomic():
        fresh = World(world.admin, world.desks, world.creditors, world.zone)
        fresh.begin()
        for n, act in enumerate(life):
            fresh.happen(act)
            if n == fold_after:
                tallies.fold()
        assert agree(inside)
        assert journal() == happened(fresh)
        tallies.fold()
        assert agree(inside)
        assert journal() == happened(fresh)
        transaction.set_rollback(True)


def test_a_life_leaves_facts_of_every_subject(inside: Agency, world: World) -> None:
    """Otherwise the other tests would prove little."""
    a_life(world)
    assert agree(inside)
    found = set(Tally.objects.values_list("subject", flat=True))
    assert found == set(tallies.LEVELS)
    details = set(Tally.objects.values_list("subject", "detail"))
    expected = {"placed": "returned resolved", "attempt": "conversation", "collected": "card", "matured": "kept broken"}
    assert {(subject, detail) for subject, words in expected.items() for detail in words.split()} <= details
    assert {("attempt", ""), ("collected", "")} <= details


def test_an_account_of_a_debtor_in_dispute_is_told_as_disputed(inside: Agency, world: World) -> None:
    """What it is born with is written by a trigger of its own, before its facts are told."""
    debtor = make_account().debtor
    since = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # the first of March in Chicago
    Hold.objects.create(debtor=debtor, kind="dispute", reason="Not mine", placed_at=since)
    make_account(debtor=debtor)
    assert agree(inside)
    disputed = Tally.objects.filter(subject="disputed")
    assert {row.day for row in disputed} == {date(2026, 3, 1)}
    assert sum(row.number for row in disputed) == 2
    Hold.objects.update(lifted_at=datetime.now(UTC))
    assert agree(inside)
    tallies.fold()
    assert not disputed.all()


def test_folding_leaves_one_row_a_key_and_none_that_says_nothing(inside: Agency, world: World) -> None:
    a_life(world)
    before = {level: told(level) for level in SHOWS}
    tallies.fold()
    tallies.fold()
    assert {level: told(level) for level in SHOWS} == before
    rows = Tally.objects.all()
    assert not rows.filter(level=Level.CHANGE).exists()
    assert not rows.filter(number=0, amount=0).exists()
    keys = list(rows.values_list("subject", "level", "day", "creditor_id", "collector_id", "detail"))
    assert len(keys) == len(set(keys))


def test_what_changes_no_fact_writes_nothing(inside: Agency, world: World) -> None:
    a_life(world)
    tallies.fold()
    for which in range(6):
        world.happen(Act("follow_up", which, True, 1, 1))
    Account.objects.update(priority=2)
    assert not Tally.objects.filter(level=Level.CHANGE).exists()


def test_what_is_rolled_back_was_never_counted(inside: Agency, world: World) -> None:
    world.begin()
    before = told(Level.PAIR)
    with tenancy.transaction():
        balances.post_entry(world.accounts[0], "payment", Decimal("-10.00"), by=None)
        assert told(Level.PAIR) != before
        transaction.set_rollback(True)
    assert told(Level.PAIR) == before
    assert agree(inside)


def test_another_agency_is_never_counted_nor_folded(
    inside: Agency, world: World, northwind: Agency, stranger: User
) -> None:
    a_life(world)
    ours = {level: told(level) for level in SHOWS}
    with tenancy.acting_for(northwind):
        assert not Tally.objects.exists()
        account = make_account(creditor=make_creditor("Their Clinic"))
        balances.post_entry(account.pk, "payment", Decimal("-10.00"), by=None)
        assert agree(northwind)
        tallies.fold()
        assert agree(northwind)
    assert {level: told(level) for level in SHOWS} == ours
    assert Tally.objects.filter(level=Level.CHANGE).exists()
    tallies.rebuild(northwind.pk)
    assert Tally.objects.filter(level=Level.CHANGE).exists()


def test_everything_is_counted_anew_in_another_zone(inside: Agency, world: World) -> None:
    a_life(world)
    tallies.fold()
    before = told(Level.ALL)
    with tenancy.acting_for(None):  # an operator who has entered no agency
        agency = Agency.objects.get(pk=inside.pk)
        agency.timezone = "Pacific/Auckland"
        agency.save()
    assert told(Level.ALL) != before
    assert agree(inside)
    tallies.fold()
    assert agree(inside)


def test_an_accident_is_found_and_made_good(inside: Agency, world: World) -> None:
    a_life(world)
    tallies.fold()
    expected = {level: told(level) for level in SHOWS}
    Tally.objects.filter(subject="collected", level=Level.CREDITOR).update(amount=1)
    Tally.objects.filter(subject="placed").delete()
    Tally.objects.filter(subject="open", day__lt=world.now.date()).delete()
    rules = {broken.rule for broken in books.check_books(inside).broken}
    assert rules == {"reports' tallies are the facts", "the inventory is all that came less all that went"}
    tallies.rebuild(inside.pk)
    assert {level: told(level) for level in SHOWS} == expected
    assert agree(inside)


def test_who_becomes_a_collector_takes_her_contacts_along(inside: Agency, world: World) -> None:
    admin = make_user(inside, "mia.berg", "agency_admin")
    fresh = World(world.admin, (admin, world.desks[1]), world.creditors, world.zone)
    fresh.begin()
    for which in range(6):
        fresh.happen(Act("assign", which, False, 9, 1))
        fresh.happen(Act("talk", which, True, 9, 5_000))
        fresh.happen(Act("promise", which, True, 9, 5_000))
    assert ContactAttempt.objects.filter(actor=admin).exists()
    desk = Collector.objects.create(user=admin)
    assert ("attempt", desk.pk) in set(Tally.objects.values_list("subject", "collector_id"))
    assert agree(inside)
    desk.delete()
    assert agree(inside)


def test_a_payment_credited_to_somebody_else_moves(inside: Agency, world: World) -> None:
    a_life(world)
    Payment.objects.update(collector=world.desks[1].collector)
    assert agree(inside)


def test_many_accounts_in_one_statement(inside: Agency, world: World) -> None:
    account = make_account()
    Account.objects.bulk_create(
        Account(external_ref=f"B-{n}", debtor=account.debtor, creditor=account.creditor, due_date=date(2026, 1, 1 + n),
                original_amount=Decimal(n + 1), created_at=datetime(2026, 1, 1 + n, tzinfo=UTC))
        for n in range(20)
    )  # fmt: skip
    Account.objects.filter(external_ref__startswith="B-").update(last_contact_at=datetime(2026, 3, 1, tzinfo=UTC))
    assert agree(inside)


@pytest.mark.django_db(transaction=True)
def test_folding_and_counting_anew_while_others_work_loses_nothing(
    harborline: Agency, dana: User, sarah: User, james: User
) -> None:
    with tenancy.acting_for(harborline):
        ids = [make_account().pk for _ in range(12)]

    def work(mine: list[Any]) -> None:
        for n, pk in enumerate(mine):
            with tenancy.acting_for(harborline):
                balances.post_entry(pk, "payment", Decimal("-1.25") * (n + 1), by=None)

    def fold() -> None:
        for _ in range(6):
            tallies.compact()

    def rebuild() -> None:
        for _ in range(3):
            tallies.rebuild(harborline.pk)

    def move() -> None:
        for zone in ("Pacific/Auckland", "America/Los_Angeles"):
            with tenancy.acting_for(None):
                Agency.objects.filter(pk=harborline.pk).update(timezone=zone)

    outcomes = at_once(lambda: work(ids[:6]), lambda: work(ids[6:]), fold, rebuild, fold, move)
    assert refusals(outcomes) == []
    with tenancy.acting_for(harborline):
        assert agree(harborline)
        assert connection.in_atomic_block


def test_the_database_knows_every_zone_that_an_agency_may_choose(db: None) -> None:
    """It dates the facts: a zone that it does not know would refuse every change of an account."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_timezone_names")
        known = {name for (name,) in cursor.fetchall()}
    assert zoneinfo.available_timezones() - NO_ZONE_OF_ALL <= known
