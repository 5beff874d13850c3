"""How does an admin tell us about a feed? Credentials are written, never read; the host key is accepted, never typed.

What is stored is used only for the server it was entered for: another host or port needs the credential again, else
whoever may edit a feed could have its password sent to a server of his own.
"""

import copy
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import BaseRenderer

from core.models import Creditor
from imports.fetching import sftp
from imports.models import SFTPFeed
from imports.pages import accepted_keys, feed_rules

CREDENTIALS = ("password", "private_key")
CONNECTION = ("host", "port", "username", *CREDENTIALS, "remote_dir", "pattern", "shown_key", "accept_key")
NAME_TAKEN = "The agency has a feed of this name already."
MISSING = "Enter a password or a private key."
REENTER = (
    "The host or port is another one. Enter the password or the private key for it; the stored one is not sent there."
)
NOT_ACCEPTED = "Test the connection and accept the server's key first, or save the feed paused."


class WriteOnlyText(forms.Textarea):
    """A text area that never gives back what was typed into it."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> Any:
        return super().render(name, "", attrs, renderer)


class FeedForm(forms.ModelForm):
    """Every setting of a feed.

    With `testing` only what a connection needs is judged. `is_stale` tells that somebody else saved the feed since
    the form was rendered; `typed` names the credentials that were entered.
    """

    password = forms.CharField(
        required=False,
        strip=False,
        max_length=1_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    private_key = forms.CharField(
        required=False,
        max_length=20_000,
        widget=WriteOnlyText(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )
    shown_key = forms.CharField(required=False, max_length=4_000, widget=forms.HiddenInput)
    accept_key = forms.BooleanField(required=False, label="I compared this key with the creditor: accept it")
    version = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    class Meta:
        model = SFTPFeed
        fields = [
            *("name", "creditor", "host", "port", "username", *CREDENTIALS, "remote_dir", "pattern", "format"),
            *("processed_dir", "failed_dir", "outgoing_dir", "is_active"),
        ]
        labels: ClassVar = {
            "creditor": "Creditor",
            "host": "Host",
            "username": "Username",
            "remote_dir": "Folder",
            "processed_dir": "Processed folder",
            "failed_dir": "Failed folder",
            "outgoing_dir": "Outgoing folder",
            "pattern": "File pattern",
            "format": "Format",
            "is_active": "Active: look into the folder by schedule",
        }
        help_texts: ClassVar = {
            "creditor": "For rows that name none.",
            "host": "Without sftp:// and without a folder.",
            "remote_dir": "Files are read from here.",
            "processed_dir": "Files that were imported are moved here.",
            "failed_dir": "Files that were refused are moved here.",
            "outgoing_dir": "Acknowledgment files are put here. Empty: none are sent.",
            "pattern": "Names that match are imported; * stands for anything.",
            "format": "Fixed width needs a column layout: enter it in the mapping.",
        }
        error_messages: ClassVar = {
            "name": {"required": "Enter a name for the feed."},
            "host": {"required": "Enter the server's host."},
            "port": {
                "required": "Enter the port, 22 by default.",
                "invalid": "Enter the port as a number, 22 by default.",
                "min_value": "A port is between 1 and 65535.",
                "max_value": "A port is between 1 and 65535.",
            },
            "username": {"required": "Enter the user to sign in as."},
            "remote_dir": {"required": "Enter the folder to read."},
            "processed_dir": {"required": "Enter where imported files go."},
            "failed_dir": {"required": "Enter where refused files go."},
            "pattern": {"required": "Enter which names to import, such as *.csv."},
        }

    def __init__(self, *args: Any, testing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.testing = testing
        self.use_required_attribute = False
        self.before = copy.copy(self.instance)
        self.typed: tuple[str, ...] = ()
        self.host_key = ""
        for name in CREDENTIALS:
            self.initial.pop(name, None)
        self.initial["version"] = version_of(self.before)
        self._dress()

    @property
    def is_new(self) -> bool:
        """Is the feed only being made?"""
        return self.before.updated_at is None

    @property
    def is_stale(self) -> bool:
        """Did somebody else save the feed since this form was rendered?"""
        return not self.is_new and self.data.get("version", "") != version_of(self.before)

    def address(self) -> sftp.Address:
        """Where a test goes, with the key that is accepted by now; only of a valid form."""
        said = self.cleaned_data
        secrets = (said["password"], said["private_key"])
        return sftp.Address(said["host"], said["port"], said["username"], *secrets, self.host_key)

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if name.lower() != self.before.name.lower() and SFTPFeed.objects.filter(name__iexact=name).exists():
            raise ValidationError(NAME_TAKEN)
        return name

    def clean_host(self) -> str:
        return feed_rules.host(self.cleaned_data["host"])

    def clean_remote_dir(self) -> str:
        return feed_rules.folder(self.cleaned_data["remote_dir"])

    def clean_processed_dir(self) -> str:
        return feed_rules.folder(self.cleaned_data["processed_dir"])

    def clean_failed_dir(self) -> str:
        return feed_rules.folder(self.cleaned_data["failed_dir"])

    def clean_outgoing_dir(self) -> str:
        return feed_rules.folder(self.cleaned_data["outgoing_dir"])

    def clean_pattern(self) -> str:
        return feed_rules.pattern(self.cleaned_data["pattern"])

    def clean_private_key(self) -> str:
        key = "\n".join(self.cleaned_data["private_key"].split("\r\n")).strip()
        if key:
            try:
                sftp.check_private_key(key)
            except sftp.Trouble as trouble:
                raise ValidationError(str(trouble)) from trouble
        return key and key + "\n"

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        for name, sentence in feed_rules.apart(said).items():
            self.add_error(name, sentence)
        if "host" in said and "port" in said:
            moved = self.is_new or (said["host"], said["port"]) != (self.before.host.lower(), self.before.port)
            self._credentials(said, moved=moved)
            self._key(said, moved=moved)
        return said

    def full_clean(self) -> None:
        super().full_clean()
        if self.testing and self.is_bound:
            for name in set(self.errors) - set(CONNECTION):
                del self.errors[name]

    def _credentials(self, said: dict[str, Any], *, moved: bool) -> None:
        """One credential in the end: a new one replaces the other kind; an empty field keeps what is stored."""
        if any(name in self.errors for name in CREDENTIALS):
            return
        self.typed = tuple(name for name in CREDENTIALS if said[name])
        if len(self.typed) == 2:
            self.add_error("private_key", "Enter a password or a private key, not both.")
        elif not self.typed and moved:
            self.add_error("password", REENTER if _has_credential(self.before) else MISSING)
        elif not self.typed:
            for name in CREDENTIALS:
                said[name] = getattr(self.before, name)
            if not _has_credential(self.before):
                self.add_error("password", MISSING)

    def _key(self, said: dict[str, Any], *, moved: bool) -> None:
        shown = accepted_keys.shown_by(said.get("shown_key", ""), said["host"], said["port"])
        accepted = shown if said.get("accept_key") else ""
        self.host_key = accepted or ("" if moved else self.before.host_key)
        if said.get("accept_key") and not shown:
            self.add_error("accept_key", "The accepted key is not of this host and port. Test the connection again.")
        elif said.get("is_active") and not self.host_key and not self.testing:
            self.add_error("is_active", NOT_ACCEPTED)

    def _dress(self) -> None:
        creditor: Any = self.fields["creditor"]
        creditor.queryset, creditor.empty_label = Creditor.objects.order_by("name"), "None"
        for name, field in self.fields.items():
            if name not in ("accept_key", "is_active"):
                field.widget.attrs.setdefault("class", "in")
        for name in ("host", "username", "remote_dir", "processed_dir", "failed_dir", "outgoing_dir", "pattern"):
            self.fields[name].widget.attrs |= {"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
        for name, kind in (("password", "password"), ("private_key", "private key")):
            self.fields[name].help_text = _help(kind, getattr(self.before, name), _has_credential(self.before))


def version_of(feed: SFTPFeed) -> str:
    """Which state of the feed a form was rendered from; empty for a new one."""
    return feed.updated_at.isoformat() if feed.updated_at else ""


def _has_credential(feed: SFTPFeed) -> bool:
    return bool(feed.password or feed.private_key)


def _help(kind: str, stored: str, has_any: bool) -> str:
    if stored:
        return "Stored and never shown. Leave empty to keep it; what you enter replaces it."
    form = "In OpenSSH or PEM form, without passphrase. " if kind == "private key" else ""
    return form + (f"None is stored. A {kind} that you enter replaces the other credential." if has_any else "")
