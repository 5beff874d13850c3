"""The queue's table of recurring jobs is the list in `debtflow/schedules.py`, and each of them can run."""

from importlib import import_module

import pytest
from django_q.models import Schedule

from debtflow import schedules


@pytest.mark.django_db
def test_migrating_writes_the_list_into_the_queue() -> None:
    assert sorted(Schedule.objects.values_list("name", flat=True)) == sorted(job.name for job in schedules.SCHEDULES)


@pytest.mark.django_db
def test_a_changed_list_replaces_what_was_there() -> None:
    Schedule.objects.create(name="forgotten", func="math.floor")
    Schedule.objects.filter(name=schedules.SCHEDULES[0].name).update(minutes=999)
    schedules.sync()
    assert not Schedule.objects.filter(name="forgotten").exists()
    assert Schedule.objects.get(name=schedules.SCHEDULES[0].name).minutes == schedules.SCHEDULES[0].minutes


@pytest.mark.parametrize("job", schedules.SCHEDULES, ids=lambda job: job.name)
def test_each_names_a_function_that_exists(job: schedules.Recurring) -> None:
    module, _, name = job.path.rpartition(".")
    assert callable(getattr(import_module(module), name))
