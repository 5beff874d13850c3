"""Who moves an agency's money, with which keys, and does he answer?"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from core.encryption import EncryptedTextField
from core.tenancy import TenantModel


class PaymentProcessor(TenantModel):
    """An agency's account with a processor; `manual` is the agency itself, recording what came by hand."""

    class Kind(models.TextChoices):
        STRIPE = "stripe", "Stripe"
        MANUAL = "manual", "Recorded by hand"

    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=50)
    kind = models.CharField(max_length=10, choices=Kind)
    # Set by the platform's operator alone: whoever sets it receives the key. Empty: Stripe itself.
    api_base_url = models.URLField(max_length=300, blank=True, default="", editable=False)
    api_key = EncryptedTextField(blank=True, default="", help_text="The secret key, sk_test_… or sk_live_….")
    publishable_key = models.CharField(max_length=255, blank=True, default="", help_text="pk_test_… or pk_live_….")
    webhook_secrets = EncryptedTextField(
        blank=True, default="", help_text="One a line: whsec_…. Two while one is being replaced."
    )
    is_active = models.BooleanField(default=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "agency",
                Lower("slug"),
                name="processor_slug_unique_in_agency",
                violation_error_message="The agency has a processor of this name already.",
            ),
            models.UniqueConstraint("agency", condition=models.Q(kind="manual"), name="processor_one_manual_in_agency"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_test(self) -> bool:
        """Does it move no real money?"""
        return self.kind == self.Kind.STRIPE and not self.api_key.startswith(("sk_live_", "rk_live_"))

    @property
    def secrets(self) -> list[str]:
        """The webhook secrets in force."""
        return self.webhook_secrets.split()


class GatewayHealth(TenantModel):
    """The circuit breaker of one processor, shared by all processes (SPEC §7.3)."""

    class State(models.TextChoices):
        CLOSED = "closed", "Answering"
        OPEN = "open", "Not answering"
        HALF_OPEN = "half_open", "Being tried"

    processor = models.OneToOneField(
        PaymentProcessor, on_delete=models.PROTECT, related_name="health", db_constraint=False
    )
    state = models.CharField(max_length=10, choices=State, default=State.CLOSED)
    failures = ArrayField(models.DateTimeField(), default=list)
    opened_at = models.DateTimeField(null=True)
    probe_until = models.DateTimeField(null=True, help_text="Until then the one probe may take")
    last_error = models.CharField(max_length=300, blank=True, default="")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "gateway health"

    def __str__(self) -> str:
        return f"{self.processor_id}: {self.state}"
