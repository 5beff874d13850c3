"""Which characters do the bytes stand for? A byte-order mark says so, else the bytes themselves, read to the end.

Windows-1252 and ISO-8859-1 differ only in 0x80 to 0x9F, which are letters and quotation marks in the first and never
stand in text in the second; five of them the first does not know. Left to choose among all encodings, detectors take
Western names for Polish or Urdu: they are asked about these two only.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import charset_normalizer

from imports.formats import Refused
from imports.mapping import ENCODINGS

_PIECE = 1 << 18
_HEAD = 4096
_SAMPLE = 1 << 16
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_AROUND = 200
_BEYOND_ASCII = re.compile(rb"[\x80-\xff][^\r\n]{0,%d}" % _AROUND)
_LINE_ENDS = re.compile(rb"[\r\n]")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_UNKNOWN_TO_WINDOWS = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


@dataclass(frozen=True)
class Encoding:
    """What Python calls it, what people call it, and how many bytes of byte-order mark stand before the text."""

    codec: str
    title: str
    skip: int = 0


def detect(file: BinaryIO, chosen: str = "") -> Encoding:
    """The encoding of the file; `chosen`, one of `mapping.ENCODINGS`, is believed unless a byte-order mark objects.

    Raises Refused when the bytes are no text in any encoding that we read.
    """
    file.seek(0)
    head = file.read(_HEAD)
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return Encoding(codec, "UTF-16" if codec.startswith("utf-16") else "UTF-8", len(mark))
    wide = _wide(head)
    if chosen == "utf-16" or (wide and not chosen):
        return Encoding(wide or "utf-16-le", "UTF-16")
    return _named(chosen or _narrow(file))


def _named(codec: str) -> Encoding:
    return Encoding(codec, ENCODINGS[codec])


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: in Western text every second byte is NUL."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 8 <= len(head) or min(even, odd) * 10 > max(even, odd):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _narrow(file: BinaryIO) -> str:
    good, bad = _as_utf8(file)
    # A UTF-8 file with a damaged name is not Windows-1252, where all its other names would turn to rubbish:
    # text in another encoding hardly ever has the form of UTF-8. The reader names the damaged line.
    if not bad or good * 10 > bad:
        return "utf-8"
    sample = _sample(file)
    readable = charset_normalizer.from_bytes(sample, cp_isolation=["cp1252", "iso-8859-1"]).best()
    if readable is None and _CONTROL.search(sample):  # it also doubts lines of mere names: “MUÑOZ,IBÁÑEZ”
        raise Refused(
            "The file is not text in UTF-8, UTF-16, Windows-1252 or ISO-8859-1."
            " Save it as UTF-8, or choose its encoding in the mapping."
        )
    return "iso-8859-1" if any(_UNKNOWN_TO_WINDOWS.search(piece) for piece in _pieces(file)) else "cp1252"


def _as_utf8(file: BinaryIO) -> tuple[int, int]:
    """How many characters beyond ASCII are UTF-8, and how many faults there are."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        for piece in _pieces(file):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _counted(file)
    return 0, 0


def _counted(file: BinaryIO) -> tuple[int, int]:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    foreign = bad = 0
    for piece in _pieces(file):
        text = decoder.decode(piece)
        bad += text.count("\ufffd")
        foreign += len(text) - len(text.encode("ascii", "ignore"))
    if decoder.decode(b"", final=True):
        bad, foreign = bad + 1, foreign + 1
    return foreign - bad, bad


def _sample(file: BinaryIO) -> bytes:
    """The first lines that go beyond ASCII: in a long list they may be few and late."""
    sample = bytearray()
    for piece in _pieces(file):
        for found in _BEYOND_ASCII.finditer(piece):
            before = piece[max(0, found.start() - _AROUND) : found.start()]
            sample += _LINE_ENDS.split(before)[-1] + found.group() + b"\n"
            if len(sample) > _SAMPLE:
                return bytes(sample)
    return bytes(sample)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece
