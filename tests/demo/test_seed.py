"""The demo is believable, its books agree, and making it twice changes nothing."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from core import books, crossings, tenancy
from core.account_states import OPEN, Status
from core.models import (
    Account,
    Activity,
    Agency,
    BalanceEntry,
    Collector,
    ContactAttempt,
    ContactPoint,
    Creditor,
    Debtor,
    Hold,
    Promise,
    User,
)
from debtflow.demo import feed, local_sftp, local_stripe, processors, seed
from imports.models import ImportedRecord, SFTPFeed, SFTPImportJob
from payments import attention
from payments.models import (
    Chargeback,
    Payment,
    PaymentPlan,
    PaymentProcessor,
    Refund,
    SettlementOffer,
    WebhookEvent,
)
from tests.cast import make_account, today
from tests.conftest import as_owner

ACCOUNTS = 60
TABLES = ("user", "agency", "creditor", "debtor", "account", "balanceentry", "activity", "hold", "auditlog")


pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The demo beside an agency that was there before, once for all tests; gives what the command said."""
    data = tmp_path_factory.mktemp("data")
    with override_settings(DATA_DIR=data, MEDIA_ROOT=data / "files"):
        out = StringIO()
        with django_db_blocker.unblock():
            with tenancy.acting_for(Agency.objects.create(name="Lakeside Recovery")):
                make_account(external_ref="LAKE-1")
            call_command("seed_demo", "--accounts", str(ACCOUNTS), stdout=out)
        yield out.getvalue()
        with django_db_blocker.unblock(), as_owner():
            call_command("flush", verbosity=0, interactive=False)


@pytest.fixture
def harborline(demo: str) -> Iterator[Agency]:
    """The demo's first agency, acting for it."""
    agency = Agency.objects.get(name="Harborline Recovery")
    with tenancy.acting_for(agency):
        yield agency


def everything() -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a digest of them, past the wall."""
    found = {}
    with as_owner(), connection.cursor() as cursor:
        for table in (*(f"core_{name}" for name in TABLES), "imports_sftpfeed", "imports_importedrecord"):
            cursor.execute(f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t")
            found[table] = cursor.fetchone()
    return found


def test_the_command_says_what_it_made(demo: str) -> None:
    assert demo.startswith("Made Harborline Recovery and Northwind Collections with 72 accounts in ")


def test_there_are_as_many_accounts_as_asked_for_in_every_status(harborline: Agency) -> None:
    statuses = Counter(Account.objects.values_list("status", flat=True))
    assert set(statuses) == set(Status)
    assert statuses.total() == ACCOUNTS


def test_the_books_agree(demo: str) -> None:
    audit = books.check_books()
    assert audit.broken == []
    assert audit.agencies == 3


def test_a_second_run_changes_nothing_and_says_so(demo: str) -> None:
    before = everything()
    out = StringIO()
    call_command("seed_demo", stdout=out)
    assert out.getvalue() == "The demo is there already; nothing was changed.\n"
    assert everything() == before
    assert before["core_account"][0] == ACCOUNTS + 12 + 1


def test_the_command_tells_a_script(demo: str) -> None:
    out = StringIO()
    call_command("seed_demo", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["ok"], told["created"], told["accounts"]) == (True, [], 0)


def test_every_login_works_and_is_known_as_public(demo: str) -> None:
    for username in crossings.DEMO_USERS:
        collector = User.objects.get(username=username).role == "collector"
        password = seed.COLLECTORS_PASSWORD if collector else seed.PASSWORD
        assert authenticate(username=username, password=password), username
    assert set(User.objects.values_list("username", flat=True)) == set(crossings.DEMO_USERS)


def test_every_collector_has_accounts_within_his_capacity_and_new_ones_are_nobodys(harborline: Agency) -> None:
    desks = Counter(Account.objects.values_list("assigned_to", flat=True))
    collectors = list(Collector.objects.select_related("user"))
    assert {c.user.username for c in collectors} == {name for name, *_ in seed.DESKS}
    assert all(0 < desks[c.pk] <= c.max_accounts for c in collectors)
    assert desks[None] == Account.objects.filter(status="new").count() > 0


def test_accounts_of_one_debtor_stay_with_one_collector(harborline: Agency) -> None:
    desks: dict[object, set[object]] = {}
    for account in Account.objects.exclude(assigned_to=None):
        desks.setdefault(account.debtor_id, set()).add(account.assigned_to_id)
    assert all(len(collectors) == 1 for collectors in desks.values())


def test_two_files_were_imported_and_one_has_row_errors(harborline: Agency) -> None:
    old, recent = SFTPImportJob.objects.order_by("created_at")
    assert (old.status, recent.status) == ("completed", "completed")
    assert (old.processed_errors, recent.processed_errors) == (0, 7)
    assert old.created_count + recent.created_count == ACCOUNTS
    assert old.created_at < timezone.now() - timedelta(days=150)
    wrong = {record.errors[0]["field"] for record in ImportedRecord.objects.filter(outcome="rejected")}
    assert wrong >= {"original_amount", "debtor_ssn_last4", "debtor_email", "due_date", "debtor_name", "external_ref"}
    assert Creditor.objects.count() == 5


def test_history_lies_in_the_past_and_begins_with_the_placement(harborline: Agency) -> None:
    now = timezone.now()
    assert not Activity.objects.filter(created_at__gt=now).exists()
    for account in Account.objects.prefetch_related("activities", "balance_entries"):
        events = sorted(account.activities.all(), key=lambda event: (event.created_at, event.pk))
        assert events[0].kind == "import"
        assert account.created_at <= events[0].created_at
        assert {entry.created_at >= account.created_at for entry in account.balance_entries.all()} == {True}
        assert account.assigned_at is None or account.assigned_at > account.created_at
        assert account.settled_at is None or account.settled_at < now


def test_history_is_told_forward(harborline: Agency) -> None:
    """What was written later also happened later: each move starts where the one before it ended."""
    for account in Account.objects.all():
        status = "new"
        told = Activity.objects.filter(account=account, kind__in=["status", "assignment"])
        for event in told.order_by("created_at", "id"):
            if event.kind == "assignment":
                status = {"assign": "assigned", "unassign": "new"}.get(event.data.get("move", ""), status)
                continue
            assert event.data["from"] == status
            status = event.data["to"]
        assert status == account.status


def test_payments_are_on_the_timeline_with_their_entries(harborline: Agency) -> None:
    taken = Payment.objects.filter(status__in=["completed", "refunded"])
    payments = {str(payment.pk): payment for payment in taken}
    told = Activity.objects.filter(kind="payment", data__what="completed")
    assert {event.data["payment"] for event in told} == set(payments)
    for entry in BalanceEntry.objects.filter(kind="payment"):
        assert payments[str(entry.payment)].amount == -entry.amount
        assert payments[str(entry.payment)].completed_at.date() == entry.created_at.date()
    assert BalanceEntry.objects.filter(kind="payment", payment=None).count() == 0
    assert len(payments) > 30


def test_plans_and_settlements_stand_in_every_way(harborline: Agency) -> None:
    assert {"active", "completed", "broken"} <= set(PaymentPlan.objects.values_list("status", flat=True))
    assert PaymentPlan.objects.filter(status="active").exclude(saved_method=None).exists()
    assert {"awaiting", "paid"} <= set(SettlementOffer.objects.values_list("status", flat=True))


def test_cards_and_bank_debits_of_today_are_told_by_the_stand_in(harborline: Agency) -> None:
    online = Payment.objects.filter(processor__kind="stripe")
    assert Counter(online.values_list("status", flat=True)) == {"completed": 3, "failed": 1, "pending": 2}
    assert Chargeback.objects.get().status == "open"
    assert Refund.objects.filter(payment__processor__kind="stripe").get().status == "completed"
    assert WebhookEvent.objects.exists()
    assert not WebhookEvent.objects.filter(processed_at=None).exists()
    assert attention.open_chargebacks().count() == 1


def test_nobody_was_called_at_an_inconvenient_hour(harborline: Agency) -> None:
    for event in Activity.objects.filter(kind="contact").select_related("account__debtor"):
        for zone in event.account.debtor.time_zones:
            assert 8 <= event.created_at.astimezone(ZoneInfo(zone)).hour < 21


def test_promises_were_made_kept_and_broken(harborline: Agency) -> None:
    found = Counter(Promise.objects.values_list("status", flat=True))
    assert found["open"] > 0
    assert found["kept"] > 0
    assert found["broken"] + found["partial"] > 0
    assert not Promise.objects.filter(status="open", due_date__lt=today() - timedelta(days=2)).exists()


def test_contacts_are_attempts_with_their_outcomes(harborline: Agency) -> None:
    attempts = ContactAttempt.objects.all()
    assert attempts.count() == Activity.objects.filter(kind="contact").count() > 0
    assert {attempt.verdict["decision"] for attempt in attempts} == {"allow"}
    assert attempts.values("disposition").distinct().count() >= 5
    assert attempts.filter(channel="call").exclude(contact_point=None).exists()


def test_debtors_are_reached_in_every_way(harborline: Agency) -> None:
    ways = Counter(ContactAttempt.objects.values_list("channel", "direction"))
    assert set(ways) >= {(channel, "out") for channel in ("call", "email", "letter")} | {
        ("call", "in"),
        ("email", "in"),
    }
    assert ways["call", "out"] > sum(ways.values()) / 3
    by_account = Counter(account for account, _ in set(ContactAttempt.objects.values_list("account", "channel")))
    assert max(by_account.values()) >= 3
    assert not ContactAttempt.objects.filter(direction="in", counts=True).exists()


def test_follow_ups_are_late_and_later_and_only_on_open_accounts(harborline: Agency) -> None:
    today = timezone.now().astimezone(harborline.zone).date()
    days = [
        at.astimezone(harborline.zone).date() for at in Account.objects.values_list("next_action_at", flat=True) if at
    ]
    assert any(day < today for day in days)
    assert any(day > today for day in days)
    assert not Account.objects.exclude(status__in=OPEN).exclude(next_action_at=None).exists()
    assert set(Account.objects.values_list("priority", flat=True)) >= {0, 1, 2}


def test_disputed_accounts_have_their_hold(harborline: Agency) -> None:
    holds = Hold.objects.filter(kind="dispute", lifted_at=None)
    assert {hold.account_id for hold in holds} == set(
        Account.objects.filter(status="disputed").values_list("pk", flat=True)
    )
    assert all(hold.placed_at < timezone.now() and hold.reason for hold in holds)


def test_debtors_are_fictional_and_their_zones_are_known(harborline: Agency) -> None:
    for value in ContactPoint.objects.filter(kind="phone").values_list("value", flat=True):
        assert value[5:10] == "55501", value
    for value in ContactPoint.objects.filter(kind="email").values_list("value", flat=True):
        assert value.endswith("@example.com")
    assert not Debtor.objects.filter(time_zones=[]).exists()
    assert all(debtor.ssn_last4 == "" or len(debtor.ssn_last4) == 4 for debtor in Debtor.objects.all())


def test_the_other_agencies_are_apart_and_untouched(demo: str) -> None:
    with tenancy.acting_for(Agency.objects.get(name="Lakeside Recovery")):
        assert [account.external_ref for account in Account.objects.all()] == ["LAKE-1"]
        assert not Activity.objects.exists()
    with tenancy.acting_for(Agency.objects.get(name="Northwind Collections")):
        assert Account.objects.count() == 12
        assert Collector.objects.get().user.username == "nina.brooks"
        assert not SFTPFeed.objects.exists()


def test_the_feed_reads_the_local_server_and_follows_its_port(harborline: Agency) -> None:
    server = local_sftp.account(local_sftp.PLACEMENTS)
    found = SFTPFeed.objects.get()
    assert (found.host, found.port, found.username) == (server.host, server.port, server.username)
    assert (found.password, found.host_key, found.is_active) == (server.password, server.host_key, True)
    assert harborline.choices.poll_every_seconds == 10

    SFTPFeed.objects.update(port=1)
    feed.point_at_local_server()
    assert SFTPFeed.objects.get().port == server.port


def test_too_few_accounts_are_refused() -> None:
    with pytest.raises(CommandError, match="at least 20 accounts"):
        call_command("seed_demo", "--accounts", "19")


def test_production_is_refused() -> None:
    with override_settings(DEVELOPMENT=False), pytest.raises(CommandError, match="DEBUG=1 only"):
        call_command("seed_demo")


@pytest.mark.parametrize("name", ["Harborline Recovery", "Northwind Collections"])
def test_the_agency_takes_money_through_the_local_stand_in(name: str, demo: str) -> None:
    with tenancy.acting_for(Agency.objects.get(name=name)):
        processor = PaymentProcessor.objects.get(kind="stripe")
        account = local_stripe.account(name.split()[0].lower())
        assert (processor.is_test, processor.api_key) == (True, account.secret_key)
        PaymentProcessor.objects.filter(kind="stripe").update(api_base_url="http://127.0.0.1:1")
    processors.point_at_local_stripe()
    with tenancy.acting_for(Agency.objects.get(name=name)):
        assert PaymentProcessor.objects.get(kind="stripe").api_base_url == local_stripe.base_url()
