"""Who was reached, how, with what outcome, and what was promised?"""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models

from core.tenancy import TenantModel


class Channel(models.TextChoices):
    """A way to reach somebody."""

    CALL = "call", "Call"
    EMAIL = "email", "E-mail"
    LETTER = "letter", "Letter"
    IN_PERSON = "in_person", "In person"


class Direction(models.TextChoices):
    """Who began it."""

    OUT = "out", "Outgoing"
    IN = "in", "Incoming"


def every_channel() -> list[str]:
    """What an outcome belongs to unless it says otherwise."""
    return list(Channel.values)


def both_directions() -> list[str]:
    """As `every_channel`."""
    return list(Direction.values)


class Disposition(TenantModel):
    """An outcome of a contact, and what it means; each agency has its own table (DOMAIN: dispositions are data)."""

    code = models.SlugField(max_length=40)
    label = models.CharField(max_length=80)
    channels = ArrayField(models.CharField(max_length=12, choices=Channel), default=every_channel)
    directions = ArrayField(models.CharField(max_length=4, choices=Direction), default=both_directions)
    right_party = models.BooleanField(default=False, help_text="The debtor himself, or who may speak for him")
    conversation = models.BooleanField(default=False, help_text="A conversation about the debt")
    # 12 CFR 1006.14(b)(2)(i)(A): a call placed counts; (b)(3)(ii): one that did not connect does not.
    counts = models.BooleanField(default=True, help_text="Counts as an attempt")
    point_becomes = models.CharField(
        max_length=12,
        blank=True,
        default="",
        choices=[("invalid", "Invalid"), ("opted_out", "Opted out")],
        help_text="What the number or address turns out to be",
    )
    asks_promise = models.BooleanField(default=False)
    next_action = models.CharField(max_length=200, help_text="What comes next, unless the collector says otherwise")
    next_after_days = models.PositiveSmallIntegerField(default=1)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "label"]
        constraints = [
            models.UniqueConstraint("agency", "code", name="disposition_code_unique_in_agency"),
            models.CheckConstraint(
                condition=models.Q(conversation=False) | models.Q(right_party=True),
                name="disposition_conversation_is_with_right_party",
            ),
            models.CheckConstraint(
                condition=models.Q(channels__len__gt=0, channels__contained_by=list(Channel.values)),
                name="disposition_channels_are_known",
            ),
            models.CheckConstraint(
                condition=models.Q(directions__len__gt=0, directions__contained_by=list(Direction.values)),
                name="disposition_directions_are_known",
            ),
            models.CheckConstraint(
                condition=models.Q(asks_promise=False) | models.Q(conversation=True),
                name="disposition_promise_comes_of_conversation",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def fits(self, channel: str, direction: str) -> bool:
        """May a contact that was made this way, and begun by this side, end so?"""
        return channel in self.channels and direction in self.directions


class ContactAttempt(TenantModel):
    """One attempt to reach a debtor about one account. A call about two debts is one row for each
    (12 CFR 1006.14(b)(4), comment 14(b)(4)-1)."""

    account = models.ForeignKey(
        "core.Account", on_delete=models.PROTECT, related_name="contact_attempts", db_index=False, db_constraint=False
    )
    debtor = models.ForeignKey(
        "core.Debtor", on_delete=models.PROTECT, related_name="contact_attempts", db_index=False, db_constraint=False
    )
    contact_point = models.ForeignKey(
        "core.ContactPoint",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    channel = models.CharField(max_length=12, choices=Channel)
    direction = models.CharField(max_length=4, choices=Direction, default=Direction.OUT)
    disposition = models.ForeignKey(
        Disposition, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    # As the disposition said at that time: a table that is edited later does not rewrite what happened.
    right_party = models.BooleanField(default=False)
    conversation = models.BooleanField(default=False)
    counts = models.BooleanField(default=True)
    at = models.DateTimeField(db_default=models.functions.Now())
    actor = models.ForeignKey("core.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    # What `contact_rules` said: {"decision", "reasons": [{"text", "citation"}], "override"}.
    verdict = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index("account", models.F("at").desc(), name="contact_attempt_account"),
            models.Index("debtor", models.F("at").desc(), name="contact_attempt_debtor"),
            models.Index("agency", "actor", "at", name="contact_attempt_actor"),
            models.Index("agency", "at", "id", name="contact_attempt_agency"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(channel__in=Channel.values), name="contact_channel_is_known"),
            models.CheckConstraint(
                condition=models.Q(direction__in=Direction.values), name="contact_direction_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.disposition}"


class Promise(TenantModel):
    """A debtor's promise to pay an amount by a day; whether it was kept is found by job after the grace days."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        KEPT = "kept", "Kept"
        PARTIAL = "partial", "Partly kept"
        BROKEN = "broken", "Broken"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Method(models.TextChoices):
        CARD = "card", "Card"
        BANK_TRANSFER = "bank_transfer", "Bank transfer"
        CHECK = "check", "Check by mail"
        CASH = "cash", "Cash"

    account = models.ForeignKey(
        "core.Account", on_delete=models.PROTECT, related_name="promises", db_index=False, db_constraint=False
    )
    amount = models.DecimalField(max_digits=12, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))])
    due_date = models.DateField()
    method = models.CharField(max_length=16, choices=Method)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    made_by = models.ForeignKey("core.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    received = models.DecimalField(max_digits=12, decimal_places=2, default=0, help_text="Paid since it was made")
    judged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index("account", "status", name="promise_account"),
            models.Index("agency", "due_date", condition=models.Q(status="open"), name="promise_open_due"),
            models.Index(
                "agency", "account", condition=models.Q(status__in=["broken", "partial"]), name="promise_broken"
            ),
            models.Index("agency", "created_at", "id", name="promise_made"),
            models.Index("agency", "due_date", "id", name="promise_due"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="promise_amount_positive"),
            models.UniqueConstraint("account", condition=models.Q(status="open"), name="promise_one_open_per_account"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} by {self.due_date}"
