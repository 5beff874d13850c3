from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from core import audit, database_role

        audit.register()
        post_migrate.connect(database_role.grant, dispatch_uid="core.database_role")
