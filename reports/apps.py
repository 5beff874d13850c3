from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from core import books, exportable
        from reports.books import RULES
        from reports.exports import of_lists, of_reports
        from reports.models import ReportSchedule

        books.register(*RULES)
        exportable.register(*of_lists.EXPORTABLES, *of_reports.EXPORTABLES)
        auditlog.register(ReportSchedule, exclude_fields=["next_run_at", "updated_at"])
