"""Feeds and jobs in Django admin, for the platform operator within one agency. Credentials are written, never read."""

from typing import Any

from django import forms
from django.contrib import admin

from core.admin import JournalAdmin, TenantAdmin
from imports.models import SFTPFeed, SFTPImportJob


class FeedForm(forms.ModelForm):
    """The admin names model and fields, within the agency. An empty credential keeps the one that is stored."""

    password = forms.CharField(
        required=False, widget=forms.PasswordInput, help_text="Stored encrypted, never shown. Empty: unchanged."
    )
    private_key = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        help_text="OpenSSH or PEM, no passphrase. Stored encrypted, never shown. Empty: unchanged.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stored = {name: getattr(self.instance, name) for name in ("password", "private_key")}
        for name in self._stored:
            self.initial.pop(name, None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, stored in self._stored.items():
            cleaned[name] = cleaned.get(name) or stored
        if not (cleaned["password"] or cleaned["private_key"]):
            raise forms.ValidationError("Enter a password or a private key.")
        return cleaned


@admin.register(SFTPFeed)
class SFTPFeedAdmin(TenantAdmin):
    form = FeedForm
    fields = [
        *("name", "creditor", "host", "port", "username", "password", "private_key", "host_key", "remote_dir"),
        *("processed_dir", "failed_dir", "pattern", "format", "is_active", "last_polled_at", "last_error"),
    ]
    list_display = ["name", "host", "remote_dir", "is_active", "last_polled_at", "last_error"]
    list_filter = ["is_active"]
    search_fields = ["name", "host"]
    readonly_fields = ["last_polled_at", "last_error"]


@admin.register(SFTPImportJob)
class SFTPImportJobAdmin(JournalAdmin):
    list_display = ["file_name", "status", "processed_ok", "processed_errors", "created_at"]
    list_filter = ["status"]
    search_fields = ["file_name"]
