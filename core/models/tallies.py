"""How many accounts are in each status, and at whom, without counting a million rows?"""

from django.db import models

from core.tenancy import TenantModel


class AccountTally(TenantModel):
    """Changes of the number and balance of accounts per collector and status; the sums are the counts.

    Statement triggers on the account table add rows (never update any, so that nobody waits for a hot counter);
    `core.tallies.compact` folds them together.
    """

    collector_id = models.UUIDField(null=True)
    status = models.CharField(max_length=20)
    accounts = models.BigIntegerField()
    balance = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        verbose_name_plural = "account tallies"
        indexes = [models.Index("agency", "collector_id", "status", name="account_tally_key")]
