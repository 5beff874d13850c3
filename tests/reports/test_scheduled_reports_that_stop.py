"""A worker dies between the mail and the commit, or two work at the same moment: each reader is mailed."""

import re
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from core import tenancy
from core.models import Agency, User
from reports.models import ReportDelivery, ReportSchedule
from reports.scheduled import planning, sending
from tests import other_process
from tests.at_once import at_once
from tests.reports.exporting import work_off

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def box(tmp_path: Path, settings: Any) -> Path:
    """Mail is put into files, which another process can do as well."""
    backend = "django.core.mail.backends.filebased.EmailBackend"
    settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": {"file_path": str(tmp_path / "box")}}}
    return tmp_path / "box"


@pytest.fixture
def due(harborline: Agency, dana: User, auditor: User) -> Iterator[ReportSchedule]:
    """To two people, a minute ago."""
    with tenancy.working_for(harborline):
        terms = planning.Terms("", "daily", None, None, 7, "xlsx", (str(dana.pk), str(auditor.pk)))
        with tenancy.transaction():
            schedule = planning.make("import-quality", terms, site="", by=dana)
            ReportSchedule.objects.update(next_run_at=timezone.now() - timedelta(minutes=1))
        yield schedule


def mailed(box: Path) -> list[str]:
    """(recipient, Message-ID) of every mail that went out."""
    everything = "".join(path.read_text(errors="replace") for path in sorted(box.glob("*"))) if box.exists() else ""
    return sorted(re.findall(r"^To: (\S+)$", everything, re.M))


def ids(box: Path) -> list[str]:
    everything = "".join(path.read_text(errors="replace") for path in sorted(box.glob("*")))
    return re.findall(r"^Message-ID: (\S+)$", everything, re.M)


KILLED = """
import os, signal
from django.conf import settings
from reports.scheduled import mail, sending
settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.filebased.EmailBackend",
                                "OPTIONS": {"file_path": args[0]}}}
original = mail.Letter.send
def dying(self, to, delivery):
    original(self, to, delivery)
    os.kill(os.getpid(), signal.SIGKILL)
mail.Letter.send = dying
from reports.models import ReportDelivery
from core import tenancy
with tenancy.transaction():
    one = ReportDelivery.objects.order_by("id").first()
sending.send(str(one.schedule_id), one.due_at.isoformat())
"""


@pytest.mark.slow
def test_a_mail_whose_worker_died_before_the_commit_goes_out_again_under_the_same_id(
    harborline: Agency, dana: User, auditor: User, due: ReportSchedule, box: Path
) -> None:
    sending.take_due()
    assert other_process.run(harborline, KILLED, str(box)) == -signal.SIGKILL
    assert len(mailed(box)) == 1
    assert statuses() == ["waiting", "waiting"]
    work_off()
    assert statuses() == ["sent", "sent"]
    assert len(mailed(box)) == 3
    assert len(set(ids(box))) == 2


def statuses() -> list[str]:
    with tenancy.transaction():
        return list(ReportDelivery.objects.order_by("id").values_list("status", flat=True))


def test_a_lost_job_is_taken_up_again(dana: User, auditor: User, due: ReportSchedule, box: Path) -> None:
    sending.take_due()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_q_ormq")
    with tenancy.transaction():
        ReportDelivery.objects.update(next_attempt_at=timezone.now())
    sending.run()
    work_off()
    assert mailed(box) == sorted([dana.email, auditor.email])


def test_two_workers_at_the_same_moment_mail_everybody_once(
    harborline: Agency, dana: User, auditor: User, due: ReportSchedule, box: Path
) -> None:
    def strike() -> int:
        with tenancy.working_for(harborline):
            return sending.take_due()

    assert sorted(at_once(strike, strike, strike)) == [0, 0, 1]
    with tenancy.transaction():
        [due_at] = set(ReportDelivery.objects.values_list("due_at", flat=True))

    def send() -> None:
        with tenancy.working_for(harborline):
            sending.send(str(due.pk), due_at.isoformat())

    assert at_once(send, send, send) == [None] * 3
    work_off()
    assert mailed(box) == sorted([dana.email, auditor.email])
    assert statuses() == ["sent", "sent"]


def test_an_agency_s_schedules_are_sent_to_its_own_people(
    harborline: Agency, northwind: Agency, stranger: User, due: ReportSchedule, box: Path
) -> None:
    """Somebody of another agency among the recipients, however he came there, gets nothing."""
    with tenancy.transaction():
        ReportSchedule.objects.update(recipients=[str(stranger.pk)])
    sending.run()
    work_off()
    assert mailed(box) == []
