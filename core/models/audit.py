"""Who did what to which record, from where, and what was it before?"""

from typing import TYPE_CHECKING, Any
from uuid import UUID

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

    if TYPE_CHECKING:
        actor_email: str | None
        remote_addr: str | None
        agency_id: UUID | None

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Fill in who, from where and for which agency; only ever inserts."""
        who = audit_context.current()
        self.actor = self.actor or who.actor
        if self.actor and not self.actor_email:
            self.actor_email = self.actor.email
        if not self.remote_addr:
            self.remote_addr = who.address
        if not self.cid:
            self.cid = who.request_id or None
        if not self.agency_id:
            self.agency_id = tenancy.agency_id_or_none()
        super().save(*args, **{**kwargs, "force_insert": True})
