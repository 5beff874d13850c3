"""Feeds and jobs in Django admin, for the platform operator within one agency: to look. Feeds have pages of their own,
where the operator who entered the agency changes them as its admin does; credentials are shown nowhere."""

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from imports.models import SFTPFeed, SFTPImportJob


@admin.register(SFTPFeed)
class SFTPFeedAdmin(ReadOnlyAdmin):
    exclude = ["password", "private_key"]
    list_display = ["name", "host", "remote_dir", "is_active", "last_polled_at", "last_error"]
    list_filter = ["is_active"]
    search_fields = ["name", "host"]


@admin.register(SFTPImportJob)
class SFTPImportJobAdmin(ReadOnlyAdmin):
    list_display = ["file_name", "status", "processed_ok", "processed_errors", "created_at"]
    list_filter = ["status"]
    search_fields = ["file_name"]
