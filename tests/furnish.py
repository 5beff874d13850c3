"""An agency with something in every table, also in tables that do not exist yet."""

from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from core import audit, pinned_notes, tenancy, timeline
from core.models import Agency, ContactPoint
from core.tenancy import TenantModel
from payments.models import SettlementOffer
from reports.catalogue import REPORTS
from reports.models import ReportSchedule
from tests.cast import bring_to, make_account, make_user, today

TENANT_MODELS = [model for model in apps.get_models() if any(f.attname == "agency_id" for f in model._meta.fields)]


def furnish(agency: Agency) -> None:
    """One row of every tenant table; what has no builder is filled by `any_row`."""
    admin = make_user(agency, f"admin.{agency.pk}", "agency_admin")
    collector = make_user(agency, f"collector.{agency.pk}", "collector")
    with tenancy.acting_for(agency):
        account = bring_to(make_account(), "disputed", admin=admin, to=collector)
        pinned_notes.pin(account.debtor_id, timeline.add_note(account, "A note", by=admin).pk, by=admin)
        ContactPoint.objects.create(debtor=account.debtor, kind="phone", value="+15125550143")
        audit.record_access(account)
        SettlementOffer.objects.create(account=account, balance=500, amount=300, expires_on=today(), status="offered")
        ReportSchedule.objects.create(
            report=REPORTS[0].slug, frequency="daily", hour=7, format="pdf", recipients=[str(admin.pk)],
            next_run_at=timezone.now(), made_by=admin,
        )  # fmt: skip
        for model in TENANT_MODELS:
            if issubclass(model, TenantModel) and not model.objects.exists():
                any_row(model)


def any_row(model: type[TenantModel]) -> TenantModel:
    """A row of a table whose meaning is not known here: required columns filled by their type."""
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        wanted = not (field.has_default() or field.has_db_default() or field.null or field.primary_key)
        if isinstance(field, models.ForeignKey) and wanted:
            values[field.name] = field.related_model._default_manager.first() or any_row(field.related_model)
        elif wanted and isinstance(field, models.CharField | models.TextField):
            values[field.name] = field.choices[0][0] if field.choices else "x"
        elif wanted and isinstance(field, models.IntegerField | models.DecimalField):
            values[field.name] = 1
        elif wanted and isinstance(field, models.DateTimeField):
            values[field.name] = timezone.now()
        elif wanted and isinstance(field, models.DateField):
            values[field.name] = today()
    return model.objects.create(**values)
