"""What does a feed's page show: its form, the server's key, and what a test of the connection found?"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from imports.fetching import sftp
from imports.models import SFTPFeed
from imports.pages import accepted_keys
from imports.pages.feed_forms import CREDENTIALS, FeedForm, version_of


@dataclass(frozen=True)
class Keys:
    """The server's key as the page shows it, by fingerprints; empty when there is none.

    `pinned` is stored. `shown` is another one that waits to be accepted, and `token` carries it through the form.
    """

    pinned: str
    shown: str
    token: str
    is_accepted: bool


@dataclass(frozen=True)
class Page:
    """`theirs` is what somebody else saved meanwhile: (label, value) of each setting that differs."""

    form: FeedForm
    keys: Keys
    probe: sftp.Probe | None = None
    theirs: tuple[tuple[str, str], ...] = ()
    is_lost: bool = False

    @property
    def feed(self) -> SFTPFeed:
        """The feed as it is stored; a new one is empty."""
        return self.form.before

    @property
    def files(self) -> list[tuple[sftp.RemoteFile, datetime]]:
        """The files that the test found, with the time of their last change."""
        found = self.probe.files if self.probe else []
        return [(file, datetime.fromtimestamp(file.mtime, UTC)) for file in found]

    @property
    def version(self) -> str:
        """Which state the next save takes for the last one: after a lost race the present one."""
        posted = self.form.data.get("version", "") if self.form.testing else ""
        return posted or version_of(self.form.before)


def page_of(form: FeedForm, probe: sftp.Probe | None = None, *, is_lost: bool = False) -> Page:
    """The page around that form; the probe when the connection was just tested."""
    return Page(form, _keys(form, probe), probe, _theirs(form) if is_lost else (), is_lost)


def fingerprint(host_key: str) -> str:
    """The key's fingerprint; empty for none, and for a text that is no key."""
    try:
        return sftp.fingerprint(host_key)
    except (sftp.Trouble, ValueError):
        return ""


def _keys(form: FeedForm, probe: sftp.Probe | None) -> Keys:
    before = form.before
    said = getattr(form, "cleaned_data", {})
    host, port = said.get("host", before.host), said.get("port", before.port)
    stays = not form.is_bound or (host, port) == (before.host.lower(), before.port)
    pinned = before.host_key if stays else ""
    shown = (probe and probe.host_key) or accepted_keys.shown_by(said.get("shown_key", ""), host, port)
    of_pinned, of_shown = fingerprint(pinned), fingerprint(shown)
    if of_shown in ("", of_pinned):
        return Keys(of_pinned, "", "", is_accepted=False)
    return Keys(of_pinned, of_shown, accepted_keys.signed(host, port, shown), is_accepted=shown == form.host_key)


def _theirs(form: FeedForm) -> tuple[tuple[str, str], ...]:
    differing = [name for name in form.changed_data if name in form.Meta.fields and name not in CREDENTIALS]
    return tuple((str(form.fields[name].label), _in_words(form.before, name)) for name in differing)


def _in_words(feed: SFTPFeed, name: str) -> str:
    words: dict[str, Any] = {
        "format": feed.get_format_display(),
        "is_active": "active" if feed.is_active else "paused",
        "creditor": feed.creditor or "none",
    }
    return str(words.get(name, getattr(feed, name))) or "empty"
