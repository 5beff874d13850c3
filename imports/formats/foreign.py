"""What is certainly no table, and what should its sender do? Known by its first bytes, whatever its name says."""

from collections.abc import Sequence
from typing import BinaryIO

from imports.formats import Refused

_EXPORT = "Save it as .xlsx or CSV."
_UNPACK = "Send the file itself, or packed as gzip or zip."
# Where in the file, what stands there, what is said.
_SIGNATURES = (
    (0, b"%PDF-", f"This is a PDF, not a table. {_EXPORT}"),
    (0, b"\x89PNG\r\n\x1a\n", f"This is a picture (PNG), not a table. {_EXPORT}"),
    (0, b"\xff\xd8\xff", f"This is a picture (JPEG), not a table. {_EXPORT}"),
    (0, b"GIF8", f"This is a picture (GIF), not a table. {_EXPORT}"),
    (0, b"{\\rtf", f"This is a text document (RTF), not a table. {_EXPORT}"),
    (0, b"7z\xbc\xaf\x27\x1c", f"This is a 7-Zip archive. {_UNPACK}"),
    (0, b"Rar!\x1a\x07", f"This is a RAR archive. {_UNPACK}"),
    (4, b"1AY&SY", f"This is a bzip2 archive. {_UNPACK}"),
    (0, b"\xfd7zXZ\x00", f"This is an xz archive. {_UNPACK}"),
    (0, b"\x28\xb5\x2f\xfd", f"This is a Zstandard archive. {_UNPACK}"),
    (257, b"ustar", f"This is a tar archive. {_UNPACK}"),
    (0, b"-----BEGIN PGP MESSAGE", "The file is encrypted with PGP. Send it unencrypted: SFTP encrypts it on its way."),
)
_MARKUP = (b"<html", b"<!doctype html", b"<?xml", b"<table")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names in the directory of an OLE file, of which the first is there when the workbook has a password.
_PROTECTED, _OLD_EXCEL = "EncryptedPackage".encode("utf-16-le"), ("Workbook", "Book")
_OFFICE = (
    ("xl/workbook.bin", f"This is a binary Excel file (.xlsb). {_EXPORT}"),
    ("word/document.xml", f"This is a Word document, not a table. {_EXPORT}"),
    ("ppt/presentation.xml", f"This is a presentation, not a table. {_EXPORT}"),
    ("META-INF/manifest.xml", f"This is an OpenDocument file, which is not read. {_EXPORT}"),
)


def refuse_foreign(file: BinaryIO, names: Sequence[str] = ()) -> None:
    """Raise Refused, saying what it is, when it is no table; `names` are what it holds if it is a ZIP archive."""
    file.seek(0)
    head = file.read(512)
    for place, signature, sentence in _SIGNATURES:
        if head.startswith(signature, place):
            raise Refused(sentence)
    if head.startswith(_OLE):
        raise Refused(_told_of_ole(file, head))
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise Refused(f"This is a web page or XML, not a table, whatever its name says. {_EXPORT}")
    for name, sentence in _OFFICE:
        if name in names:
            raise Refused(sentence)


def _told_of_ole(file: BinaryIO, head: bytes) -> str:
    """Word, Excel and protected workbooks are the same kind of file; what is in it stands in its directory."""
    sector_size = 1 << min(int.from_bytes(head[30:32], "little"), 12)
    file.seek((int.from_bytes(head[48:52], "little") + 1) * sector_size)
    directory = file.read(8 * sector_size)
    if _PROTECTED in directory:
        return "The file is protected with a password. Save it without one, or as CSV."
    if any(name.encode("utf-16-le") in directory for name in _OLD_EXCEL):
        return f"This is an old Excel file (.xls). {_EXPORT}"
    return f"This is an old Office file, not a table. {_EXPORT}"
