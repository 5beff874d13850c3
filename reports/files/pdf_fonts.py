"""In which letters is paper set? In those of the pages: Inter, cut from the variable font that browsers get.

It knows the letters of Western Europe. Of others the letter without its accent is set, or a question mark: paper is
for reading, and files for processing have every letter.
"""

import unicodedata
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from django.contrib.staticfiles import finders
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FAMILY = "Inter"
SOURCE = "fonts/inter-latin.woff2"
WEIGHTS = {"": 400, "B": 640}
# How letters go together, which takes most of the time and is not looked at here.
UNUSED = ("GPOS", "GSUB", "GDEF")
# Letters that are not a letter and an accent to Unicode.
PLAIN = str.maketrans({"Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Œ": "OE", "œ": "oe", "ẞ": "ss", "→": "to"})


def _source() -> TTFont:
    found = finders.find(SOURCE)
    if not isinstance(found, str):
        raise FileNotFoundError(SOURCE)
    return TTFont(found)


@cache
def files() -> dict[str, Path]:
    """A TrueType file for each style; cut once a process."""
    folder = Path(mkdtemp(prefix="debtflow-fonts-"))
    made = {}
    for style, weight in WEIGHTS.items():
        made[style] = folder / f"inter-{weight}.ttf"
        font = _source()
        for table in UNUSED:
            del font[table]
        font = instantiateVariableFont(font, {"wght": weight})
        font.flavor = None
        font.save(made[style])
    return made


@cache
def _letters() -> frozenset[int]:
    return frozenset(_source().getBestCmap())


def printable(text: str) -> str:
    """The text in letters that the font has."""
    if all(ord(sign) in _letters() for sign in text):
        return text
    plain = unicodedata.normalize("NFC", text).translate(PLAIN)
    return "".join(_sign(sign) for sign in plain)


def _sign(sign: str) -> str:
    if ord(sign) in _letters():
        return sign
    if sign.isspace():
        return " "
    bare = "".join(part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part))
    return bare if bare and all(ord(part) in _letters() for part in bare) else "?"
