"""What is drawn over a row of days, weeks, months or names? Bars, one or several beside each other, and lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import ClassVar

from core.sheet import Column, Kind, Linked, Sheet
from reports.charts import words
from reports.charts.scale import Number, Scale, scale_of

# Of the room of one place, so much is filled with its bars; a bar is never broader than this share of the chart.
FILLED, BROADEST = 0.73, 12.0
MOST_LABELS = 6


class Drawn(StrEnum):
    """How a series is drawn: as bars, as the line among them, or dotted for what is compared with."""

    BARS = "bars"
    LINE = "line"
    DOTTED = "dotted"


@dataclass(frozen=True)
class Place:
    """One place on the axis: its short label, what its row in the table is called, and where its list is."""

    label: str
    name: str = ""
    url: str = ""


@dataclass(frozen=True)
class Series:
    """One value for each place, None where there is none; `total` names the total of the place's list that it is."""

    name: str
    values: Sequence[Number | None]
    drawn: Drawn = Drawn.BARS
    total: str = ""


@dataclass(frozen=True)
class Tick:
    """A line across the chart: how far from the top in percent, and the number beside it."""

    y: float
    label: str
    is_zero: bool


@dataclass(frozen=True)
class Bar:
    """One bar, in percent of the chart's width and height; `tone` is the name of its color."""

    x: float
    y: float
    width: float
    height: float
    tone: str


@dataclass(frozen=True)
class Curve:
    """A line as an SVG path, broken where there is no value, and the point at its end."""

    path: str
    dot: str
    drawn: Drawn


@dataclass(frozen=True)
class Cell:
    """A value of the table in words; of a list's total its name."""

    words: str
    value: Number | None
    total: str


@dataclass(frozen=True)
class Plot:
    """`heading` says what is shown, `finding` what it says, `axis` what the places are."""

    heading: str
    finding: str
    places: Sequence[Place]
    series: Sequence[Series]
    kind: Kind = Kind.MONEY
    axis: str = "Day"

    template: ClassVar[str] = "reports/charts/plot.html"

    def __post_init__(self) -> None:
        if any(len(series.values) != len(self.places) for series in self.series):
            raise ValueError("a series has one value for each place")

    @property
    def is_empty(self) -> bool:
        """Is there nothing but zeros?"""
        return not any(value for series in self.series for value in series.values)

    @cached_property
    def scale(self) -> Scale:
        """What the chart reaches over."""
        values = [value for series in self.series for value in series.values]
        return scale_of(values, finest=words.FINEST.get(self.kind))

    @property
    def ticks(self) -> list[Tick]:
        """From the top, evenly spaced."""
        return [Tick(self.scale.at(tick), words.short(tick, self.kind), not tick) for tick in self.scale.ticks]

    @property
    def bars(self) -> Iterator[Bar]:
        """Series by series; what is below zero hangs from its line."""
        sets = [series for series in self.series if series.drawn == Drawn.BARS]
        room = 100 / max(1, len(self.places))
        width = min(room * FILLED / max(1, len(sets)), BROADEST)
        zero = self.scale.at(0)
        for number, series in enumerate(sets):
            for place, value in enumerate(series.values):
                if value is not None:
                    end = self.scale.at(value)
                    x = room * (place + 0.5) + width * (number - len(sets) / 2)
                    yield Bar(x, min(zero, end), width, abs(end - zero), self._tone(number, len(sets), value))

    @property
    def curves(self) -> list[Curve]:
        """What is compared with lies below, what is looked at above."""
        lines = [series for series in self.series if series.drawn != Drawn.BARS]
        lines.sort(key=lambda series: series.drawn != Drawn.DOTTED)
        return [self._curve(series) for series in lines]

    @property
    def is_short(self) -> bool:
        """Are there so few places that each has room for its words, broken into lines where it has to be?"""
        return len(self.places) <= MOST_LABELS

    @property
    def labels(self) -> list[tuple[str, bool]]:
        """What stands below each place, mostly nothing; and whether it goes where there is little room."""
        if self.is_short:
            return [(place.label, False) for place in self.places]
        every = -(-len(self.places) // MOST_LABELS)
        if every > 3 and self.axis == "Day":
            every = -(-every // 7) * 7  # always the same day of the week
        from_end = range(len(self.places) - 1, -1, -1)
        return [
            (place.label, bool(n // every % 2)) if n % every == 0 else ("", False)
            for place, n in zip(self.places, from_end, strict=True)
        ]

    @property
    def hints(self) -> Iterator[tuple[Place, str]]:
        """For each place, all its values in words: what is shown under the pointer."""
        for number, place in enumerate(self.places):
            said = [(series.name, words.full(series.values[number], self.kind)) for series in self.series]
            yield place, "\n".join([place.name or place.label, *(f"{name}: {value}" for name, value in said if value)])

    @property
    def key(self) -> list[tuple[str, str]]:
        """What each color or line means: its class and the name of the series."""
        bars = [series for series in self.series if series.drawn == Drawn.BARS]
        return [
            (_shade(bars.index(series), len(bars)) if series in bars else series.drawn.value, series.name)
            for series in self.series
        ]

    @property
    def sheet(self) -> Sheet:
        """The very same values as a table."""
        columns = [Column(f"s{n}", series.name, self.kind) for n, series in enumerate(self.series)]
        rows = [
            (Linked(place.name or place.label, place.url), *(series.values[number] for series in self.series))
            for number, place in enumerate(self.places)
        ]
        return Sheet(self.heading, [Column("place", self.axis), *columns], rows)

    @property
    def rows(self) -> Iterator[tuple[Place, list[Cell]]]:
        """The rows of that table in words."""
        for number, place in enumerate(self.places):
            values = [(series.values[number], series.total) for series in self.series]
            yield place, [Cell(words.full(value, self.kind), value, total) for value, total in values]

    def _tone(self, number: int, of: int, value: Number) -> str:
        return "neg" if value < 0 and of == 1 else _shade(number, of)

    def _curve(self, series: Series) -> Curve:
        room = 100 / len(self.places)
        points = [
            (room * (place + 0.5), self.scale.at(value)) if value is not None else None
            for place, value in enumerate(series.values)
        ]
        last = next((point for point in reversed(points) if point), None)
        dot = f"M{last[0]:.2f} {last[1]:.2f}h.01" if last and series.drawn == Drawn.LINE else ""
        return Curve(path_through(points), dot, series.drawn)


def path_through(points: Sequence[tuple[float, float] | None]) -> str:
    """An SVG path, broken where there is no point; a point with no neighbor is a dot."""
    drawn, pen = [], "M"
    for number, point in enumerate(points):
        if point is None:
            pen = "M"
            continue
        drawn.append(f"{pen}{point[0]:.2f} {point[1]:.2f}")
        if pen == "M" and (number + 1 == len(points) or points[number + 1] is None):
            drawn.append("h.01")
        pen = "L"
    return "".join(drawn)


def _shade(number: int, of: int) -> str:
    """One set of bars has the color of bars; of several each its own shade, told apart by how dark it is."""
    return "" if of == 1 else f"b{number + 1}"
