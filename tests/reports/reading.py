"""A report read from its page as a person would: rows by their name, cells by their column, and where each leads."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from tests.worklist.pages import text

SPACE = re.compile(r"\s+")


@dataclass
class Cell:
    """What a cell says, and where it leads."""

    said: str = ""
    url: str = ""


@dataclass
class Shown:
    """A table: the titles of its columns, its rows, and the row of sums below them."""

    columns: list[str]
    rows: list[list[Cell]]
    totals: list[Cell]

    def row(self, name: str) -> dict[str, Cell]:
        """The row of that name, by its columns; the row of sums is `Total` whatever it is called."""
        found = [row for row in self.rows if row[0].said == name]
        if name == "Total":
            found = [self.totals]
        assert len(found) == 1, f"{len(found)} rows of {name}: {self.names}"
        return dict(zip(self.columns, found[0], strict=True))

    def said(self, name: str) -> dict[str, str]:
        """The same in words alone."""
        return {column: cell.said for column, cell in self.row(name).items()}

    def column(self, title: str) -> list[str]:
        """What the rows say in that column."""
        return [row[self.columns.index(title)].said for row in self.rows]

    @property
    def names(self) -> list[str]:
        """What the rows are called."""
        return [row[0].said for row in self.rows]

    @property
    def links(self) -> Iterator[tuple[str, str, Cell]]:
        """(row, column, cell) of every cell that leads somewhere, sums included."""
        for row in [*self.rows, *([self.totals] if self.totals else [])]:
            for column, cell in zip(self.columns, row, strict=True):
                if cell.url:
                    yield row[0].said, column, cell


def tables(response: Any) -> dict[str, Shown]:
    """The tables of a page by their titles."""
    assert response.status_code == 200, response.status_code
    reader = _Reader()
    reader.feed(response.content.decode())
    return reader.found


def table(response: Any, title: str = "") -> Shown:
    """The table of that title, or the first."""
    found = tables(response)
    return found[title] if title else next(iter(found.values()))


def report(browser: Client, slug: str, query: str = "", **headers: str) -> Any:
    """A report at a query string."""
    return browser.get(f"/reports/{slug}/?{query}", headers=headers or None)


def formulas(response: Any) -> str:
    """What the page says about how its numbers are worked out."""
    return text(response).partition("How the numbers are worked out")[2]


class _Reader(HTMLParser):
    """Tables with a caption; what stands in a hidden piece counts as said."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, Shown] = {}
        self._table: Shown | None = None
        self._part = self._title = ""
        self._cell: Cell | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "table":
            self._table, self._title = Shown([], [], []), ""
        elif tag in {"caption", "thead", "tbody", "tfoot"}:
            self._part = tag
        elif tag == "tr" and self._table and self._part == "tbody":
            self._table.rows.append([])
        elif tag in {"td", "th"}:
            self._cell = Cell()
        elif tag == "a" and self._cell is not None:
            self._cell.url = attributes.get("href") or ""

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.said += data
        elif self._part == "caption":
            self._title += data

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"} and self._cell and self._table:
            self._cell.said = SPACE.sub(" ", self._cell.said).strip()
            if self._part == "thead":
                self._table.columns.append(self._cell.said)
            else:
                (self._table.totals if self._part == "tfoot" else self._table.rows[-1]).append(self._cell)
            self._cell = None
        elif tag == "caption":
            self._part = ""
        elif tag == "table" and self._table and self._title:
            self.found[SPACE.sub(" ", self._title).strip()] = self._table
