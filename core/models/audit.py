"""Who did what to which record, from where, and what was it before?"""

from typing import Any

from auditlog.models import AbstractLogEntry
from django.conf import settings
from django.db import models

from core import audit_context, tenancy


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

    class Meta(AbstractLogEntry.Meta):
        abstract = False
        verbose_name = "audit entry"
        verbose_name_plural = "audit log"
        indexes = [
            models.Index("content_type", "object_pk", "timestamp", name="audit_object"),
            models.Index("agency", "timestamp", "id", name="audit_agency_time"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Fill in who, from where and for which agency; only ever inserts."""
        who = audit_context.current()
        self.actor = self.actor or who.actor
        self.actor_email = self.actor_email or (self.actor.email if self.actor else None)
        self.remote_addr = self.remote_addr or who.address
        self.cid = self.cid or who.request_id or None
        self.agency_id = self.agency_id or tenancy.agency_id_or_none()
        super().save(*args, **{**kwargs, "force_insert": True})
