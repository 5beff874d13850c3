"""The queue hands out its work in order, to one worker each, and wakes who sleeps."""

import threading

import pytest
from django.db import connection, transaction

from core import jobs
from debtflow.broker import Broker
from tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def put(number: int) -> list[str]:
    return [jobs.enqueue("core.tallies.compact") for _ in range(number)]


def test_what_was_put_first_is_taken_first() -> None:
    put(3)
    broker = Broker()
    taken = [broker.claim()[0][0] for _ in range(3)]
    assert taken == sorted(taken)
    assert broker.claim() == []


def test_who_asks_for_one_takes_one() -> None:
    """Also where the planner knows nothing of the table, and would choose anew for each row of it."""
    put(20)
    with connection.cursor() as cursor:
        cursor.execute("SET enable_hashagg = off; SET enable_hashjoin = off; SET enable_sort = off")
        cursor.execute("SET enable_mergejoin = off; SET enable_material = off; SET enable_memoize = off")
        try:
            assert len(Broker().claim()) == 1
        finally:
            cursor.execute("RESET ALL")


def test_two_hundred_tasks_are_taken_once_each_by_eight_workers() -> None:
    put(200)

    def work() -> list[int]:
        broker, mine = Broker(), []
        while taken := broker.claim():
            mine += [number for number, _ in taken]
        return mine

    taken = [number for mine in at_once(*[work] * 8) for number in mine]
    assert len(taken) == len(set(taken)) == 200


def test_what_is_rolled_back_was_never_there() -> None:
    with transaction.atomic():
        put(1)
        transaction.set_rollback(True)
    assert Broker().claim() == []


def test_who_sleeps_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    """He would sleep for a minute; the test would fail by its deadline."""
    monkeypatch.setattr("debtflow.broker.LONGEST_SLEEP", 60.0)
    found: list[object] = []
    listening = threading.Event()

    def sleep_and_take() -> None:
        broker = Broker()
        assert broker.dequeue() is None  # from now on he listens
        listening.set()
        found.append(broker.dequeue() or broker.dequeue())
        connection.close()

    sleeper = threading.Thread(target=sleep_and_take)
    sleeper.start()
    assert listening.wait(10)
    put(1)
    sleeper.join(10)
    assert not sleeper.is_alive()
    assert len(found) == 1
    assert found[0]
