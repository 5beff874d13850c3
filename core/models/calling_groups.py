"""Which combinations of time zones do the agency's debtors have?"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from core.tenancy import TenantModel


class CallingGroup(TenantModel):
    """Debtors who may be called at the same hours, because the same zones are possible for them.

    An account carries the number of its debtor's group while nothing but the hour forbids a call, and 0 when a hold
    stands or no zone is known. Triggers write both (migration `0017_calling_groups`).
    """

    number = models.BigIntegerField(editable=False)
    time_zones = ArrayField(models.CharField(max_length=64), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint("agency", "number", name="calling_group_number_unique_in_agency")]

    def __str__(self) -> str:
        return ", ".join(self.time_zones)
