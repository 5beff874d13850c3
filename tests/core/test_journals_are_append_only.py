"""Balance entries, activities and the audit log are added to, never changed: not by us, not by the owner."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from core import audit, debtors, timeline
from core.database_role import APPEND_ONLY
from core.models import Agency, AuditLog, User
from tests.cast import make_account
from tests.conftest import as_owner

ATTEMPTS = {
    "update": "UPDATE {} SET created_at = now()",
    "delete": "DELETE FROM {}",
}


@pytest.fixture
def written(inside: Agency, sarah: User) -> None:
    """A row in each journal."""
    account = make_account()
    timeline.add_note(account, "A note", by=sarah)
    audit.record_access(account)
    debtors.record(account.debtor, "city", "Austin", "Dallas", by=sarah)


def statement(attempt: str, table: str) -> str:
    sql = ATTEMPTS[attempt].format(table)
    return sql.replace("created_at", '"timestamp"') if "audit" in table else sql


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("attempt", ATTEMPTS)
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_application_has_no_right_to_change_a_journal(table: str, attempt: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        run(statement(attempt, table))


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("attempt", ATTEMPTS)
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_trigger_stops_even_the_owner(table: str, attempt: str) -> None:
    with as_owner(), pytest.raises(DatabaseError, match="is append-only"):
        run(statement(attempt, table))


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_application_cannot_empty_a_journal(table: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        run(f"TRUNCATE {table} CASCADE")


@pytest.mark.usefixtures("written")
def test_the_application_cannot_reach_the_audit_log_through_a_partition() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'core_auditlog'::regclass")
        partitions = [name for (name,) in cursor.fetchall()]
    assert len(partitions) >= 5
    for partition in partitions:
        for sql in (statement("update", partition), statement("delete", partition), f"TRUNCATE {partition}"):
            with pytest.raises(DatabaseError, match="permission denied"):
                run(sql)


def test_the_application_cannot_switch_the_triggers_off(db: None) -> None:
    for sql in (
        "ALTER TABLE core_balanceentry DISABLE TRIGGER append_only",
        "SET session_replication_role = replica",
        "DROP TRIGGER append_only ON core_activity",
        "ALTER TABLE core_account NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE core_account DISABLE ROW LEVEL SECURITY",
    ):
        with pytest.raises(DatabaseError, match=r"must be owner|permission denied"):
            run(sql)


@pytest.mark.usefixtures("written")
def test_the_models_refuse_too() -> None:
    entry = AuditLog.objects.latest("id")
    changes: list[Callable[[], object]] = [
        entry.delete,
        lambda: AuditLog.objects.filter(pk=entry.pk).update(actor_email="nobody@example.com"),
    ]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert AuditLog.objects.filter(pk=entry.pk).count() == 1
