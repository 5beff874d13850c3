from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate, post_save

        from core import audit, database_role, dispositions

        audit.register()
        post_save.connect(dispositions.of_new_agency, sender="core.Agency", dispatch_uid="core.dispositions")
        post_migrate.connect(database_role.grant, dispatch_uid="core.database_role")
