from django.apps import AppConfig


class WorklistConfig(AppConfig):
    name = "worklist"

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from core import exportable
        from worklist.listing import export
        from worklist.models import SavedView
        from worklist.team import export as export_of_team

        exportable.register(*export.LISTS, *export_of_team.LISTS)

        auditlog.register(SavedView)  # who changed a view that everybody uses
