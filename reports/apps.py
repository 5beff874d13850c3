from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from core import books
        from reports.books import RULES

        books.register(*RULES)
