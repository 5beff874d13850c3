from django.apps import AppConfig


class WorklistConfig(AppConfig):
    name = "worklist"

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from worklist.models import SavedView

        auditlog.register(SavedView)  # who changed a view that everybody uses
