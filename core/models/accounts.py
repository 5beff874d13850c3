"""What is owed, to whom, and who works it?"""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Cast

from core.account_states import OPEN, AccountWorkflow, Status
from core.tenancy import TenantModel

_open = models.Q(status__in=sorted(OPEN))
_dated = _open & models.Q(next_action_at__isnull=False)
_undated = _open & models.Q(next_action_at__isnull=True)
_disputed = _open & models.Q(disputed_since__isnull=False)
_left_alone = _open & models.Q(broken_promise_at__isnull=False)


class Priority(models.IntegerChoices):
    """Orders the worklist; a person sets it."""

    LOW = 0, "Low"
    NORMAL = 1, "Normal"
    HIGH = 2, "High"
    URGENT = 3, "Urgent"


class ClosedReason(models.TextChoices):
    """Why an account left the desk (SPEC §4, withdraw and close)."""

    PAID = "paid", "Paid or settled"
    RECALLED = "recalled", "Recalled by the creditor"
    BANKRUPT = "bankrupt", "Bankruptcy"
    DECEASED = "deceased", "Deceased"
    UNCOLLECTIBLE = "uncollectible", "Uncollectible"
    TIME_BARRED = "time_barred", "Time-barred"
    ERROR = "error", "Placed in error"
    DISPUTE_UPHELD = "dispute_upheld", "Dispute upheld"


class Account(AccountWorkflow, TenantModel):
    """One claim of one creditor against one debtor: the table that everything turns on.

    Inserting a row also inserts its placement entry, and only balance entries change `current_balance`: triggers do
    both (migration `0003_balances`).
    """

    debtor = models.ForeignKey("core.Debtor", on_delete=models.PROTECT, related_name="accounts", db_constraint=False)
    creditor = models.ForeignKey(
        "core.Creditor", on_delete=models.PROTECT, related_name="accounts", db_index=False, db_constraint=False
    )
    assigned_to = models.ForeignKey(
        "core.Collector",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="accounts",
        db_index=False,
        db_constraint=False,
    )
    external_ref = models.CharField(max_length=100)
    original_amount = models.DecimalField(
        max_digits=12, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    current_balance = models.DecimalField(max_digits=12, decimal_places=2, editable=False, db_default=Decimal(0))
    # What lists are ordered by: below row-level security only a leakproof comparison can use an index, and those of
    # `numeric` are not leakproof.
    balance_cents = models.GeneratedField(
        expression=Cast(models.F("current_balance") * 100, models.BigIntegerField()),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.LOW)
    account_type = models.CharField(max_length=50, blank=True, default="")
    due_date = models.DateField(null=True, blank=True)
    particulars = models.JSONField(default=dict, blank=True, help_text="Columns of the file that we have no name for")
    last_contact_at = models.DateTimeField(null=True, blank=True)
    # When the newest promise was found broken or kept in part, until somebody is contacted or promises again; kept by
    # `promises` and `contacts`, so that what waits for a manager is found by index.
    broken_promise_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Since when it, or all that its debtor owes, is in dispute; triggers of the holds write it.
    disputed_since = models.DateTimeField(null=True, blank=True, editable=False)
    next_action_at = models.DateTimeField(null=True, blank=True)
    next_action = models.CharField(max_length=200, blank=True, default="")
    closed_reason = models.CharField(max_length=20, choices=ClosedReason, blank=True, default="")
    assigned_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    # The number of core.CallingGroup, 0 when nobody may be called; triggers write it. No foreign key: 0 is no group.
    calling_group = models.BigIntegerField(null=True, editable=False)
    # The id of imports.SFTPImportJob; no foreign key, because the kernel does not know the importer.
    last_import_job = models.UUIDField(null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("agency", "external_ref", name="account_ref_unique_in_agency"),
            models.CheckConstraint(condition=models.Q(current_balance__gte=0), name="account_balance_not_negative"),
            models.CheckConstraint(condition=models.Q(original_amount__gt=0), name="account_amount_positive"),
            models.CheckConstraint(condition=models.Q(priority__lte=3), name="account_priority_0_to_3"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="account_status_is_known"),
        ]
        # Each serves a query of the worklist or of the lists behind the reports; plans in deploy/performance.md. None
        # includes further columns: an update of such a column could no longer stay in its page.
        indexes = [
            models.Index("agency", "status", "created_at", name="account_status_created"),
            models.Index("agency", "created_at", "id", name="account_created"),
            models.Index("agency", "priority", "balance_cents", "id", condition=_open, name="account_worklist_agency"),
            models.Index("agency", "assigned_to", "priority", "balance_cents", "id", name="account_worklist_collector"),
            models.Index("agency", "next_action_at", "id", condition=_dated, name="account_due"),
            models.Index(
                "agency", "assigned_to", "next_action_at", "id", condition=_dated, name="account_due_collector"
            ),
            models.Index("agency", "balance_cents", "id", condition=_open, name="account_balance"),
            models.Index(
                "agency", "calling_group", "next_action_at", "id", condition=_open, name="account_calling_due"
            ),
            models.Index(
                "agency", "calling_group", "priority", "balance_cents", "id", condition=_undated, name="account_calling"
            ),
            models.Index("agency", "last_contact_at", "id", condition=_open, name="account_last_contact"),
            models.Index("agency", "due_date", "id", condition=_open, name="account_due_date"),
            models.Index("agency", "creditor", "created_at", "id", name="account_creditor"),
            models.Index("agency", "created_at", "id", condition=_left_alone, name="account_broken_promise"),
            models.Index("agency", "disputed_since", condition=_disputed, name="account_disputed"),
        ]

    def __str__(self) -> str:
        return self.external_ref

    @property
    def is_open(self) -> bool:
        """Is there still work to do?"""
        return self.status in OPEN
