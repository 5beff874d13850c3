"""Which reports are there? One module for each, in the order in which a manager asks."""

from reports.catalogue import (
    aging,
    collectors,
    creditors,
    import_quality,
    payment_methods,
    placement_months,
    promise_keeping,
    trends,
)
from reports.catalogue.report import Report

REPORTS: tuple[Report, ...] = (
    collectors.REPORT,
    trends.REPORT,
    aging.REPORT,
    creditors.REPORT,
    placement_months.REPORT,
    promise_keeping.REPORT,
    payment_methods.REPORT,
    import_quality.REPORT,
)


def named(slug: str) -> Report | None:
    """The report of that slug."""
    return next((report for report in REPORTS if report.slug == slug), None)
