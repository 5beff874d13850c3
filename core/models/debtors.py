"""Who owes, how may he be reached, and what became known of him when?"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models

from core.encryption import EncryptedTextField
from core.tenancy import TenantModel


class Debtor(TenantModel):
    """A person; may owe on several accounts."""

    # A placement without a debtor reference makes its own ("account:" and the account's), hence longer than 100.
    external_ref = models.CharField(max_length=120)
    full_name = models.CharField(max_length=255)
    # Lower case, no accents: what the name search looks in.
    search_name = models.GeneratedField(
        expression=models.Func(models.F("full_name"), function="core_fold"),
        output_field=models.CharField(max_length=512),
        db_persist=True,
    )
    ssn_last4 = EncryptedTextField(blank=True, default="")
    date_of_birth = EncryptedTextField(blank=True, default="", help_text="ISO date, YYYY-MM-DD")
    address_line1 = models.CharField(max_length=255, blank=True, default="")
    city = models.CharField(max_length=100, blank=True, default="")
    state = models.CharField(max_length=2, blank=True, default="")
    zip = models.CharField(max_length=10, blank=True, default="")
    language = models.CharField(max_length=8, blank=True, default="")
    # Every IANA zone that the ZIP and the phones allow: a call must be convenient in all of them
    # (12 CFR 1006.6(b)(1)(i), comment 6(b)(1)(i)-2). Empty: unknown.
    time_zones = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    # What the agency corrected, and so no file overwrites: the fact's name, and what the creditor's file last said.
    corrected = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("agency", "external_ref", name="debtor_ref_unique_in_agency"),
        ]
        indexes = [
            GinIndex("agency", OpClass("search_name", name="gin_trgm_ops"), name="debtor_name_search"),
        ]

    def __str__(self) -> str:
        return self.full_name


class ContactPoint(TenantModel):
    """A phone number or an e-mail address of a debtor, with where it came from."""

    class Kind(models.TextChoices):
        PHONE = "phone", "Phone"
        EMAIL = "email", "E-mail"

    class Source(models.TextChoices):
        FILE = "file", "Creditor's file"
        DEBTOR = "debtor", "Debtor"
        COLLECTOR = "collector", "Collector"
        VENDOR = "vendor", "Vendor"

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        INVALID = "invalid", "Invalid"
        OPTED_OUT = "opted_out", "Opted out"

    debtor = models.ForeignKey(
        Debtor, on_delete=models.PROTECT, related_name="contact_points", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=8, choices=Kind)
    value = models.CharField(max_length=320, help_text="E.164 for phones, lower case for e-mail addresses")
    source = models.CharField(max_length=12, choices=Source, default=Source.FILE)
    status = models.CharField(max_length=12, choices=Status, default=Status.ACTIVE)
    is_primary = models.BooleanField(default=False)
    time_zones = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    consent_given_at = models.DateTimeField(null=True, blank=True)
    consent_source = models.CharField(max_length=200, blank=True, default="")
    consent_revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-is_primary", "kind", "id"]
        constraints = [
            models.UniqueConstraint("debtor", "kind", "value", name="contact_point_unique_for_debtor"),
            models.CheckConstraint(condition=models.Q(kind__in=["phone", "email"]), name="contact_point_kind_is_known"),
        ]
        indexes = [models.Index("agency", "value", name="contact_point_value")]

    def __str__(self) -> str:
        return self.value


class DebtorChange(TenantModel):
    """One fact about a debtor that changed; append-only (a trigger refuses UPDATE and DELETE)."""

    class Fact(models.TextChoices):
        FULL_NAME = "full_name", "Name"
        ADDRESS = "address_line1", "Address"
        CITY = "city", "City"
        STATE = "state", "State"
        ZIP = "zip", "ZIP"
        LANGUAGE = "language", "Language"
        ADDED = "added", "Added"
        STATUS = "status", "Status"
        PRIMARY = "primary", "Primary"
        CONSENT = "consent", "Consent"

    debtor = models.ForeignKey(
        Debtor, on_delete=models.PROTECT, related_name="changes", db_index=False, db_constraint=False
    )
    # The number or address that the fact is about; None: the debtor himself.
    contact_point = models.ForeignKey(
        ContactPoint, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    field = models.CharField(max_length=16, choices=Fact)
    old = models.CharField(max_length=320, blank=True, default="")
    new = models.CharField(max_length=320, blank=True, default="")
    # None: a file or the system did it.
    actor = models.ForeignKey("core.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index("debtor", models.F("created_at").desc(), models.F("id").desc(), name="debtor_change_history")
        ]

    def __str__(self) -> str:
        return f"{self.get_field_display()}: {self.new[:60]}"


class PinnedNote(TenantModel):
    """A note of one of the debtor's timelines that whoever opens him must see; a trigger checks that it is one."""

    MOST = 5

    debtor = models.ForeignKey(
        Debtor, on_delete=models.PROTECT, related_name="pinned_notes", db_index=False, db_constraint=False
    )
    # Of core_activity, a journal without end: a key for constraints would be its largest index, and nothing is
    # ever deleted there.
    note = models.UUIDField(editable=False)
    place = models.PositiveSmallIntegerField()
    pinned_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint("debtor", "note", name="note_pinned_once"),
            models.UniqueConstraint("debtor", "place", name="pinned_note_has_its_place"),
            models.CheckConstraint(condition=models.Q(place__range=(1, 5)), name="at_most_five_notes_are_pinned"),
        ]

    def __str__(self) -> str:
        return f"Pinned by {self.pinned_by_id}"
