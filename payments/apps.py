from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from core import books, exportable, moves
        from payments import following, models
        from payments.books import RULES
        from payments.exports import LISTS

        books.register(*RULES)
        moves.followed_by(following.follow)
        exportable.register(*LISTS)
        # Entries and commissions are journals themselves; an event is stored whole, and its receipt is audited.
        auditlog.register(models.PaymentProcessor, exclude_fields=["api_key", "webhook_secrets", "updated_at"])
        bookkeeping = ["updated_at", "next_attempt_at", "looked_up_at", "attempts"]
        auditlog.register(models.Payment, exclude_fields=[*bookkeeping, "metadata"])
        auditlog.register(models.Refund, exclude_fields=["next_attempt_at", "attempts"])
        for model in (models.Chargeback, models.SavedMethod, models.PaymentPlan, models.SettlementOffer):
            auditlog.register(model, exclude_fields=["updated_at"])
