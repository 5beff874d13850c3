"""Every URL of the installation, found by itself, with an object of Harborline for each parameter."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import URLPattern, get_resolver

from core import tenancy
from core.models import Account, Agency
from core.tenancy import TenantModel

# What may be opened without signing in. Add to it only with a reason.
PUBLIC = {
    "account_login",
    "account_logout",  # signs nobody out who is not in
    "account_signup",  # says that it is closed
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_confirm_email",
    "account_email_verification_sent",
    "account_confirm_login_code",
    "mfa_authenticate",  # the second step of signing in
    "mfa_login_webauthn",
    "admin:login",  # leads to the one sign-in
    "health",
    "ready",
    "metrics",  # for a token, in development for all
    "paid",  # where a debtor comes back to who has paid by a link; it says nothing of anybody
    "payments_webhook:stripe",  # signed by Stripe instead
    "payments_webhook:stripe_of",
}
# Parameters that name no row: of pages that are not ours, and reports.
FOREIGN: dict[tuple[str, str], str] = {
    ("account_confirm_email", "key"): "nonsense",
    ("account_reset_password_from_key", "uidb36"): "1",
    ("account_reset_password_from_key", "key"): "nonsense",
    ("mfa_remove_webauthn", "pk"): "1",
    ("mfa_edit_webauthn", "pk"): "1",
    ("admin:app_list", "app_label"): "core",
    ("admin:", "url"): "nonsense/",
    ("reports:report", "slug"): "import-quality",
}


@dataclass(frozen=True)
class Page:
    """One URL pattern, with its parameters filled in."""

    name: str
    path: str
    about: type[models.Model] | None  # the model whose row the parameters name

    @property
    def area(self) -> str:
        """`public`, `admin` (Django's), `own` (the user's own sign-in facts, or nobody's) or `agency`."""
        if self.name in PUBLIC:
            return "public"
        own = ("account_", "mfa_", "usersessions_", "admin:logout", "home", "styleguide")
        if self.name.startswith(own):
            return "own"
        return "admin" if self.name.startswith("admin:") else "agency"

    @property
    def is_of_an_agency(self) -> bool:
        return self.about is not None and (issubclass(self.about, TenantModel) or self.about is Account)


def patterns() -> Iterator[tuple[str, str, URLPattern]]:
    """(name with name spaces, route, pattern) of everything that the installation answers."""

    def walk(resolver: Any, route: str, spaces: tuple[str, ...]) -> Iterator[tuple[str, str, URLPattern]]:
        for item in resolver.url_patterns:
            here = route + str(item.pattern)
            if isinstance(item, URLPattern):
                yield ":".join([*spaces, item.name or ""]), here, item
            else:
                yield from walk(item, here, (*spaces, item.namespace) if item.namespace else spaces)

    return walk(get_resolver(), "", ())


def pages(harborline: Agency) -> list[Page]:
    """Every URL, its parameters naming objects of Harborline. A parameter that nobody knows fails the test."""
    found = []
    for name, route, pattern in patterns():
        about = None
        for parameter in re.findall(r"<(?:\w+:)?(\w+)>", route):
            value, model = value_of(name, parameter, pattern, harborline)
            about = about or model
            route = re.sub(rf"\(\?P<{parameter}>[^)]*\)|<(?:\w+:)?{parameter}>", value, route)
        found.append(Page(name, "/" + re.sub(r"[\^$]", "", route), about))
    return found


def value_of(
    name: str, parameter: str, pattern: URLPattern, harborline: Agency
) -> tuple[str, type[models.Model] | None]:
    if (name, parameter) in FOREIGN:
        return FOREIGN[name, parameter], None
    model = model_of(name, parameter, pattern)
    if model is None:
        pytest.fail(f"Tell tests/guard/urls.py what <{parameter}> of {name!r} names, so that it can be tested.")
    if model is ContentType:
        return str(ContentType.objects.get_for_model(Account).pk), None
    return str(row_of(model, harborline)), model


def model_of(name: str, parameter: str, pattern: URLPattern) -> type[models.Model] | None:
    from core.models import Collector, Creditor, Debtor, Disposition, User
    from imports.models import Mapping, SFTPFeed, SFTPImportJob, Upload
    from payments.models import DailyComparison, Payment, PaymentProcessor, SettlementOffer, WebhookEvent
    from reports.models import Export, ReportSchedule
    from worklist.models import BulkAct, SavedView

    known: dict[tuple[str, str], type[models.Model]] = {
        ("worklist", "pk"): Account,
        ("worklist", "payment"): Payment,
        ("worklist:undo", "pk"): BulkAct,
        ("worklist:view", "pk"): SavedView,
        ("worklist:view_deletion", "pk"): SavedView,
        ("team", "pk"): Collector,
        ("imports", "pk"): SFTPImportJob,
        ("imports:mapping", "pk"): Mapping,
        ("payments", "pk"): Payment,
        ("payments:commission_of", "pk"): Collector,
        ("payments:comparison_renewals", "pk"): DailyComparison,
        ("payments:decisions", "pk"): SettlementOffer,
        ("payments:floor", "pk"): Creditor,
        ("payments:event", "pk"): WebhookEvent,
        ("payments:event_replays", "pk"): WebhookEvent,
        ("payments_webhook", "processor"): PaymentProcessor,
        ("processors", "pk"): PaymentProcessor,
        ("exports", "pk"): Export,
        ("schedules", "pk"): ReportSchedule,
        ("admin:enter_agency", "pk"): Agency,
        ("admin:auth_user_password_change", "id"): User,
        ("admin:view_on_site", "content_type_id"): ContentType,
        ("admin:view_on_site", "object_id"): Account,
    }
    if name.startswith("worklist:debtor"):
        return Debtor
    if name.startswith("imports:feed") and parameter == "pk":
        return SFTPFeed
    if name.startswith("team:outcome") and parameter == "pk":
        return Disposition
    if name.startswith("imports:upload") and parameter == "pk":
        return Upload
    model = known.get((name, parameter)) or known.get((name.partition(":")[0], parameter))
    if model is None and parameter == "object_id":
        model = getattr(pattern.callback, "model_admin").model  # noqa: B009  (the admin writes it on the function)
    return model


def row_of(model: type[models.Model], harborline: Agency) -> Any:
    """The key of Harborline's row, or of any row where the table knows no agency."""
    if model is Agency:
        return harborline.pk
    with tenancy.acting_for(harborline):
        rows = model._base_manager.all()
        if any(field.attname == "agency_id" for field in model._meta.fields):
            rows = rows.filter(agency_id=harborline.pk)
        row = rows.order_by("pk").first()
    return row.pk if row is not None else uuid4()
