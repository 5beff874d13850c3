"""What may a feed's host, folders and pattern be? One set of rules for the form and the operators' command.

Each rule gives the value as it is kept, and raises ValidationError with a sentence.
"""

import posixpath
import re
from collections.abc import Mapping
from ipaddress import ip_address

from django.core.exceptions import ValidationError

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")


def host(value: str) -> str:
    """A name or an IP address, in small letters."""
    kept = value.strip().lower().removesuffix(".")
    if "/" in kept or "@" in kept:
        raise ValidationError("Enter the host alone, without sftp://, user or folder: sftp.example.com.")
    if _is_ip(kept):
        return kept
    if ":" in kept:
        raise ValidationError("Enter the port in its own field.")
    if not kept or len(kept) > 253 or not all(_LABEL.fullmatch(label) for label in kept.split(".")):
        raise ValidationError("This is no host. Enter a name such as sftp.example.com, or an IP address.")
    return kept


def folder(value: str) -> str:
    """A path on the server."""
    if not value.isprintable():
        raise ValidationError("A folder cannot hold line breaks or control characters.")
    return value


def pattern(value: str) -> str:
    """Names such as `*.csv`; the folder has its own field."""
    if not value.isprintable():
        raise ValidationError("A pattern cannot hold line breaks or control characters.")
    if "/" in value:
        raise ValidationError("A pattern matches names of files, so it holds no slash. The folder has its own field.")
    return value


def apart(folders: Mapping[str, str]) -> dict[str, str]:
    """Fields whose folder is the one that is read, with a sentence each: files put there would be read again."""
    read = _place(folders.get("remote_dir", ""))
    others = ("processed_dir", "failed_dir", "outgoing_dir")
    clashes = [name for name in others if folders.get(name) and _place(folders[name]) == read]
    return dict.fromkeys(clashes, "Choose another folder than the one that is read.")


def _place(path: str) -> str:
    return posixpath.normpath(path).lstrip("/")


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
