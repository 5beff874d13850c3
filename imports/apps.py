from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "imports"

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from core import books, exportable
        from imports.books import RULES
        from imports.exports import LISTS
        from imports.models import SFTPFeed

        books.register(*RULES)
        exportable.register(*LISTS)
        # Files and lines are a record in themselves; who changed a feed is not.
        auditlog.register(
            SFTPFeed,
            exclude_fields=[
                *("password", "private_key", "last_polled_at", "last_error", "failures", "retry_at", "updated_at"),
            ],
        )
