"""What needs a manager: every count is the total of the list to which it leads, and the other agency's is its own."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import clock, contacts, promises, tenancy
from core.models import Account, Agency, Collector, Disposition, Hold, User
from core.promises import Terms
from imports.models import SFTPImportJob
from payments import settlements, taking
from payments.models import Payment
from payments.settlements import Terms as OfferTerms
from payments.taking import Order
from reports import attention, scope
from reports.catalogue import REPORTS
from reports.dashboard.needs import needs
from reports.models import ReportDelivery, ReportSchedule
from tests.cast import ago, bring_to, make_account, today
from tests.reports.pages import totals

As = Callable[[User], Client]


def counted(agency: Agency) -> dict[str, tuple[int, str, str]]:
    """(number, address, name of the total there) of each matter, by its label."""
    of_page = scope.read({}, agency)
    found = needs(of_page, attention.counts(of_page.today, of_page.zone))
    return {need.label: (int(need.number.value or 0), need.number.url, need.number.total) for need in found}


def broken(account: Account, by: User) -> None:
    """A promise on it was not kept, as was found two days ago."""
    made = ago(11)
    with clock.at(made):
        promises.make(Account.objects.get(pk=account.pk), Terms(Decimal(50), made.date(), "check"), by=by)
    with clock.at(ago(2)):
        promises.judge_due()


def received(errors: int, *, days_ago: int = 0, status: str = "completed") -> SFTPImportJob:
    """A file came so many days ago, with so many rows that were rejected."""
    job = SFTPImportJob.objects.create(file_name="n.csv", file_size=1, status=status, processed_errors=errors)
    SFTPImportJob.objects.filter(pk=job.pk).update(created_at=ago(days_ago))
    return job


def mailed(reader: User, outcomes: list[str]) -> None:
    """A report that is mailed every day; what became of it, the oldest first."""
    facts = {"frequency": "daily", "hour": 7, "format": "pdf", "recipients": [str(reader.pk)], "made_by": reader}
    schedule = ReportSchedule.objects.create(report=REPORTS[0].slug, next_run_at=timezone.now(), **facts)
    for day, status in enumerate(outcomes):
        at = ago(9 - day)
        ReportDelivery.objects.create(schedule=schedule, due_at=at, recipient=reader, status=status)


@pytest.fixture
def trouble(inside: Agency, dana: User, sarah: User, james: User) -> None:
    """Of each matter a different number, and beside each something that is none."""
    on_desk = [bring_to(make_account(), "in_contact", admin=dana, to=sarah) for _ in range(5)]
    waiting = [make_account() for _ in range(3)]
    bring_to(make_account(), "closed", admin=dana, to=james)
    for account in on_desk[:3]:
        broken(account, sarah)
    called = contacts.Contact(Disposition.objects.get(code="sent"), channel="letter")
    contacts.log(on_desk[0].pk, called, by=sarah)  # since then somebody did something
    anew = Terms(Decimal(50), today() + timedelta(days=3), "check")
    promises.make(Account.objects.get(pk=on_desk[1].pk), anew, by=sarah)
    for account, days in ((on_desk[0], 31), (waiting[0], 40), (on_desk[2], 29)):
        hold = Hold.objects.create(kind="dispute", account=account, placed_by=dana)
        Hold.objects.filter(pk=hold.pk).update(placed_at=ago(days))
    for account, facts in zip(
        [*on_desk, *waiting],
        [
            *({"status": "failed", "completed_at": None} for _ in range(4)),
            *({"status": "unknown", "completed_at": None} for _ in range(2)),
            {"credit": Decimal("1.50")},
            {},
        ],
        strict=True,
    ):
        order = Order(Decimal("5.00"), "check", str(uuid4()), received_on=today())
        Payment.objects.filter(pk=taking.take(account.pk, order, by=dana).pk).update(**facts)
    for account, share in ((on_desk[3], 10), (on_desk[4], 20), (on_desk[1], 90)):  # the last is within her authority
        until = today() + timedelta(days=9)
        settlements.offer(account.pk, OfferTerms(until, percent=Decimal(share)), by=sarah)
    for errors, days, status in ((3, 0, "completed"), (0, 1, "failed"), (0, 0, "completed"), (9, 8, "completed")):
        received(errors, days_ago=days, status=status)
    Collector.objects.filter(user=sarah).update(max_accounts=4)
    for outcomes in (["failed"], ["sent", "failed"], ["failed", "sent"], []):  # the last one counts
        mailed(dana, outcomes)


EXPECTED = {
    "Broken promises, no contact since": 1,
    "Failed payments to retry": 4,
    "Not known whether charged": 2,
    "Credits due to debtors": 1,
    "Settlements to approve": 2,
    "Files with errors, last 7 days": 2,
    "Accounts without a collector": 3,
    "Disputes past 30 days": 2,
    "Collectors over their limit": 1,
    "Scheduled reports not sent": 2,
}


def test_each_matter_is_counted(trouble: None, inside: Agency) -> None:
    assert {label: number for label, (number, *_) in counted(inside).items()} == EXPECTED


def test_each_count_is_the_total_of_the_list_to_which_it_leads(
    trouble: None, inside: Agency, dana: User, auditor: User, as_user: As
) -> None:
    for user in (dana, auditor):
        browser = as_user(user)
        for label, (number, url, total) in counted(inside).items():
            page = browser.get(url)
            assert page.status_code == 200, label
            assert totals(page)[total] == number == EXPECTED[label], label


def test_the_other_agency_has_its_own(trouble: None, stranger: User, northwind: Agency) -> None:
    with tenancy.acting_for(northwind):
        assert {number for number, *_ in counted(northwind).values()} == {0}


def test_one_statement_counts_all(trouble: None, inside: Agency) -> None:
    of_page = scope.read({}, inside)
    with CaptureQueriesContext(connection) as queries:
        attention.counts(of_page.today, of_page.zone)
    assert len(queries) == 1
