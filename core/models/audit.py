"""Who did what to which record, from where, and what was it before?"""

import json
from typing import Any

from auditlog.models import AbstractLogEntry, LogEntryManager
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from core import audit_context, tenancy
from core.prepared import written

_WRITE = """
INSERT INTO core_auditlog (agency_id, actor_id, actor_email, remote_addr, cid, content_type_id, object_pk, object_repr,
                           action, changes, changes_text)
VALUES (%s, %s, %s, %s::inet, %s, %s, %s, %s, %s, %s::jsonb, '')
"""


class AuditLogManager(LogEntryManager):
    """Writes an entry by one statement: every page of an account and every change does, and it is half of the ORM's
    time."""

    def log_create(self, instance: models.Model, force_log: bool = False, **facts: Any) -> None:
        """As the package asks for it, with what it found to be changed."""
        if force_log or facts.get("changes") is not None:
            self.write(instance, facts["action"], facts.get("changes"))

    def write(self, instance: models.Model, action: int, changes: dict[str, Any] | None) -> None:
        """One entry about a record; who, from where and for which agency come from the request or job."""
        who = audit_context.current()
        kind = ContentType.objects.get_for_model(instance)
        actor, email = (who.actor.pk, who.actor.email) if who.actor else (None, None)
        doer = [tenancy.agency_id_or_none(), actor, email, who.address, who.request_id or None]
        changed = None if changes is None else json.dumps(changes, cls=DjangoJSONEncoder)
        written(_WRITE, [*doer, kind.pk, str(instance.pk), str(instance)[:255], action, changed])


class AuditLog(AbstractLogEntry):
    """django-auditlog's entry in our own table: RANGE-partitioned by month, append-only, per agency.

    Made by hand in migration `0005_audit_log`. No foreign keys: deleting a user must not change what he did.
    """

    class Action(AbstractLogEntry.Action):
        EXPORT = 4
        WEBHOOK = 5
        choices = (
            (0, "create"),
            (1, "update"),
            (2, "delete"),
            (3, "access"),
            (EXPORT, "export"),
            (WEBHOOK, "webhook"),
        )

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(
        "core.Agency", models.DO_NOTHING, null=True, db_constraint=False, related_name="+", db_index=False
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, related_name="+", db_index=False
    )
    content_type = models.ForeignKey(
        "contenttypes.ContentType", models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False
    )
    object_pk = models.CharField(max_length=255)
    object_id = models.BigIntegerField(null=True, blank=True)
    action = models.PositiveSmallIntegerField(choices=Action.choices)
    cid = models.CharField("request id", max_length=255, null=True, blank=True)
    timestamp = models.DateTimeField(db_default=models.functions.Now())

    objects = AuditLogManager()

    class Meta(AbstractLogEntry.Meta):
        abstract = False
        verbose_name = "audit entry"
        verbose_name_plural = "audit log"
        indexes = [
            models.Index("content_type", "object_pk", "timestamp", name="audit_object"),
            models.Index("agency", "timestamp", "id", name="audit_agency_time"),
        ]
