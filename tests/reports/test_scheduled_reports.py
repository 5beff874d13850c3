"""Reports by mail: each once for every due moment, to those who may see them now, with what the page shows attached."""

import io
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from core import tenancy
from core.models import Agency, AuditLog, User
from imports.models import SFTPFeed, SFTPImportJob
from reports.models import ReportDelivery, ReportSchedule
from reports.scheduled import planning, sending
from tests.cast import make_user
from tests.reports.exporting import sheets, work_off
from tests.worklist.pages import text

As = Callable[[User], Client]
URL, REPORT = "/reports/schedules/", "import-quality"
MONDAY = datetime(2026, 11, 30, 13, 0, tzinfo=UTC)  # 7:00 AM in Chicago


@pytest.fixture
def files_came(inside: Agency) -> None:
    """Eight rows in October, of which two were rejected, and five in November."""
    feed = SFTPFeed.objects.create(name="Northgate", host="h", username="u", host_key="k")
    for day, good, bad in ((datetime(2026, 10, 15, tzinfo=UTC), 6, 2), (datetime(2026, 11, 20, tzinfo=UTC), 5, 0)):
        job = SFTPImportJob.objects.create(
            feed=feed, file_name=f"{good}.csv", file_size=1, status="completed", processed_ok=good, created_count=good,
            processed_errors=bad,
        )  # fmt: skip
        SFTPImportJob.objects.filter(pk=job.pk).update(created_at=day, started_at=day, completed_at=day)


def terms(*readers: User, kind: str = "pdf", query: str = "period=last_month") -> planning.Terms:
    return planning.Terms(query, "weekly", 0, None, 7, kind, tuple(str(user.pk) for user in readers))


def planned(by: User, *readers: User, **how: str) -> ReportSchedule:
    """Every Monday at 7:00 AM, made on a Saturday."""
    with time_machine.travel(MONDAY - timedelta(days=2), tick=False):
        return planning.make(REPORT, terms(*(readers or (by,)), **how), site="https://debtflow.example", by=by)


def run(at: datetime = MONDAY) -> None:
    """The clock strikes, and the worker works."""
    with time_machine.travel(at, tick=False):
        sending.run()
        work_off()


def test_it_is_mailed_when_it_is_due_and_not_before(
    inside: Agency, dana: User, auditor: User, files_came: None
) -> None:
    schedule = planned(dana, dana, auditor)
    assert schedule.next_run_at == MONDAY
    run(MONDAY - timedelta(seconds=1))
    assert mail.outbox == []
    run()
    assert [message.to for message in mail.outbox] == [[auditor.email], [dana.email]]
    run(MONDAY + timedelta(minutes=1))
    run(MONDAY + timedelta(hours=3))
    assert len(mail.outbox) == 2
    schedule.refresh_from_db()
    assert schedule.next_run_at == MONDAY + timedelta(days=7)
    run(MONDAY + timedelta(days=7))
    assert len(mail.outbox) == 4


def test_the_mail_says_what_it_is_of_and_carries_the_report(inside: Agency, dana: User, files_came: None) -> None:
    planned(dana)
    run()
    [message] = mail.outbox
    assert message.subject == "Import quality: Last month, Oct 1 to Oct 31"
    assert "Rows: 8" in message.body
    assert "https://debtflow.example/reports/import-quality/?period=last_month" in message.body
    assert "every Monday at 7:00 AM" in message.body
    [(name, content, kind)] = message.attachments
    assert (name, kind) == ("Import quality 2026-11-30.pdf", "application/pdf")
    page = PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert "Last month, Oct 1 to Oct 31" in page
    assert "Northgate" in page


def test_last_month_is_always_the_last(inside: Agency, dana: User, files_came: None) -> None:
    planned(dana, kind="xlsx")
    for at, rows in ((MONDAY, 8.0), (MONDAY + timedelta(days=7), 5.0)):
        mail.outbox.clear()
        run(at)
        [(name, content, _)] = mail.outbox[0].attachments
        assert name.endswith(".xlsx")
        first = next(iter(sheets(content).values()))
        assert rows in first[-1]


def test_what_was_missed_while_no_worker_ran_is_sent_once(inside: Agency, dana: User) -> None:
    schedule = planned(dana)
    run(MONDAY + timedelta(days=22))
    assert len(mail.outbox) == 1
    schedule.refresh_from_db()
    assert schedule.next_run_at == MONDAY + timedelta(days=28)


def test_who_left_or_may_not_see_reports_any_more_gets_nothing(
    inside: Agency, dana: User, auditor: User, as_user: As
) -> None:
    gone, demoted = (make_user(inside, name, "agency_admin") for name in ("olive.gone", "peter.demoted"))
    planned(dana, dana, gone, demoted, auditor)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    User.objects.filter(pk=demoted.pk).update(role="collector")
    run()
    assert [message.to for message in mail.outbox] == [[auditor.email], [dana.email]]


def test_who_leaves_between_the_due_moment_and_the_mail_gets_nothing(inside: Agency, dana: User, auditor: User) -> None:
    planned(dana, dana, auditor)
    with time_machine.travel(MONDAY, tick=False):
        sending.run()
        User.objects.filter(pk=auditor.pk).update(is_active=False)
        work_off()
    assert [message.to for message in mail.outbox] == [[dana.email]]
    assert ReportDelivery.objects.get(recipient=auditor).status == "skipped"


def test_when_nobody_is_left_the_page_says_so(inside: Agency, dana: User, auditor: User, as_user: As) -> None:
    planned(dana, auditor)
    User.objects.filter(pk=auditor.pk).update(is_active=False)
    run()
    assert mail.outbox == []
    assert "Nobody gets it" in text(as_user(dana).get(URL))


def test_the_other_agency_s_people_cannot_be_chosen(
    inside: Agency, northwind: Agency, dana: User, stranger: User, as_user: As
) -> None:
    page = as_user(dana).post(f"{URL}new/?report={REPORT}", form(recipients=[str(stranger.pk)]))
    assert page.status_code == 422
    assert "Choose at least one person who may see reports." in text(page)
    schedule = planned(dana)
    with tenancy.acting_for(northwind):
        browser = as_user(stranger)
        assert browser.get(f"{URL}{schedule.pk}/").status_code == 404
        assert "No report is scheduled" in text(browser.get(URL))
        for act in ("pause", "resumption", "sendings", "removal"):
            assert browser.post(f"{URL}{schedule.pk}/{act}/").status_code == 404


def test_a_mail_that_cannot_be_sent_is_tried_again_and_then_told(
    inside: Agency, dana: User, as_user: As, settings: Any
) -> None:
    """Nobody listens where the mail is to be given."""
    schedule = planned(dana)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        options = {"host": "127.0.0.1", "port": closed.getsockname()[1], "timeout": 5}
        works = settings.MAILERS
        settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
        run()
        delivery = ReportDelivery.objects.get()
        assert (delivery.status, delivery.attempts) == ("waiting", 1)
        run(MONDAY + timedelta(minutes=4))
        assert ReportDelivery.objects.get().attempts == 1
        for minutes in (6, 40, 200):
            run(MONDAY + timedelta(minutes=minutes))
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == ("failed", 4)
    page = text(as_user(dana).get(URL))
    assert "Sent to 0 of 1" in page
    assert "The mail could not be sent" in page
    settings.MAILERS = works
    run(MONDAY + timedelta(days=7))
    assert len(mail.outbox) == 1
    assert "could not be sent" not in text(as_user(dana).get(URL))
    assert "could not be sent" in text(as_user(dana).get(f"{URL}{schedule.pk}/"))  # as what was


def test_a_report_that_is_not_there_any_more_is_said_to_be_gone(inside: Agency, dana: User, as_user: As) -> None:
    schedule = planned(dana)
    ReportSchedule.objects.update(report="of-yesterday")
    run()
    assert ReportDelivery.objects.get().status == "failed"
    for page in (URL, f"{URL}{schedule.pk}/"):
        assert "There is no such report any more" in text(as_user(dana).get(page))


def test_every_mail_is_audited(inside: Agency, dana: User, auditor: User) -> None:
    schedule = planned(dana, dana, auditor)
    run()
    entries = AuditLog.objects.filter(action=AuditLog.Action.EXPORT, object_pk=str(schedule.pk)).order_by("id")
    assert [entry.changes_dict["mailed"][1] for entry in entries] == [
        f"Import quality 2026-11-30.pdf to {user}" for user in (auditor, dana)
    ]


def form(**changes: Any) -> dict[str, Any]:
    said = {
        "period": "last_month", "frequency": "monthly", "weekday": "0", "day": "31", "hour": "7", "format": "pdf",
    }  # fmt: skip
    return said | changes


def test_an_admin_schedules_a_report_from_its_page(inside: Agency, dana: User, auditor: User, as_user: As) -> None:
    browser = as_user(dana)
    page = browser.get(f"/reports/{REPORT}/?period=last_month").content.decode()
    link = f"{URL}new/?report={REPORT}&amp;period=last_month"
    assert f'href="{link}"' in page
    shown = browser.get(link.replace("&amp;", "&")).content.decode()
    assert '<option value="last_month" selected>' in shown
    assert "custom" not in shown
    response = browser.post(link.replace("&amp;", "&"), form(recipients=[str(dana.pk), str(auditor.pk)]))
    schedule = ReportSchedule.objects.get()
    assert response.headers["Location"] == f"{URL}{schedule.pk}/"
    assert (schedule.report, schedule.query, schedule.weekday, schedule.day) == (REPORT, "period=last_month", None, 31)
    assert schedule.site == "http://testserver"
    assert "On the 31st of every month (or its last day) at 7:00 AM" in text(browser.get(response.headers["Location"]))


def test_without_a_report_one_is_chosen_first(dana: User, as_user: As) -> None:
    page = as_user(dana).get(f"{URL}new/").content.decode()
    assert f'href="?report={REPORT}"' in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day": ""}, "Enter a day, 1 to 31."),
        ({"day": "32"}, "Enter a day, 1 to 31."),
        ({"frequency": "weekly", "weekday": ""}, "Choose the day of the week."),
        ({"frequency": "hourly"}, "Choose one of the list."),
        ({"hour": "24"}, "Choose one of the list."),
        ({"format": "csv"}, "Choose one of the list."),
        ({"recipients": []}, "Choose at least one person"),
        ({"period": "custom"}, "Choose one of the list."),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    changes: dict[str, Any], sentence: str, inside: Agency, dana: User, as_user: As
) -> None:
    page = as_user(dana).post(f"{URL}new/?report={REPORT}", form(recipients=[str(dana.pk)]) | changes)
    assert page.status_code == 422
    assert sentence in text(page)
    assert "There is a problem" in text(page)
    assert not ReportSchedule.objects.exists()


def test_it_is_changed_and_whoever_comes_second_is_told(inside: Agency, dana: User, as_user: As) -> None:
    schedule, browser = planned(dana), as_user(dana)
    url = f"{URL}{schedule.pk}/"
    version = planning.version(schedule)
    said = form(recipients=[str(dana.pk)], frequency="daily", version=version)
    assert browser.post(url, said).status_code == 303
    schedule.refresh_from_db()
    assert (schedule.frequency, schedule.weekday, schedule.day) == ("daily", None, None)
    lost = browser.post(url, said | {"hour": "9"})
    assert lost.status_code == 409
    assert "saved this schedule a moment ago" in text(lost)
    assert '<option value="9" selected>' in lost.content.decode()


def test_it_is_paused_resumed_and_deleted(inside: Agency, dana: User, as_user: As) -> None:
    schedule, browser = planned(dana), as_user(dana)
    url = f"{URL}{schedule.pk}/"
    browser.post(f"{url}pause/")
    run(MONDAY + timedelta(days=8))
    assert mail.outbox == []
    assert "Paused" in text(browser.get(URL))
    browser.post(f"{url}resumption/")
    schedule.refresh_from_db()
    assert schedule.next_run_at is not None
    assert schedule.next_run_at > timezone.now()
    assert "Delete this schedule?" in text(browser.get(f"{url}removal/"))
    browser.post(f"{url}removal/")
    assert not ReportSchedule.objects.exists()


def test_it_is_sent_at_once_and_a_double_click_sends_one(inside: Agency, dana: User, as_user: As) -> None:
    schedule, browser = planned(dana), as_user(dana)
    with time_machine.travel(MONDAY - timedelta(days=1), tick=False):
        browser = as_user(dana)
        for _ in range(2):
            page = browser.post(f"{URL}{schedule.pk}/sendings/", follow=True)
            assert "It is being sent to 1 person." in text(page)
        work_off()
        assert len(mail.outbox) == 1
        assert "Sent to 1" in text(browser.get(f"{URL}{schedule.pk}/"))
    schedule.refresh_from_db()
    assert schedule.next_run_at == MONDAY


def test_readers_look_and_collectors_see_nothing(
    inside: Agency, dana: User, auditor: User, sarah: User, as_user: As
) -> None:
    schedule = planned(dana)
    url = f"{URL}{schedule.pk}/"
    page = as_user(auditor).get(url)
    assert "Every Monday at 7:00 AM" in text(page)
    assert '<form method="post" action="/reports' not in page.content.decode()
    assert as_user(auditor).post(url, form()).status_code == 403
    assert as_user(auditor).get(f"{URL}new/").status_code == 403
    assert as_user(sarah).get(URL).status_code == 404
    assert as_user(sarah).get(url).status_code == 404


def test_nothing_is_left_of_the_attachment(inside: Agency, dana: User, tmp_path: Path, monkeypatch: Any) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    planned(dana, kind="xlsx")
    run()
    assert len(mail.outbox) == 1
    assert not list(tmp_path.glob("debtflow-report-*"))
