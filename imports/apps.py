from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "imports"

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from imports.models import SFTPFeed

        # Files and lines are a record in themselves; who changed a feed is not.
        auditlog.register(
            SFTPFeed, exclude_fields=["password", "private_key", "last_polled_at", "last_error", "updated_at"]
        )
