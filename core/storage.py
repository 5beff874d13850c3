"""Where do files live? In Django's default storage (local disk, or S3 by setting), under names of our own.

What a sender calls his file is never part of a path here.
"""

from contextlib import suppress
from datetime import date
from typing import Any, BinaryIO, cast
from uuid import uuid4

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.http import content_disposition_header

from core import tenancy


def keep(file: BinaryIO, folder: str) -> str:
    """Store the file, from its beginning, for the current agency; gives the name to open it by.

    When it cannot be stored whole (an OSError: the disk is full), nothing of it is left.
    """
    return keep_as(new_name(folder), file)


def new_name(folder: str) -> str:
    """A name for a file of the current agency: who writes it down before `keep_as` finds the file whatever happens."""
    return f"{folder}/{tenancy.current_agency_id()}/{date.today():%Y/%m}/{uuid4().hex}"  # noqa: DTZ011


def keep_as(name: str, file: BinaryIO) -> str:
    """Store the file under a name of `new_name`, as `keep` does."""
    file.seek(0)
    try:
        return default_storage.save(name, File(file))
    except Exception:
        with suppress(Exception):
            default_storage.delete(name)
        raise


def opened(name: str) -> BinaryIO:
    """The stored file, open for reading; the caller closes it."""
    return cast("BinaryIO", default_storage.open(name, "rb"))


def discard(name: str) -> None:
    """Delete the stored file once the caller's transaction is committed: a row that comes back finds its file."""
    transaction.on_commit(lambda: delete(name))


def delete(name: str) -> None:
    """Delete the stored file now; one that is gone already is fine."""
    default_storage.delete(name)


def link(name: str, *, file_name: str, seconds: int) -> str | None:
    """Where the storage itself gives the file to whoever has the address, for that long; None when only we can.

    S3 does (a presigned URL): what is large then does not keep a web process busy.
    """
    if not getattr(default_storage, "querystring_auth", False):
        return None
    told: Any = default_storage
    attached = {"ResponseContentDisposition": content_disposition_header(as_attachment=True, filename=file_name)}
    return str(told.url(name, parameters=attached, expire=seconds))
