"""How does a file that somebody hands us (an operator, a browser) become a job? Stored, hashed, then like any other."""

import hashlib
import io
from pathlib import PurePath
from typing import Any, BinaryIO

from django.conf import settings

from core import storage, tenancy
from core.models import Creditor
from imports import feeds
from imports.formats import Refused
from imports.mapping import NOTHING, Spec
from imports.models import Format, SFTPImportJob

_PIECE = 1 << 20


def receive(
    file: BinaryIO,
    name: str,
    *,
    creditor: Creditor | None = None,
    format: str = Format.CSV,  # noqa: A002
    spec: Spec = NOTHING,
) -> SFTPImportJob:
    """A pending job for the file; its name is only ever shown. Raises Refused when the file is too large."""
    with tenancy.transaction():
        return SFTPImportJob.objects.create(
            creditor=creditor,
            format=format,
            mapping=feeds.mapping_of_one_file(spec, None),
            **stored(file, name),
        )


def stored(file: BinaryIO, name: str) -> dict[str, Any]:
    """Store the file; gives what a job and an upload both say of it. Raises Refused when it is too large."""
    size, digest = _measure(file)
    refuse_larger(size)
    return {
        "file_name": PurePath(name.replace("\0", "")).name[:1024] or "file",
        "file_size": size,
        "file_sha256": digest,
        "stored_file": storage.keep(file, "imports"),
    }


def refuse_larger(size: int) -> None:
    """Raises Refused for a file of more bytes than are allowed."""
    if size > settings.IMPORT_MAX_FILE_BYTES:
        raise Refused(f"The file has {size:,} bytes; at most {settings.IMPORT_MAX_FILE_BYTES:,} are allowed.")


def _measure(file: BinaryIO) -> tuple[int, str]:
    digest = hashlib.sha256()
    file.seek(0)
    while piece := file.read(_PIECE):
        digest.update(piece)
    return file.seek(0, io.SEEK_END), digest.hexdigest()
