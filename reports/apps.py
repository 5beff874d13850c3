from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from core import books, exportable
        from reports.books import RULES
        from reports.exports import of_lists, of_reports

        books.register(*RULES)
        exportable.register(*of_lists.EXPORTABLES, *of_reports.EXPORTABLES)
