"""How does a figure look? Charts as plain geometry, drawn by the templates in `reports/jinja2/reports/charts`.

Nothing here knows where a number comes from. Each chart says its finding in words, and has a table of the same values.
"""

from reports.charts.heat import Heat, HeatCell, HeatRow
from reports.charts.meters import Meter, meters
from reports.charts.plot import Drawn, Place, Plot, Series
from reports.charts.shares import Share, Shares
from reports.charts.spark import Spark

__all__ = [
    "Drawn", "Heat", "HeatCell", "HeatRow", "Meter", "Place", "Plot", "Series", "Share", "Shares", "Spark", "meters",
]  # fmt: skip
