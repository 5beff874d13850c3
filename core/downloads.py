"""How is a file given to somebody's browser? Streamed, as an attachment, under a name that can do no harm."""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from django.http import FileResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

LONGEST_NAME = 200
# How much text is put together before it is sent: a line at a time would be a system call a line.
PIECE = 1 << 16
# Signs that a file system or a header could take for something else.
_NOT_IN_NAMES = frozenset('/\\:*?"<>|')


def safe_name(name: str) -> str:
    """A sender's name without its folders, control signs and turned writing (which can hide an ending)."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    plain = "".join("_" if sign in _NOT_IN_NAMES or unicodedata.category(sign)[0] == "C" else sign for sign in last)
    return plain.strip(" .")[-LONGEST_NAME:] or "file"


def csv_file(lines: Iterable[str], name: str) -> StreamingHttpResponse:
    """Lines of CSV as a download. They are made after the request's transaction has ended: each source of lines
    opens its own."""
    response = StreamingHttpResponse(_pieces(lines), content_type="text/csv; charset=utf-8")
    return _attached(response, name)


def stored_file(file: BinaryIO, name: str) -> StreamingHttpResponse:
    """An open file as a download, byte for byte; it is closed when it is sent."""
    return _attached(FileResponse(file, content_type="application/octet-stream"), name)


def _attached(response: StreamingHttpResponse, name: str) -> StreamingHttpResponse:
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=safe_name(name))
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _pieces(lines: Iterable[str]) -> Iterator[bytes]:
    waiting, length = [], 0
    for line in lines:
        waiting.append(line)
        length += len(line)
        if length >= PIECE:
            yield "".join(waiting).encode()
            waiting, length = [], 0
    yield "".join(waiting).encode()
