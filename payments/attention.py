"""Which payments, refunds, events and disputes need a person? Each question answered by an index, nothing by memory."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from core import tenancy
from payments.models import (
    Chargeback,
    DailyComparison,
    GatewayHealth,
    Payment,
    Refund,
    SettlementOffer,
    WebhookEvent,
)

RECENT = timedelta(days=14)
Status, Waits = Payment.Status, Payment.WaitsFor
# After which time a payment that waits is looked at by a person. A bank debit takes up to four business days
# (https://docs.stripe.com/payments/ach-direct-debit), a weekend and a holiday between.
EXPECTED = {
    Waits.WORKER: timedelta(minutes=5),
    Waits.GATEWAY: timedelta(minutes=5),
    Waits.RETRY: timedelta(minutes=10),
    Waits.ACTION: timedelta(days=1),
    Waits.DETAILS: timedelta(days=3),
    Waits.BANK: timedelta(days=8),
}
KEPT = 20.0  # seconds for which the number beside the navigation may be out of date
_counts: dict[UUID, tuple[float, int]] = {}


def failed() -> "QuerySet[Payment]":
    """Payments that failed lately, and none came on the account since."""
    came = Payment.objects.filter(
        account=OuterRef("account"), status__in=[Status.COMPLETED, Status.REFUNDED],
        completed_at__gt=OuterRef("created_at"),
    )  # fmt: skip
    lately = Payment.objects.filter(status=Status.FAILED, created_at__gte=timezone.now() - RECENT)
    return lately.filter(~Exists(came))


def unknown() -> "QuerySet[Payment]":
    """Payments of which nobody knows whether they were charged."""
    return Payment.objects.filter(status=Status.UNKNOWN)


def slow() -> "QuerySet[Payment]":
    """Payments that wait for longer than they should."""
    now = timezone.now()
    late = [Q(waits_for=what, created_at__lt=now - length) for what, length in EXPECTED.items()]
    return Payment.objects.filter(Q(*late, _connector=Q.OR), status=Status.PENDING)


def failed_refunds() -> "QuerySet[Refund]":
    """Refunds that failed, and none was made or begun since."""
    later = Refund.objects.filter(payment=OuterRef("payment"), created_at__gt=OuterRef("created_at"))
    return Refund.objects.filter(~Exists(later.exclude(status=Refund.Status.FAILED)), status=Refund.Status.FAILED)


def stuck_events() -> "QuerySet[WebhookEvent]":
    """Events that could not be worked off: given up, or to be tried again."""
    return WebhookEvent.objects.filter(processed_at=None).exclude(error="", next_attempt_at__isnull=False)


def open_chargebacks() -> "QuerySet[Chargeback]":
    """Disputes and inquiries of banks that are not closed."""
    return Chargeback.objects.filter(status__in=[Chargeback.Status.INQUIRY, Chargeback.Status.OPEN])


def credits_due() -> "QuerySet[Payment]":
    """Payments of which more is held than was owed (SPEC §7.8)."""
    return Payment.objects.filter(credit__gt=0)


def awaiting() -> "QuerySet[SettlementOffer]":
    """Settlements below a collector's authority, which an admin decides."""
    return SettlementOffer.objects.filter(status=SettlementOffer.Status.AWAITING)


def open_circuits() -> "QuerySet[GatewayHealth]":
    """Processors that do not answer."""
    return GatewayHealth.objects.exclude(state=GatewayHealth.State.CLOSED)


def differing() -> "QuerySet[DailyComparison]":
    """Days on which a processor moved other money than we know of."""
    return DailyComparison.objects.filter(differs=True)


ALL: tuple[Callable[[], "QuerySet[Any]"], ...] = (
    failed, unknown, slow, failed_refunds, stuck_events, open_chargebacks, credits_due, awaiting, open_circuits,
    differing,
)  # fmt: skip


def count() -> int:
    """How many there are, in one statement."""
    first, *rest = (ask().order_by().values("pk") for ask in ALL)
    return first.union(*rest, all=True).count()


def forget_count() -> None:
    """Ask again for the navigation: something was just decided here."""
    _counts.pop(tenancy.current_agency_id(), None)


def count_of_late() -> int:
    """The same for the navigation beside every page, asked again after some seconds."""
    agency = tenancy.current_agency_id()
    asked, known = _counts.get(agency, (0.0, 0))
    if not asked or time.monotonic() - asked > KEPT:
        known = count()
        _counts[agency] = (time.monotonic(), known)
    return known
