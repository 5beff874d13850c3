"""Where do files live? In Django's default storage (local disk, or S3 by setting), under names of our own.

What a sender calls his file is never part of a path here.
"""

from datetime import date
from typing import BinaryIO, cast
from uuid import uuid4

from django.core.files import File
from django.core.files.storage import default_storage

from core import tenancy


def keep(file: BinaryIO, folder: str) -> str:
    """Store the file, from its beginning, for the current agency; gives the name to open it by."""
    file.seek(0)
    name = f"{folder}/{tenancy.current_agency_id()}/{date.today():%Y/%m}/{uuid4().hex}"  # noqa: DTZ011
    return default_storage.save(name, File(file))


def opened(name: str) -> BinaryIO:
    """The stored file, open for reading; the caller closes it."""
    return cast("BinaryIO", default_storage.open(name, "rb"))
