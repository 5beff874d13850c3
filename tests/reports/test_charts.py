"""What is drawn is what is there: bars and lines keep to their values within the chart, and the table equals both."""

import re
from decimal import Decimal
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from django.template import engines
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.sheet import Column, Kind, plain
from debtflow import styleguide_charts
from reports.charts import Drawn, Heat, HeatCell, HeatRow, Place, Plot, Series, Share, Shares, Spark, finding, meters
from reports.charts import words as said
from reports.charts.scale import MOST_STEPS, scale_of

EDGE = 1e-6
amounts = st.decimals(min_value=-(10**12), max_value=10**12, places=2)
rows = st.lists(amounts, min_size=1, max_size=60)
gappy = st.lists(st.one_of(st.none(), amounts), min_size=1, max_size=60)


def plot(values: list[Any], *others: Series, kind: Kind = Kind.MONEY, **facts: Any) -> Plot:
    """A chart of these values as bars."""
    places = [Place(f"P{n}", url=f"/list/{n}/") for n in range(len(values))]
    return Plot("Collected per day", "It rose.", places, [Series("Collected", values), *others], kind, **facts)


def drawn(chart: Any) -> str:
    """Its HTML."""
    html: str = engines["jinja2"].get_template(chart.template).render({"chart": chart})
    return html


def table(html: str) -> list[list[str]]:
    """The texts of the table's rows."""
    found = re.search(r"<tbody>.*?</tbody>", html, re.DOTALL)
    assert found
    return [["".join(cell.itertext()).strip() for cell in row] for row in ElementTree.fromstring(found.group())]


# Charts are quick, but the machine may not be.
untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


# --- the axis ----------------------------------------------------------------------------------------------------


@untimed
@given(rows)
def test_the_axis_reaches_over_zero_and_every_value_in_few_even_steps(values: list[Decimal]) -> None:
    scale = scale_of(values)
    assert scale.low <= min([*values, 0]) <= 0 <= max([*values, 0]) <= scale.high
    steps = {upper - lower for upper, lower in pairwise(scale.ticks)}
    assert steps == {scale.step}
    assert 0 in scale.ticks
    assert (scale.ticks[0], scale.ticks[-1]) == (scale.high, scale.low)
    assert len(scale.ticks) <= MOST_STEPS + 1


@untimed
@given(rows)
def test_the_axis_wastes_little_of_the_chart(values: list[Decimal]) -> None:
    scale, reach = scale_of(values), max([*values, 0]) - min([*values, 0])
    assert not reach or scale.high - scale.low - reach < 2 * scale.step
    assert not reach or scale.step <= reach


@untimed
@given(rows, st.sampled_from([Kind.MONEY, Kind.NUMBER, Kind.PERCENT]))
@example([Decimal("0.01")], Kind.MONEY)  # there are no steps of a fifth of a cent
@example([Decimal("-0.12"), Decimal("0.01")], Kind.MONEY)
def test_what_stands_beside_the_axis_is_exactly_its_number(values: list[Decimal], kind: Kind) -> None:
    for tick in scale_of(values, finest=said.FINEST.get(kind)).ticks:
        text = said.short(tick, kind).replace("\u2212", "-").replace("$", "").replace(",", "")
        number, unit = re.fullmatch(r"(-?[\d.]+)([kMBT%]?)", text).groups()  # type: ignore[union-attr]
        power = {"": 0, "k": 3, "M": 6, "B": 9, "T": 12, "%": -2}[unit]
        assert Decimal(number).scaleb(power) == tick


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([7086], "$8k $6k $4k $2k $0"),
        ([1], "$1 $0.80 $0.60 $0.40 $0.20 $0"),
        ([0, 0], "$1 $0"),
        ([900, -2300], "$1k $0 \u2212$1k \u2212$2k \u2212$3k"),
        ([-5], "$0 \u2212$1 \u2212$2 \u2212$3 \u2212$4 \u2212$5"),
        ([1_234_567], "$1.25M $1M $750k $500k $250k $0"),
        ([4 * 10**13], "$40T $30T $20T $10T $0"),
    ],
)
def test_round_numbers(values: list[int], words: str) -> None:
    assert " ".join(tick.label for tick in plot(values).ticks) == words


def test_there_is_no_half_an_account() -> None:
    assert [tick.label for tick in plot([2], kind=Kind.NUMBER).ticks] == ["2", "1", "0"]


# --- bars and lines ----------------------------------------------------------------------------------------------


@untimed
@given(gappy, st.integers(1, 4))
def test_bars_stay_within_the_chart_and_do_not_touch(values: list[Decimal | None], sets: int) -> None:
    chart = plot(values, *(Series(f"More {n}", values) for n in range(1, sets)))
    bars = list(chart.bars)
    assert len(bars) == sets * sum(value is not None for value in values)
    for bar in bars:
        assert bar.x >= -EDGE
        assert bar.x + bar.width <= 100 + EDGE
        assert bar.y >= -EDGE
        assert bar.height >= 0
        assert bar.y + bar.height <= 100 + EDGE
    across = sorted(bars, key=lambda bar: bar.x)
    assert all(left.x + left.width <= right.x + EDGE for left, right in pairwise(across))


@untimed
@given(rows)
def test_bars_are_as_high_as_their_values_and_hang_from_zero(values: list[Decimal]) -> None:
    chart = plot(values)
    zero, per = chart.scale.at(0), 100 / float(chart.scale.high - chart.scale.low)
    for bar, value in zip(chart.bars, values, strict=True):
        assert bar.height == pytest.approx(abs(float(value)) * per, abs=EDGE)
        assert (bar.y if value < 0 else bar.y + bar.height) == pytest.approx(zero, abs=EDGE)
        assert (bar.tone == "neg") == (value < 0)


@untimed
@given(gappy)
def test_a_line_goes_through_its_values_and_breaks_where_there_is_none(values: list[Decimal | None]) -> None:
    chart = plot(values, Series("Average", values, Drawn.LINE))
    (curve,) = chart.curves
    points = re.findall(r"[ML]([\d.]+) ([\d.]+)", curve.path)
    assert [float(y) for _, y in points] == pytest.approx(
        [chart.scale.at(value) for value in values if value is not None], abs=0.01
    )
    runs = "".join("." if value is None else "x" for value in values).split(".")
    assert curve.path.count("M") == sum(bool(run) for run in runs)
    assert curve.path.count("h") == runs.count("x"), "what stands alone is a dot"


@untimed
@given(gappy)
def test_the_table_has_the_values_that_are_drawn(values: list[Decimal | None]) -> None:
    chart = plot(values, Series("Before", [None] * len(values), Drawn.DOTTED))
    cells = [[plain(cell) for cell in row] for row in chart.sheet.rows]
    assert cells == [[f"P{n}", value, None] for n, value in enumerate(values)]


def test_the_table_says_what_the_sheet_has() -> None:
    average = Series("Average", [Decimal(1), None, Decimal(2)], Drawn.LINE)
    chart = plot([Decimal("-12.50"), None, Decimal(1234)], average)
    html = drawn(chart)
    assert table(html) == [["P0", "\u2212$12.50", "$1.00"], ["P1", "", ""], ["P2", "$1,234.00", "$2.00"]]
    assert html.count('href="/list/1/"') == 2, "under the pointer, and in the table"
    assert 'title="P2\nCollected: $1,234.00\nAverage: $2.00"' in html
    assert 'role="img" aria-label="It rose."' in html


def test_what_is_nothing_is_said_instead_of_drawn() -> None:
    html = drawn(Plot("Collected per day", "Nothing was collected.", [Place("P")], [Series("Collected", [Decimal(0)])]))
    assert "Nothing was collected." in html
    assert "<svg" not in html
    assert "<svg" not in drawn(Plot("Collected", "Nothing.", [], [Series("Collected", [])]))


def test_values_and_places_come_in_pairs() -> None:
    with pytest.raises(ValueError, match="one value for each place"):
        Plot("Collected", "", [Place("P")], [Series("Collected", [1, 2])])


@untimed
@given(st.integers(1, 400), st.sampled_from(["Day", "Week"]))
def test_few_labels_and_always_the_last(number: int, axis: str) -> None:
    labels = [label for label, _ in plot([1] * number, axis=axis).labels]
    assert len(labels) == number
    assert labels[-1] == f"P{number - 1}"
    assert sum(map(bool, labels)) <= 6


def test_labels_of_many_days_are_of_the_same_day_of_the_week() -> None:
    labels = plot([1] * 30).labels
    assert [29 - n for n, (label, _) in enumerate(labels) if label] == [28, 21, 14, 7, 0]
    assert [goes for label, goes in labels if label] == [False, True, False, True, False]


# --- the others --------------------------------------------------------------------------------------------------


@untimed
@given(rows)
def test_a_small_line_keeps_away_from_the_edges(values: list[Decimal]) -> None:
    ys = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", Spark("Collected", values).path)]
    assert len(ys) == (len(values) if len(values) > 1 else 0)
    assert all(8 <= y <= 92 for y in ys)
    if len(set(values)) > 1:
        assert ys[values.index(max(values))] == 8
        assert ys[values.index(min(values))] == 92


def test_a_small_line_says_how_it_went() -> None:
    html = drawn(Spark("Active accounts", [12, 3, 40, 20], Kind.NUMBER))
    assert 'aria-label="Active accounts: from 12 to 20, lowest 3, highest 40"' in html
    assert "<svg" not in drawn(Spark("Collected", [1]))
    assert "<svg" not in drawn(Spark("Collected", []))


@untimed
@given(st.lists(amounts, max_size=8))
def test_parts_lie_beside_each_other_and_fill_the_bar(values: list[Decimal]) -> None:
    shares = Shares("Ages", "", [Share(f"A{n}", n, value, "a1") for n, value in enumerate(values)], axis="Past due")
    pieces = list(shares.pieces)
    assert len(pieces) == sum(value > 0 for value in values)
    ends = [0.0, *(piece.x + piece.width for piece in pieces)]
    assert [piece.x for piece in pieces] == pytest.approx(ends[:-1], abs=EDGE)
    assert ends[-1] == pytest.approx(100 if pieces else 0)
    assert shares.sheet.totals is not None
    assert shares.sheet.totals[2] == sum(values)
    assert sum(plain(row[2]) for row in shares.sheet.rows) == sum(values)  # type: ignore[misc]


def test_little_is_not_called_nothing() -> None:
    parts = [Share("Young", 1, Decimal("0.01"), "a1", "/young/"), Share("Old", 9, Decimal(9999), "a2")]
    html = drawn(Shares("Ages", "Nearly all is old.", parts, axis="Past due", url="/all/"))
    assert table(html) == [["Young", "1", "$0.01", "<1%"], ["Old", "9", "$9,999.00", ">99%"]]
    assert '<a class="name" href="/all/">Total</a>' in html
    assert '<strong><data data-total="balance" value="9999.01">$9,999.01</data></strong>' in html


@untimed
@given(st.lists(amounts, max_size=20))
def test_bars_of_a_column_are_on_one_scale(values: list[Decimal]) -> None:
    made = meters(values)
    span = float(max([*values, 0]) - min([*values, 0]))
    for meter, value in zip(made, values, strict=True):
        assert meter.x >= -EDGE
        assert meter.x + meter.width <= 100 + EDGE
        assert meter.is_negative == (value < 0)
        assert meter.width == pytest.approx(abs(float(value)) * 100 / span if span else 0, abs=EDGE)


@untimed
@given(st.lists(st.one_of(st.none(), st.decimals(-1, 3, places=4)), min_size=1, max_size=20))
def test_the_more_the_darker(values: list[Decimal | None]) -> None:
    cells = [HeatCell(value) for value in values]
    heat = Heat("Stairs", "", "Placed in", ["M"] * len(values), [HeatRow("Jan", cells)])
    levels = {cell.value: heat.level(cell) for cell in cells}
    known = sorted(value for value in levels if value is not None)
    assert [levels[value] for value in known] == sorted(levels[value] for value in known)
    assert all((level == 0) == (value is None or value <= 0) for value, level in levels.items())
    assert not any(value > 0 for value in known) or levels[known[-1]] == 7


def test_stairs_end_where_the_batch_is_young() -> None:
    tenth = HeatCell(Decimal("0.1"), "/jan/0/", "$10.00 of $100.00")
    rows = [
        HeatRow("Jan", [tenth, HeatCell(Decimal(0))], (Decimal(100),)),
        HeatRow("Feb", [HeatCell(Decimal("-0.02")), HeatCell(None, "/feb/1/")], (Decimal(50),), "/feb/"),
    ]
    heat = Heat("Stairs", "It falls.", "Placed in", ["0", "1"], rows, [Column("placed", "Placed", Kind.MONEY)])
    html = drawn(heat)
    assert table(html) == [["Jan", "$100.00", "10.0%", "0.0%"], ["Feb", "$50.00", "\u22122.0%", ""]]
    assert "/feb/1/" not in html
    assert 'class="num h7" title="$10.00 of $100.00"' in html


@untimed
@given(gappy)
def test_a_finding_is_true(values: list[Decimal | None]) -> None:
    known = [value for value in values if value is not None]
    text = finding.course("It", values, Kind.MONEY)
    assert (" rose " in text) == (len(known) > 1 and known[-1] > known[0])
    assert (" fell " in text) == (len(known) > 1 and known[-1] < known[0])
    names = [f"day {n}" for n in range(len(values))]
    most = re.match(r"Most on day (\d+): ", finding.extremes(names, values, Kind.MONEY))
    assert bool(most) == (len(set(known)) > 1)
    assert not most or values[int(most.group(1))] == max(known)


@pytest.mark.parametrize("heading", [heading for heading, _ in styleguide_charts.examples()])
def test_every_example_of_the_style_guide_is_sound_markup(heading: str) -> None:
    html = drawn(dict(styleguide_charts.examples())[heading])
    assert not re.search(r'(?:width|height)="-|"nan|"inf|style=|="None"', html)
    ElementTree.fromstring(f"<div>{html}</div>")
