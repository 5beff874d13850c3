"""What do reports keep of their own?"""

from reports.models.exports import Export
from reports.models.schedules import ReportDelivery, ReportSchedule
from reports.models.tally import Level, Tally

__all__ = ["Export", "Level", "ReportDelivery", "ReportSchedule", "Tally"]
