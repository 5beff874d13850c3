from django.apps import AppConfig


class DebtflowConfig(AppConfig):
    name = "debtflow"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from debtflow import schedules

        post_migrate.connect(schedules.sync, sender=self)
