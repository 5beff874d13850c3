"""Does the header stand lower than it was looked for? Many files begin with a title, a date or an address.

Where the first row is no header of ours, the rows below it are tried one after the other. The first that would be
understood is suggested, never taken: how many lines stand above it is said in the mapping.
"""

from imports.columns import is_known, understand
from imports.formats import Document, Refused
from imports.mapping import MOST_SKIPPED, Spec

SEARCHED = 25


def suggested_skip(document: Document, spec: Spec) -> int | None:
    """How many lines seem to stand above the header, for a file whose header was refused; None when none is found."""
    last = min(document.skipped + SEARCHED, MOST_SKIPPED)
    found: tuple[int, list[str]] | None = None
    for lines in range(document.skipped + 1, last + 1):
        header = _header(document, lines, spec)
        if found and header != found[1]:
            break
        if header:
            found = lines, header  # blank lines above it are left out as well
    return found[0] if found else None


def sentence(lines: int) -> str:
    """The suggestion in words."""
    return f"Line {lines + 1} looks like the header: enter {lines} as “Lines above the table” in the mapping."


def _header(document: Document, lines: int, spec: Spec) -> list[str] | None:
    """What stands below so many lines, when it is a header that would be understood."""
    try:
        header = document.below(lines).header
        understand(header, spec)
    except Refused:
        return None
    return header if sum(is_known(title, spec) for title in header) >= 2 else None
