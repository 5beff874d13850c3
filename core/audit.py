"""What is audited: every create, update and delete of a business record, and every view of an account.

Encrypted fields are left out, because the package takes its differences from the plain text. Tables that are
themselves append-only journals (balance entries, activities) are their own record. Bulk work writes one entry a batch
with `record`.
"""

from typing import Any

from auditlog.registry import auditlog
from django.db import connection, models

MONTHS_AHEAD = 3
ALWAYS_LEFT_OUT = ("updated_at", "search_name", "balance_cents")


def register() -> None:
    """Connect every audited model of the kernel; other apps call `auditlog.register` for theirs."""
    from core.models import (
        Account,
        Agency,
        Collector,
        ContactPoint,
        Creditor,
        Debtor,
        Disposition,
        Hold,
        PinnedNote,
        Promise,
        User,
    )

    auditlog.register(User, exclude_fields=["password", "last_login"])
    auditlog.register(Debtor, exclude_fields=["ssn_last4", "date_of_birth", *ALWAYS_LEFT_OUT])
    for model in (Agency, Account, Collector, ContactPoint, Creditor, Disposition, Hold, PinnedNote, Promise):
        auditlog.register(model, exclude_fields=list(ALWAYS_LEFT_OUT))


def record(instance: models.Model, action: int, changes: dict[str, Any] | None = None) -> None:
    """Write one entry by hand: an access, an export, a batch. Actor and address come from the request or job."""
    from core.models import AuditLog

    AuditLog.objects.write(instance, action, changes)


def record_access(instance: models.Model) -> None:
    """Somebody looked at this record."""
    from core.models import AuditLog

    record(instance, AuditLog.Action.ACCESS)


def ensure_partitions() -> None:
    """Make the audit log's partitions for this month and the next three (a recurring job)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT core_audit_ensure_partitions(%s)", [MONTHS_AHEAD])
