"""What came on an account from a moment on, and stayed? The one measure of plans and settlements.

A payment counts with all that it took off the balance until now, refunds and chargebacks taken off; what was paid
earlier, and is given back now, does not.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, Sum

from core.models import BalanceEntry
from core.promises import PAID_BY
from payments.models import Payment


def since(account_id: UUID, moment: datetime, *, begun: bool = False) -> Decimal:
    """US dollars, never below zero. `begun`: without what was under way at that moment and completed later."""
    taken = Payment.objects.filter(account=account_id, completed_at__gte=moment)
    if begun:
        taken = taken.filter(created_at__gte=moment)
    told_alone = Q(payment=None, created_at__gte=moment)  # entries of a former system
    entries = BalanceEntry.objects.filter(
        Q(payment__in=taken.values("pk")) | told_alone, account=account_id, kind__in=PAID_BY
    )
    return max(-(entries.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)), Decimal(0))
