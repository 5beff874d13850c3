"""Every change of a business record is written down: who, what, before and after, from where."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models

from core import audit, audit_context, moves, tenancy
from core.models import Account, Agency, AuditLog, Creditor, Debtor, User
from debtflow.schedules import SCHEDULES
from tests.cast import make_account, make_creditor, make_debtor, make_user
from tests.conftest import as_owner


def entries(instance: models.Model) -> list[AuditLog]:
    kind = ContentType.objects.get_for_model(instance)
    return list(AuditLog.objects.filter(content_type=kind, object_pk=str(instance.pk)).order_by("id"))


def test_a_change_records_who_what_and_from_where(inside: Agency, dana: User) -> None:
    creditor = make_creditor()
    with audit_context.acting(audit_context.Who(dana, "203.0.113.7", "request-1")):
        creditor.contact_name = "Ruth Adler"
        creditor.save()
    entry = entries(creditor)[-1]
    assert entry.action == AuditLog.Action.UPDATE
    assert entry.changes == {"contact_name": ["", "Ruth Adler"]}
    assert (entry.actor, entry.actor_email, entry.remote_addr) == (dana, dana.email, "203.0.113.7")
    assert (entry.agency_id, entry.cid) == (inside.pk, "request-1")


def test_what_the_system_does_has_no_actor(inside: Agency) -> None:
    entry = entries(make_creditor())[0]
    assert (entry.action, entry.actor, entry.remote_addr) == (AuditLog.Action.CREATE, None, None)


def test_a_move_is_audited_with_both_statuses(inside: Agency, dana: User) -> None:
    account = make_account()
    with audit_context.acting(audit_context.Who(dana)):
        moves.move(account.pk, "withdraw", by=dana, reason="error")
    changes = entries(account)[-1].changes
    assert changes["status"] == ["new", "closed"]
    assert changes["closed_reason"] == ["", "error"]


def test_a_refused_change_leaves_no_entry(inside: Agency, sarah: User) -> None:
    account = make_account()
    before = AuditLog.objects.count()
    with pytest.raises(moves.MoveRefused):
        moves.move(account.pk, "withdraw", by=sarah, reason="error")
    assert AuditLog.objects.count() == before


def test_encrypted_facts_are_never_in_the_audit_log(inside: Agency) -> None:
    debtor = make_debtor(ssn_last4="9876", date_of_birth="1971-04-30")
    debtor.ssn_last4, debtor.date_of_birth, debtor.city = "5432", "1980-01-01", "Dallas"
    debtor.save()
    written = json.dumps([[e.changes, e.serialized_data, e.additional_data, e.object_repr] for e in entries(debtor)])
    assert "Dallas" in written
    assert not [secret for secret in ("9876", "5432", "1971", "1980", "ssn", "birth") if secret in written]


def test_a_password_is_never_in_the_audit_log(inside: Agency, sarah: User) -> None:
    sarah.set_password("another good password")
    sarah.save()
    assert all("password" not in (entry.changes or {}) for entry in entries(sarah))


def test_a_failed_block_leaves_no_entry_of_what_never_happened(harborline: Agency) -> None:
    before = AuditLog.objects.count()
    with pytest.raises(ZeroDivisionError), tenancy.acting_for(harborline):
        Creditor.objects.create(name="Never", contingency_rate=Decimal(1) / 0)
    assert AuditLog.objects.count() == before


def test_each_agency_reads_its_own_entries(harborline: Agency, northwind: Agency) -> None:
    for agency in (harborline, northwind):
        with tenancy.acting_for(agency):
            make_creditor(agency.name)
    with tenancy.acting_for(northwind):
        assert {entry.agency_id for entry in AuditLog.objects.all()} == {northwind.pk}


def test_every_business_record_of_the_kernel_is_audited(db: None) -> None:
    from auditlog.registry import auditlog

    for model in (User, Agency, Debtor, Account, Creditor):
        assert auditlog.contains(model), model


# --- partitions ---------------------------------------------------------------------------------------------


def partitions() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'core_auditlog'::regclass")
        return {name for (name,) in cursor.fetchall()}


def month(ahead: int) -> str:
    now = datetime.now(UTC)
    years, months = divmod(now.month - 1 + ahead, 12)
    return f"core_auditlog_{now.year + years}_{months + 1:02}"


def test_partitions_for_this_and_the_next_three_months_exist(db: None) -> None:
    assert {month(ahead) for ahead in range(4)} <= partitions()


def test_an_entry_goes_into_the_partition_of_its_month(inside: Agency) -> None:
    make_creditor()
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tableoid::regclass::text FROM core_auditlog")
        assert cursor.fetchall() == [(month(0),)]


def test_the_schedule_makes_missing_partitions_as_the_application(db: None) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {month(3)}")
    audit.ensure_partitions()
    assert month(3) in partitions()
    audit.ensure_partitions()  # every job may run twice
    assert "core.audit.ensure_partitions" in [job.path for job in SCHEDULES]


def test_a_partition_made_by_the_schedule_is_as_closed_as_the_others(inside: Agency) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {month(3)}")
    audit.ensure_partitions()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege(current_user, %s, right_) FROM unnest(%s::text[]) right_",
            [month(3), ["UPDATE", "DELETE", "TRUNCATE", "SELECT"]],
        )
        assert cursor.fetchall() == [(False,)] * 4


def test_an_entry_of_a_far_future_is_kept_in_the_net(inside: Agency) -> None:
    creditor = make_creditor()
    with time_machine.travel(datetime(2031, 5, 6, tzinfo=UTC)):
        AuditLog.objects.create(
            content_type=ContentType.objects.get_for_model(creditor), object_pk=str(creditor.pk), object_repr="x",
            action=AuditLog.Action.ACCESS, timestamp=datetime.now(UTC), agency=inside,
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_auditlog WHERE tableoid::regclass::text = 'core_auditlog_default'")
        assert cursor.fetchone()[0] == 1


def test_a_superuser_without_an_agency_leaves_a_trace_too(operator: User) -> None:
    agency = Agency.objects.create(name="Fresh Start Recovery")
    entry = entries(agency)[0]
    assert (entry.action, entry.agency_id) == (AuditLog.Action.CREATE, None)
    assert make_user(agency, "first.admin", "agency_admin").agency == agency
