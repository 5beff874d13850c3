"""Which reports are there? One module for each, in the order in which a manager asks."""

from reports.catalogue import import_quality
from reports.catalogue.report import Report

REPORTS: tuple[Report, ...] = (import_quality.REPORT,)


def named(slug: str) -> Report | None:
    """The report of that slug."""
    return next((report for report in REPORTS if report.slug == slug), None)
