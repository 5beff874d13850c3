"""Django admin: the platform operator's tool.

A superuser sees agencies and users across the installation; everything else only after entering one agency, which is
audited. Journals and the audit log are read-only here as everywhere; so are debtors and their numbers, whose changes
`core/debtors.py` and `core/contact_points.py` write down with who, why and since when.
"""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from core import audit, tenancy
from core.models import (
    Account,
    Activity,
    Agency,
    AuditLog,
    BalanceEntry,
    Collector,
    ContactPoint,
    Creditor,
    Debtor,
    Hold,
    User,
)
from core.signin import ENTERED


class TenantAdmin(admin.ModelAdmin):
    """A table of one agency: there only after the superuser has entered it."""

    show_full_result_count = False
    list_per_page = 50

    def _inside(self) -> bool:
        return tenancy.agency_id_or_none() is not None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Outside an agency there is nothing to be found; the admin then says so, instead of failing."""
        if self._inside():
            return super().get_queryset(request)
        return self.model.objects.unscoped().none()  # none of any agency: no query runs at all

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._inside() and super().has_module_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._inside() and super().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._inside() and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._inside() and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False  # PROTECT everywhere: records of a collection agency are withdrawn or switched off


class ReadOnlyAdmin(TenantAdmin):
    """Look, never touch: a journal, or facts that change by verbs which keep the history."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(Agency)
class AgencyAdmin(admin.ModelAdmin):
    list_display = ["name", "license_number", "timezone", "is_active", "enter"]
    search_fields = ["name", "license_number"]

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    @admin.display(description="")
    def enter(self, agency: Agency) -> str:
        if tenancy.agency_id_or_none() == agency.pk:
            return format_html('<a href="{}">entered: leave</a>', reverse("admin:leave_agency"))
        return format_html('<a href="{}">enter</a>', reverse("admin:enter_agency", args=[agency.pk]))

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("enter/<uuid:pk>/", wrap(self.enter_agency), name="enter_agency"),
            path("leave/", wrap(self.leave_agency), name="leave_agency"),
            *super().get_urls(),
        ]

    def enter_agency(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Ask on GET; on POST work for this agency from now on, and write it into the audit log."""
        agency = get_object_or_404(Agency, pk=pk, is_active=True)
        if request.method != "POST":
            context = {**self.admin_site.each_context(request), "title": f"Enter {agency}", "agency": agency}
            return TemplateResponse(request, "admin/enter_agency.html", context)
        request.session[ENTERED] = str(agency.pk)
        with tenancy.acting_for(agency):
            audit.record_access(agency)
        messages.info(request, f"You now work in {agency}. Every view and change is in its audit log.")
        return redirect("admin:index")

    def leave_agency(self, request: HttpRequest) -> HttpResponse:
        """Work for no agency again."""
        request.session.pop(ENTERED, None)
        return redirect("admin:core_agency_changelist")


@admin.register(User)
class PeopleAdmin(UserAdmin):
    list_display = ["username", "email", "agency", "role", "is_active", "is_superuser"]
    list_filter = ["role", "is_active", "is_superuser", "agency"]
    ordering = ["username"]
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Role", {"fields": ("agency", "role", "is_active", "is_staff", "is_superuser")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "fields": (
                    "username",
                    "email",
                    "agency",
                    "role",
                    "is_superuser",
                    "usable_password",
                    "password1",
                    "password2",
                )
            },
        ),
    )
    filter_horizontal = ()

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False  # switched off instead: what a user did stays his


@admin.register(Collector)
class CollectorAdmin(TenantAdmin):
    list_display = ["user", "commission_rate", "max_accounts", "is_active"]
    list_select_related = ["user"]


@admin.register(Creditor)
class CreditorAdmin(TenantAdmin):
    list_display = ["name", "external_ref", "contingency_rate", "is_active"]
    search_fields = ["name"]


@admin.register(Debtor)
class DebtorAdmin(ReadOnlyAdmin):
    list_display = ["full_name", "external_ref", "city", "state"]
    search_fields = ["external_ref"]
    exclude = ["ssn_last4", "date_of_birth"]


@admin.register(ContactPoint)
class ContactPointAdmin(ReadOnlyAdmin):
    list_display = ["value", "kind", "status", "source"]


@admin.register(Account)
class AccountAdmin(TenantAdmin):
    """Facts only: status, balance and desk change by their own verbs."""

    list_display = ["external_ref", "creditor", "status", "current_balance", "assigned_to", "created_at"]
    list_filter = ["status"]
    list_select_related = ["creditor", "assigned_to__user"]
    search_fields = ["external_ref"]
    autocomplete_fields = ["debtor", "creditor"]
    readonly_fields = [
        "status",
        "original_amount",
        "current_balance",
        "assigned_to",
        "assigned_at",
        "settled_at",
        "closed_reason",
        "last_contact_at",
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # accounts arrive by file


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    list_display = ["kind", "account", "debtor", "placed_at", "lifted_at"]


@admin.register(BalanceEntry)
class BalanceEntryAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "account", "kind", "amount", "actor"]
    list_select_related = ["account", "actor"]


@admin.register(Activity)
class ActivityAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "account", "kind", "actor"]
    list_select_related = ["account", "actor"]


admin.site.unregister(AuditLog)  # the package's own page knows no agency


@admin.register(AuditLog)
class AuditLogAdmin(ReadOnlyAdmin):
    """The audit log of the entered agency; outside one, of the platform (agencies, superusers)."""

    list_display = ["timestamp", "actor_email", "action", "content_type", "object_repr", "remote_addr"]
    list_filter = ["action", "content_type", "timestamp"]
    search_fields = ["=object_pk", "actor_email"]
    list_select_related = ["content_type"]
    date_hierarchy = None
    show_full_result_count = False

    def _inside(self) -> bool:
        return True

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[AuditLog]:
        return super().get_queryset(request).filter(agency_id=tenancy.agency_id_or_none())
