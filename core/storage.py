"""Where do files live? In Django's default storage (local disk, or S3 by setting), under names of our own.

What a sender calls his file is never part of a path here.
"""

from contextlib import suppress
from datetime import date
from typing import BinaryIO, cast
from uuid import uuid4

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from core import tenancy


def keep(file: BinaryIO, folder: str) -> str:
    """Store the file, from its beginning, for the current agency; gives the name to open it by.

    When it cannot be stored whole (an OSError: the disk is full), nothing of it is left.
    """
    file.seek(0)
    name = f"{folder}/{tenancy.current_agency_id()}/{date.today():%Y/%m}/{uuid4().hex}"  # noqa: DTZ011
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
    transaction.on_commit(lambda: default_storage.delete(name))
