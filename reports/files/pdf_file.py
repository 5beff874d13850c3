"""PDF as it is printed: title, what it is of, tables with their heading on every page, totals, formulas, page numbers.

What is wide lies on its side; what is wider than paper goes on in further tables that begin with the same column.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from fpdf import FPDF
from fpdf.enums import PageOrientation, TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace

from core.cell_words import RIGHT_ALIGNED, Voice
from core.sheet import Column, Sheet
from reports.files import pdf_fonts
from reports.files.about import About, Cells

MARGIN, PADDING = 40, 4  # points, as all lengths here
PORTRAIT, LANDSCAPE = 612 - 2 * MARGIN, 792 - 2 * MARGIN  # US letter
WIDEST, NARROWEST = 190, 40
LINE = 1.35
TITLE, HEADING, BODY, SMALL = 17, 11, 8.5, 7.5
INK, FAINT, SHADE = (22, 29, 41), (95, 103, 114), (234, 241, 255)
MOST_ROWS = 2000


@dataclass(frozen=True)
class _Part:
    """Columns of a table that fit beside each other, by their places in the sheet."""

    places: Sequence[int]
    widths: Sequence[float]


class PdfFile:
    """A document on US letter paper. It is small enough to be put together in memory: reports are sums."""

    def __init__(self, path: Path, about: About) -> None:
        self._path, self._about = path, about
        self._voice = Voice(about.zone, about.made_at.astimezone(about.zone).date())
        self._paper = _Paper(about)
        self._sheet: Sheet
        self._rows: list[list[str]] = []
        self._formulas: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            return
        if not self._paper.pages_count:
            self._paper.open()
        if self._formulas:
            self._paper.explain(self._formulas)
        self._paper.output(str(self._path))

    def begin(self, sheet: Sheet) -> None:
        """The next table."""
        self._sheet, self._rows = sheet, []

    def write(self, rows: Iterable[Cells]) -> None:
        """Some of its rows; they are laid out when all are known, as wide as they need to be."""
        self._rows += [self._said(row) for row in rows]

    def end(self) -> None:
        """The table, as the sheet has it."""
        sheet, totals = self._sheet, self._said(self._sheet.totals) if self._sheet.totals else None
        more = len(self._rows) - MOST_ROWS
        rows = self._rows[:MOST_ROWS]
        notes = [*sheet.notes, *([f"{more:,} more rows are left out; Excel has all of them."] if more > 0 else [])]
        headings = [pdf_fonts.printable(column.title) for column in sheet.columns]
        widths = self._paper.natural_widths([headings, *rows, *([totals] if totals else [])])
        room = self._paper.open(wanted=sum(widths))
        self._paper.heading(sheet.title)
        for part in _parts(widths, room):
            self._paper.put(part, sheet.columns, headings, rows, totals)
        for note in notes:
            self._paper.say(note)
        self._formulas |= {column.title: column.about for column in sheet.columns if column.about}

    def _said(self, row: Cells) -> list[str]:
        columns = self._sheet.columns
        return [pdf_fonts.printable(self._words(cell, column)) for cell, column in zip(row, columns, strict=True)]

    def _words(self, cell: object, column: Column) -> str:
        return cell if isinstance(cell, str) else self._voice.say(cell, column)


def _parts(widths: Sequence[float], room: float) -> list[_Part]:
    """The columns in as many tables as they need; each begins with the first column and fills the paper."""
    first, groups = widths[0], [[0]]
    for place, width in list(enumerate(widths))[1:]:
        if sum(widths[one] for one in groups[-1]) + width > room and len(groups[-1]) > 1:
            groups.append([0])
        groups[-1].append(place)
    parts = []
    for places in groups:
        wanted = [first, *(widths[place] for place in places[1:])]
        parts.append(_Part(places, [width * min(room / sum(wanted), 1.6) for width in wanted]))
    return parts


class _Paper(FPDF):
    """The pages, in our font, with what stands at the foot of each."""

    def __init__(self, about: About) -> None:
        super().__init__(unit="pt", format="letter")
        self._about = about
        self.set_margin(MARGIN)
        self.set_auto_page_break(auto=True, margin=MARGIN + 12)
        for style, file in pdf_fonts.files().items():
            self.add_font(pdf_fonts.FAMILY, style, file)
        self.set_title(pdf_fonts.printable(about.title))
        self.set_author(pdf_fonts.printable(about.agency))
        self.set_lang("en-US")
        self.set_creation_date(about.made_at)

    def open(self, wanted: float = 0) -> float:
        """See to a page for a table of that width, and give the room on it; once on its side it stays so."""
        across = wanted > PORTRAIT or self.cur_orientation == PageOrientation.LANDSCAPE
        orientation = PageOrientation.LANDSCAPE if across else PageOrientation.PORTRAIT
        is_first = not self.pages_count
        if is_first or self.cur_orientation != orientation:
            self.add_page(orientation.value)
        if is_first:
            self._begin()
        return LANDSCAPE if across else PORTRAIT

    def _begin(self) -> None:
        self._write(self._about.agency, SMALL, FAINT)
        self._write(self._about.title, TITLE, INK, "B")
        for words in self._about.said:
            self._write(words, HEADING - 1.5, FAINT)

    def heading(self, title: str) -> None:
        """Above a table; together with what begins below it."""
        if self.get_y() > self.h - 120:
            self.add_page(self.cur_orientation.value)
        self.ln(12)
        if title != self._about.title:
            self._write(title, HEADING, INK, "B")
            self.ln(2)

    def say(self, note: str) -> None:
        """A sentence below a table."""
        self.ln(3)
        self._write(note, SMALL, FAINT)

    def explain(self, formulas: dict[str, str]) -> None:
        """How the numbers are worked out."""
        self.heading("How the numbers are worked out")
        for title, words in formulas.items():
            self.set_font(pdf_fonts.FAMILY, size=SMALL)
            self.set_text_color(*INK)
            told = pdf_fonts.printable(f"**{title}**: {words}")
            self.multi_cell(0, SMALL * LINE, told, markdown=True, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def natural_widths(self, rows: Sequence[Sequence[str]]) -> list[float]:
        """What each column needs, within reason; the words of a longer text go on below each other."""
        self.set_font(pdf_fonts.FAMILY, "B", BODY)
        found = [max(self.get_string_width(text) for text in texts) for texts in zip(*rows, strict=True)]
        return [min(max(width + 2 * PADDING + 2, NARROWEST), WIDEST) for width in found]

    def put(
        self,
        part: _Part,
        columns: Sequence[Column],
        headings: Sequence[str],
        rows: Sequence[Sequence[str]],
        totals: Sequence[str] | None,
    ) -> None:
        """One table."""
        self.ln(4)
        self.set_font(pdf_fonts.FAMILY, size=BODY)
        self.set_text_color(*INK)
        self.set_draw_color(202, 206, 212)
        bold = FontFace(emphasis="BOLD", fill_color=SHADE)
        aligned = tuple("RIGHT" if columns[place].kind in RIGHT_ALIGNED else "LEFT" for place in part.places)
        with self.table(
            width=sum(part.widths), col_widths=tuple(part.widths), text_align=aligned, align="LEFT",
            line_height=BODY * LINE, padding=(2, PADDING), headings_style=bold,
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        ) as table:  # fmt: skip
            for row in (headings, *rows):
                _fill(table.row(), part, row)
            if totals:
                _fill(table.row(style=bold), part, totals)

    def footer(self) -> None:
        """Whose numbers of which moment these are, and the page."""
        there = self._about.made_at.astimezone(self._about.zone)
        self.set_y(-MARGIN)
        self.set_font(pdf_fonts.FAMILY, size=SMALL)
        self.set_text_color(*FAINT)
        told = f"{self._about.agency}, {there:%B} {there.day}, {there.year}, {there:%H:%M} {there.tzname()}"
        self.cell(self.epw / 2, SMALL, pdf_fonts.printable(told))
        self.cell(self.epw / 2, SMALL, f"Page {self.page_no()} of {{nb}}", align="R")

    def _write(self, words: str, size: float, color: tuple[int, int, int], style: str = "") -> None:
        self.set_font(pdf_fonts.FAMILY, style, size)
        self.set_text_color(*color)
        self.multi_cell(0, size * LINE, pdf_fonts.printable(words), new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _fill(line: Any, part: _Part, cells: Sequence[str]) -> None:
    for place in part.places:
        line.cell(cells[place])
