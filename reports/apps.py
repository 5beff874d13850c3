from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from core import books, exportable
        from reports.books import RULES
        from reports.exports.of_reports import EXPORTABLES

        books.register(*RULES)
        exportable.register(*EXPORTABLES)
