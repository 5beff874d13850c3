"""An agency that chose it has its waiting accounts distributed after each import; the others are left alone."""

from pathlib import Path
from typing import Any

import pytest
from django_q.models import OrmQ

from core import automatic_distribution, books, tenancy
from core.automatic_distribution import SwitchRefused
from core.models import Account, Activity, Agency, AuditLog, User
from imports import importer
from imports.models import SFTPImportJob
from tests.cast import make_account
from tests.imports.conftest import csv_of, make_job, row, work_off


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def bring(agency: Agency, number: int) -> SFTPImportJob:
    """Import a file of so many accounts, and whatever follows it."""
    with tenancy.acting_for(agency):
        job = make_job(csv_of([row(n) for n in range(1, number + 1)]))
    with tenancy.working_for(agency):
        importer.process(job.pk)
        work_off()
    return job


@pytest.mark.django_db(transaction=True)
def test_what_an_import_brings_is_on_desks_at_once(harborline: Agency, dana: User, sarah: User, james: User) -> None:
    with tenancy.acting_for(harborline):
        automatic_distribution.switch(on=True, by=dana)
    bring(harborline, 4)
    with tenancy.acting_for(harborline):
        assert Account.objects.filter(status="assigned").exclude(assigned_to=None).count() == 4
        told = Activity.objects.filter(kind="assignment")
        assert {(entry.actor, entry.body) for entry in told} == {(None, "Assigned automatically.")}
        assert told.count() == 4
    assert books.check_books().broken == []


@pytest.mark.django_db(transaction=True)
def test_without_the_setting_everything_waits(harborline: Agency, dana: User, sarah: User) -> None:
    bring(harborline, 2)
    with tenancy.acting_for(harborline):
        assert Account.objects.filter(status="new", assigned_to=None).count() == 2
    assert not OrmQ.objects.exists()


def test_switched_off_before_the_job_runs_nothing_is_assigned(inside: Agency, dana: User, sarah: User) -> None:
    make_account()
    assert automatic_distribution.after_import() is None
    assert not Account.objects.exclude(assigned_to=None).exists()


def test_the_job_may_run_twice(inside: Agency, dana: User, sarah: User) -> None:
    automatic_distribution.switch(on=True, by=dana)
    make_account()
    first, second = automatic_distribution.after_import(), automatic_distribution.after_import()
    assert first is not None
    assert second is not None
    assert (first.placed, second.placed) == (1, 0)


def test_the_choice_is_an_admin_s_and_is_audited(inside: Agency, dana: User, sarah: User, auditor: User) -> None:
    inside.settings = {"poll_every_seconds": 60}
    inside.save()
    for user in (sarah, auditor):
        with pytest.raises(SwitchRefused):
            automatic_distribution.switch(on=True, by=user)
    automatic_distribution.switch(on=True, by=dana)
    assert automatic_distribution.is_on()
    entry = AuditLog.objects.filter(object_pk=str(inside.pk)).order_by("-id").first()
    assert entry is not None
    assert "automatic" in str(entry.changes)
    inside.refresh_from_db()
    assert inside.choices.poll_every_seconds == 60
    automatic_distribution.switch(on=False, by=dana)
    assert not automatic_distribution.is_on()
