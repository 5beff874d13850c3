"""Figures that can be followed, read from a page: each with the list to which it leads, and which total of it it is."""

from dataclasses import dataclass, field
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any


@dataclass(frozen=True)
class Figure:
    """`place` is the heading of its section; `value` should be the total of the name `total` at `url`."""

    place: str
    total: str
    value: Decimal
    url: str


@dataclass
class _Reader(HTMLParser):
    figures: list[Figure] = field(default_factory=list)
    heading: str = ""
    link: str = ""
    of_row: str = ""
    in_heading: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "h2":
            self.heading, self.in_heading = "", True
        elif tag == "tr":
            self.of_row = ""
        elif tag == "a":
            self.link = facts.get("href", "")
            self.of_row = self.of_row or self.link
        elif tag == "data" and "data-total" in facts:
            url = self.link or self.of_row
            self.figures.append(Figure(self.heading, facts["data-total"], Decimal(facts["value"]), url))

    def handle_data(self, data: str) -> None:
        if self.in_heading:
            self.heading += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.link = ""
        elif tag == "h2":
            self.in_heading = False


def figures(response: Any) -> list[Figure]:
    """Every figure of the page that names a total, in its order: where it leads is its own link, or its row's."""
    reader = _Reader()
    reader.feed(response.content.decode())
    return reader.figures
