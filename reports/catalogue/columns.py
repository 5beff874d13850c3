"""How is a column called that shows a number of the dictionary, and what does it say about itself?"""

from core.sheet import Column
from reports.kpis import KPIS


def kpi(key: str, title: str = "") -> Column:
    """The column of that number, under its own title or a shorter one."""
    defined = KPIS[key]
    return Column(key, title or defined.title, defined.kind, defined.formula)
