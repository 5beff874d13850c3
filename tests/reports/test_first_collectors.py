"""Of many collectors the first are shown: in every order these are rows, ties and sums of the full report."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.models import Agency, Collector, Creditor, User
from reports import tallies
from reports.dashboard.collectors import ORDERS, order_of
from reports.figures import collectors
from reports.figures.collectors import CollectorLine
from reports.models import Tally
from reports.scope import Named, Scope
from tests.cast import make_creditor, make_user
from tests.reports.plain import zone_of

TODAY = date(2026, 5, 14)
ACTIVE, FORMER, NOBODY = 6, 4, None
DETAILS = {
    "status": ("assigned", "disputed", "closed"),
    "attempt": ("", "right_party", "conversation"),
    "promised": ("",),
    "matured": ("kept", "broken"),
    "collected": ("card", "check"),
    "commission": ("",),
}
# Few numbers, so that desks are often alike; the sums of a desk may come to nothing.
changes = st.tuples(
    st.sampled_from([*range(ACTIVE + FORMER), NOBODY]),
    st.sampled_from([(subject, detail) for subject, details in DETAILS.items() for detail in details]),
    st.integers(0, 45),
    st.integers(0, 1),
    st.sampled_from([(1, 0), (1, 50), (1, 50), (0, -50), (2, 100)]),
)


@pytest.fixture
def desks(inside: Agency) -> list[Collector]:
    """Desks of which two have the same name, and names differ in their case; the last ones are former."""
    names = [
        "ann.lee",
        "ANN.Lee",
        "bob.lee",
        "zoe.hart",
        "eve.hart",
        "Eve.hart2",
        "ann.lee3",
        "x.old",
        "bob.old",
        "y.z",
    ]
    users = [make_user(inside, f"{n}{name}", "collector") for n, name in enumerate(names)]
    for user, name in zip(users, names, strict=True):
        user.first_name, user.last_name = name.strip("23").split(".")
        user.save()
    Collector.objects.filter(user__in=users[ACTIVE:]).update(is_active=False)
    User.objects.filter(pk=users[0].pk).update(is_active=False)  # may not sign in, and has a desk all the same
    return [Collector.objects.get(user=user) for user in users]


def happened(told: Iterable[tuple], desks: list[Collector], creditors: list[Creditor]) -> None:
    """Write the changes that triggers would have written."""
    Tally.objects.bulk_create(
        Tally(
            subject=subject,
            level="change",
            day=None if subject == "status" else TODAY - timedelta(days=ago),
            creditor_id=creditors[creditor].pk,
            collector_id=None if desk is NOBODY else desks[desk].pk,
            detail=detail,
            number=number,
            amount=amount,
        )
        for desk, (subject, detail), ago, creditor, (number, amount) in told
    )


def in_order(lines: Iterable[CollectorLine], order: str) -> list[UUID | None]:
    """Sorted step by step, the least important first; nobody's is last."""
    name, falls = order.removeprefix("-"), order.startswith("-")
    found = sorted(lines, key=lambda line: str(line.collector_id))
    found.sort(key=lambda line: line.name)
    found.sort(key=lambda line: line.collected, reverse=True)

    def value(line: CollectorLine) -> object:
        return line.name.casefold() if name == "name" else getattr(line, name)

    known = sorted((line for line in found if value(line) is not None), key=value, reverse=falls)
    found = [*known, *(line for line in found if value(line) is None)]
    return [line.collector_id for line in found if line.collector_id]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    folded=st.lists(changes, max_size=40),
    new=st.lists(changes, max_size=15),
    days=st.integers(1, 45),
    creditor=st.sampled_from([None, 0, 1]),
    most=st.integers(1, 9),
)
# Alike in all but what they brought in.
@example(folded=[(5, ("collected", "card"), 3, 0, (1, 50))], new=[], days=30, creditor=None, most=2)
def test_the_first_in_every_order_are_those_of_the_full_report(
    inside: Agency, desks: list[Collector], folded: list, new: list, days: int, creditor: int | None, most: int
) -> None:
    creditors = [make_creditor("Northgate Hospital"), make_creditor("Lakeside Dental")]
    whose = None if creditor is None else Named(creditors[creditor].pk, creditors[creditor].name)
    scope = Scope("custom", TODAY - timedelta(days=days - 1), TODAY, TODAY, zone_of(inside), whose)
    with transaction.atomic():
        happened(folded, desks, creditors)
        tallies.fold()
        happened(new, desks, creditors)
        full = collectors.performance(scope)
        lines = {line.collector_id: line for line in full.lines}
        nobody = [lines[None]] if None in lines else []
        assert {desk.pk for desk in desks[:ACTIVE]} <= lines.keys()
        assert full.desks == len(full.lines) - len(nobody)
        for name in sorted(ORDERS):
            wanted = [lines[pk] for pk in in_order(full.lines, name)]
            cut = collectors.performance(scope, order=order_of(name), most=most)
            assert list(cut.lines) == [*wanted[:most], *nobody], name
            assert (cut.total, cut.desks) == (full.total, full.desks), name
            whole = collectors.performance(scope, order=order_of(name))
            assert list(whole.lines) == [*wanted, *nobody], name
        transaction.set_rollback(True)


def test_a_former_desk_is_among_the_first_when_it_did_something(inside: Agency, desks: list[Collector]) -> None:
    """It is not seen in the sums that desks are ordered by: this one has contacts alone."""
    scope = Scope("custom", TODAY - timedelta(days=29), TODAY, TODAY, zone_of(inside))
    assert collectors.performance(scope, most=2).desks == ACTIVE
    happened([(ACTIVE, ("attempt", ""), 3, 0, (1, 0))], desks, [make_creditor()])
    found = collectors.performance(scope, order=order_of("name"), most=3)
    namesakes = sorted((desks[0].pk, desks[ACTIVE].pk), key=str)
    assert [line.collector_id for line in found.lines] == [desks[1].pk, *namesakes]
    assert found.desks == ACTIVE + 1


def test_one_desk_is_never_cut(inside: Agency, desks: list[Collector]) -> None:
    happened(
        [(2, ("collected", "card"), 3, 0, (1, 50)), (NOBODY, ("collected", ""), 3, 0, (1, 7))], desks, [make_creditor()]
    )
    only = Named(desks[2].pk, "bob lee")
    scope = Scope("custom", TODAY - timedelta(days=29), TODAY, TODAY, zone_of(inside), collector=only)
    found = collectors.performance(scope, most=1)
    assert [(line.collector_id, line.collected) for line in found.lines] == [(desks[2].pk, Decimal(50))]
    assert (found.total.collected, found.desks) == (Decimal(50), 1)
