"""What became of everything undecided, now rather than when its time comes? For operators."""

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from core import tenancy
from payments import reconciliation
from payments.models import Payment

Status, Waits = Payment.Status, Payment.WaitsFor


@dataclass
class Reconciled:
    """How many payments, refunds and events were looked at, and what the undecided payments are now."""

    looked_at: int = 0
    payments: Counter[str] = field(default_factory=Counter)


def reconcile(done: Reconciled) -> None:
    """Look at all of the current agency, and add what came of it."""
    with tenancy.transaction():
        undecided = _bring_forward()
    done.looked_at += reconciliation.run_for_agency()
    with tenancy.transaction():
        done.payments.update(Payment.objects.filter(pk__in=undecided).values_list("status", flat=True))


def _bring_forward() -> list[UUID]:
    """Every undecided payment; but for those that are being sent, the next run looks at them."""
    undecided = Payment.objects.filter(status__in=[Status.PENDING, Status.UNKNOWN])
    under_way = Q(status=Status.PENDING, waits_for__in=[Waits.WORKER, Waits.GATEWAY, Waits.RETRY])
    found = list(undecided.values_list("pk", flat=True))
    undecided.exclude(under_way).update(next_attempt_at=timezone.now())
    return found
