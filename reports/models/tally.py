"""What do the figures add up to, without reading a million rows?"""

from django.db import models

from core.tenancy import TenantModel, current_agency_id


class Level(models.TextChoices):
    """By what a row is summed, beside its subject, day and detail. A change knows everything, and is not folded yet."""

    CHANGE = "change"
    ALL = "all"
    CREDITOR = "creditor"
    COLLECTOR = "collector"
    COLLECTOR_WEEK = "desk_week"  # by collector; the day is the Monday of seven
    PAIR = "pair"  # creditor and collector


class Tally(TenantModel):
    """Sums of facts (the view `reports_fact`): what is read at a level is its rows and the changes not folded yet.

    Triggers add the changes in the transaction that makes them, and never update a row, so that nobody waits for a
    hot one; `reports.tallies.compact` folds them into the levels.
    """

    # Written by triggers from rows whose agency is checked already: a check for each would be their greatest cost.
    agency = models.ForeignKey(
        "core.Agency",
        on_delete=models.PROTECT,
        default=current_agency_id,
        editable=False,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    subject = models.CharField(max_length=20)
    level = models.CharField(max_length=10, choices=Level)
    day = models.DateField(null=True, help_text="In the agency's zone")
    creditor_id = models.UUIDField(null=True)
    collector_id = models.UUIDField(null=True, help_text="None: nobody, or a level that does not tell")
    detail = models.CharField(max_length=20, default="", db_default="")
    number = models.BigIntegerField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        verbose_name_plural = "tallies"
        indexes = [models.Index("agency", "subject", condition=models.Q(level=Level.CHANGE), name="tally_changes")]
        constraints = [
            # Also what figures are read by: of one creditor or of all, from day to day.
            models.UniqueConstraint(
                "agency", "subject", "level", "creditor_id", "day", "collector_id", "detail",
                condition=~models.Q(level=Level.CHANGE),
                nulls_distinct=False,
                name="tally_one_row_a_key",
            ),
            models.CheckConstraint(condition=models.Q(level__in=Level.values), name="tally_level_is_known"),
        ]  # fmt: skip
