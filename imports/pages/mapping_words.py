"""What does a mapping say, in words for people?"""

from imports.mapping import AMOUNT_FORMATS, DELIMITERS, ENCODINGS, FIELDS, NOTHING, Source, Spec


def said(spec: Spec) -> list[tuple[str, str]]:
    """(what, how) of everything that it does not leave to be found; empty for an empty mapping."""
    words = [(FIELDS[name], source_words(spec.fields[name])) for name in FIELDS if name in spec.fields]
    if spec.date_format != NOTHING.date_format:
        words.append(("Dates", spec.date_format))
    if spec.amount_format != NOTHING.amount_format:
        words.append(("Amounts", AMOUNT_FORMATS[spec.amount_format]))
    if spec.delimiter:
        words.append(("Separator", DELIMITERS[spec.delimiter]))
    if spec.encoding:
        words.append(("Encoding", ENCODINGS[spec.encoding]))
    if spec.layout:
        columns = ", ".join(f"{c.name} {c.start}–{c.start + c.length - 1}" for c in spec.layout)
        words.append(("Columns of a line", columns))
    if spec.skip_lines:
        words.append(("Lines above the table", str(spec.skip_lines)))
    return words


def source_words(source: Source) -> str:
    """`Last + First`, or `always “Northgate”`."""
    return f"always “{source.constant}”" if source.constant else " + ".join(source.columns)
