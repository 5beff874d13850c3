"""What does a file hold, by its first bytes? Archives of one file are unpacked, what is no table is refused.

What is unpacked goes to a temporary file without a name: memory stays flat, nothing is left behind by a killed worker,
and damage shows before the first row is read. Names within archives are only ever shown.
"""

import gzip
import lzma
import struct
import tempfile
import zipfile
import zlib
from contextlib import ExitStack
from pathlib import PurePosixPath
from typing import IO, BinaryIO, cast

from django.conf import settings

from imports.formats import Refused
from imports.formats.foreign import refuse_foreign
from imports.mapping import listed

_PIECE = 1 << 18
_GZIP, _ZIP, _EMPTY_ZIP = b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06"
_DIRECTORY_END = struct.Struct("<4s8xLL2x")
# A directory of more bytes names thousands of files: it is not read into memory to say so.
_LONGEST_DIRECTORY = 1 << 20
_MOST_NAMED = 5
_DAMAGED = (gzip.BadGzipFile, zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError)


def unpacked(file: BinaryIO, temporary: ExitStack) -> tuple[BinaryIO, str]:
    """The content, seekable, and what it was packed in: "gzip", "zip" or "". Raises Refused.

    A workbook is not unpacked, although it is a ZIP archive. What is unpacked is closed with `temporary`.
    """
    packed = _packed(file)
    if not packed:
        refuse_foreign(file)
        return file, ""
    try:
        with _unpacking(file, packed) as source:
            content = _copied(source, temporary)
    except _DAMAGED as error:
        raise Refused(f"The {packed} archive is damaged or incomplete. Send it again.") from error
    except NotImplementedError as error:
        raise Refused("The zip archive is packed in a way that is not read. Pack it again.") from error
    if inner := _packed(content):
        raise Refused(f"The {packed} archive holds another archive ({inner}). Send the file packed once.")
    refuse_foreign(content)
    return content, packed


def is_excel(file: BinaryIO) -> bool:
    """Is it a workbook of Excel (.xlsx, .xlsm)?"""
    return _head(file, 4) == _ZIP and {"[Content_Types].xml", "xl/workbook.xml"} <= set(_names(file))


def refuse_large(size: int) -> None:
    """Raise Refused when that many bytes are more than an archive may unpack to."""
    if size > (limit := settings.IMPORT_MAX_UNPACKED_BYTES):
        raise Refused(f"Unpacked, the file has more than {limit:,} bytes, which is the limit. Split it.")


def _packed(file: BinaryIO) -> str:
    head = _head(file, 4)
    if head[:2] == _GZIP:
        return "gzip"
    if head not in (_ZIP, _EMPTY_ZIP) or is_excel(file):
        return ""
    refuse_foreign(file, names=_names(file))
    return "zip"


def _head(file: BinaryIO, length: int) -> bytes:
    file.seek(0)
    return file.read(length)


def _unpacking(file: BinaryIO, packed: str) -> IO[bytes]:
    file.seek(0)
    if packed == "gzip":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=file))
    archive = zipfile.ZipFile(file)
    return archive.open(_only_file(archive))


def _only_file(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    # What macOS adds to every archive is not meant for us.
    files = [info for info in archive.infolist() if not info.is_dir() and not info.filename.startswith("__MACOSX/")]
    if not files:
        raise Refused("The zip archive holds no file.")
    names = [f"“{PurePosixPath(info.filename).name}”" for info in files]
    if len(files) > 1:
        more = len(names) - _MOST_NAMED
        shown = [*names[:_MOST_NAMED], f"{more} more"] if more > 0 else names
        raise Refused(f"The zip archive holds {len(names)} files: {listed(shown)}. Send one file in an archive.")
    if files[0].flag_bits & 1:
        raise Refused(f"{names[0]} in the zip archive is protected with a password. Send it without one.")
    return files[0]


def _names(file: BinaryIO) -> list[str]:
    """What a ZIP archive holds, of reasonable length. Raises Refused when its directory is missing."""
    size = file.seek(0, 2)
    file.seek(max(0, size - (1 << 16) - _DIRECTORY_END.size))
    tail = file.read()
    place = tail.rfind(_EMPTY_ZIP)
    try:
        _, length, _ = _DIRECTORY_END.unpack_from(tail, place if place >= 0 else len(tail))
        if length > _LONGEST_DIRECTORY:
            raise Refused("The zip archive holds too many files. Send one file in an archive.")
        with zipfile.ZipFile(file) as archive:
            return archive.namelist()
    except (*_DAMAGED, NotImplementedError, struct.error) as error:
        raise Refused("The zip archive is damaged or incomplete. Send it again.") from error


def _copied(source: IO[bytes], temporary: ExitStack) -> BinaryIO:
    content = temporary.enter_context(tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR))  # noqa: SIM115
    while piece := source.read(_PIECE):
        refuse_large(content.tell() + len(piece))
        content.write(piece)
    return content
