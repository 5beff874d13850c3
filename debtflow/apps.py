from django.apps import AppConfig, apps


class DebtflowConfig(AppConfig):
    name = "debtflow"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from debtflow import schedules

        # The signal comes only from apps with models: the queue's app owns the table that is filled.
        post_migrate.connect(schedules.sync, sender=apps.get_app_config("django_q"))
