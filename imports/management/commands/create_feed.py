"""create_feed: look into a folder on a creditor's SFTP server from now on."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from core import onboarding, tenancy
from core.commands import OperatorCommand, Outcome
from core.models import Creditor
from imports import feeds, mapping
from imports.fetching import sftp
from imports.models import Format, SFTPFeed
from imports.pages import feed_rules


class Command(OperatorCommand):
    help = "Create an SFTP feed; its host key is pinned."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--agency", required=True, help="name of the agency")
        parser.add_argument("--name", required=True, help="name of the feed, unique in the agency")
        parser.add_argument("--host", required=True)
        parser.add_argument("--port", type=int, default=22)
        parser.add_argument("--username", required=True)
        credential = parser.add_mutually_exclusive_group(required=True)
        credential.add_argument("--password-stdin", action="store_true", help="read the password's one line")
        credential.add_argument("--key-file", help="private key in OpenSSH or PEM form, without passphrase")
        key = parser.add_mutually_exclusive_group(required=True)
        key.add_argument("--host-key", help="the server's public key: 'ssh-ed25519 AAAA…'")
        key.add_argument("--accept-host-key", action="store_true", help="pin the key that the server shows now")
        parser.add_argument("--remote-dir", required=True)
        parser.add_argument("--processed-dir", default="processed")
        parser.add_argument("--failed-dir", default="failed")
        parser.add_argument("--outgoing-dir", default="", help="where acknowledgment files are put; nowhere by default")
        parser.add_argument("--pattern", default="*.csv", help="names that are imported, *.csv by default")
        parser.add_argument("--creditor", default="", help="for rows that name none")
        parser.add_argument("--format", default=Format.CSV.value, choices=Format.values)
        parser.add_argument("--mapping", default="", metavar="FILE.json", help="how the creditor's columns are read")

    def carry_out(self, **options: Any) -> Outcome:
        settings = _settings(options)
        spec = mapping_in(options["mapping"])
        host_key = options["host_key"] or _shown_key(settings["host"], settings["port"])
        with tenancy.acting_for(onboarding.agency_named(options["agency"])):
            feed = SFTPFeed(
                **settings,
                host_key=" ".join(host_key.split()[:2]),
                creditor=creditor_named(options["creditor"]),
                password=_password() if options["password_stdin"] else "",
                private_key=_key(options["key_file"]) if options["key_file"] else "",
            )
            try:
                shown = sftp.fingerprint(feed.host_key)
                feed.full_clean(exclude=["id"])
            except (ValidationError, sftp.Trouble) as error:
                raise CommandError(" ".join(getattr(error, "messages", [str(error)]))) from error
            feed.save()
            kept = feeds.keep_mapping(feed, spec, by=None)
        return Outcome(
            f"Created the feed {feed.name}. It reads {feed.host}:{feed.port}/{feed.remote_dir.lstrip('/')}"
            f" and trusts only the host key {shown}.",
            {
                "feed": feed.pk,
                "name": feed.name,
                "host_key": feed.host_key,
                "fingerprint": shown,
                "mapping_version": kept.version if kept else None,
            },
        )


def creditor_named(name: str) -> Creditor | None:
    """The current agency's creditor of that name, made when missing; None for no name."""
    if not name:
        return None
    return Creditor.objects.filter(name__iexact=name).first() or Creditor.objects.create(name=name)


def _settings(options: dict[str, Any]) -> dict[str, Any]:
    """The feed's own columns, by the rules that the page has too."""
    folders = {name: options[name] for name in ("remote_dir", "processed_dir", "failed_dir", "outgoing_dir")}
    names = ("name", "port", "username", "format")
    try:
        if clashes := feed_rules.apart(folders):
            raise ValidationError([f"--{name.replace('_', '-')}: {why}" for name, why in clashes.items()])
        return {
            **{name: options[name] for name in names},
            **{name: feed_rules.folder(path) for name, path in folders.items()},
            "host": feed_rules.host(options["host"]),
            "pattern": feed_rules.pattern(options["pattern"]),
        }
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error


def mapping_in(path: str) -> mapping.Spec:
    """The mapping in the file, an empty one without a path. Raises CommandError with a sentence."""
    if not path:
        return mapping.NOTHING
    try:
        return mapping.read(json.loads(Path(path).read_bytes()))
    except OSError as error:
        raise CommandError(f"The mapping cannot be read: {error}") from error
    except mapping.WrongMapping as error:
        raise CommandError(f"The mapping cannot be used. {error}") from error
    except ValueError as error:
        raise CommandError(f"The mapping is no JSON: {error}") from error


def _shown_key(host: str, port: int) -> str:
    try:
        return sftp.host_key_of(host, port)
    except sftp.Trouble as trouble:
        raise CommandError(str(trouble)) from trouble


def _password() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise CommandError("There is no password on standard input.")
    return password


def _key(path: str) -> str:
    try:
        key = Path(path).read_text()
        sftp.check_private_key(key)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"The key file cannot be read: {error}") from error
    except sftp.Trouble as trouble:
        raise CommandError(str(trouble)) from trouble
    return key
