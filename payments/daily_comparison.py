"""Did the processor move the same money as we know of? Each day's balance transactions beside ours (SPEC §7.6).

Compared by what each is about, so that it does not matter which side heard of it first: a charge, refund or dispute of
the processor that we do not know, one of another amount, and a payment of ours that the processor did not move.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import structlog
from django.utils import timezone

from core import calendar, crossings, jobs, tenancy
from core.words import money
from payments import breaker, processors
from payments.gateway.troubles import NotAnswering, Trouble
from payments.models import Chargeback, DailyComparison, Payment, PaymentProcessor, Refund

COMPARE = "payments.daily_comparison.compare_again"
TAKEN = ("charge", "payment")
RETURNED = ("refund", "payment_refund")
DISPUTED = ("adjustment",)
DAYS_BACK = 3  # a day on which the processor did not answer is made up for
EARLIER = timedelta(days=8)  # a bank debit is moved when it begins, and completed when the bank has spoken
SHOWN = 50
Movement = tuple[str, str, Decimal]
log = structlog.get_logger(__name__)


@dataclass
class Found:
    """What both sides say of one day."""

    taken: dict[str, Decimal] = field(default_factory=lambda: {"there": Decimal(0), "here": Decimal(0)})
    returned: dict[str, Decimal] = field(default_factory=lambda: {"there": Decimal(0), "here": Decimal(0)})
    differences: list[str] = field(default_factory=list)

    def compare(self, side: dict[str, Decimal], what: str, there: Decimal, here: Decimal | None) -> None:
        """One thing: `here` is None when we do not know it."""
        side["there"] += there
        side["here"] += here or Decimal(0)
        if here is None:
            self.differences.append(f"{what} of {money(there)} is not known here.")
        elif here != there:
            self.differences.append(f"{what} is {money(there)} there and {money(here)} here.")


def run() -> None:
    """Every agency's last days that are not compared yet, or differed (a recurring job)."""
    for agency_id in crossings.active_agencies():
        with tenancy.working_for(agency_id):
            for processor, day in _due():
                _try(processor, day)


def soon(comparison: DailyComparison) -> None:
    """Have the worker compare that day again."""
    jobs.enqueue(COMPARE, str(comparison.pk))


def compare_again(comparison_id: str) -> None:
    """The job."""
    with tenancy.transaction():
        found = DailyComparison.objects.select_related("processor").get(pk=UUID(comparison_id))
    compare(found.processor, found.day)


def compare(processor: PaymentProcessor, day: date) -> DailyComparison:
    """Compare one day in the agency's zone, and store what came of it. Raises Trouble and NotAnswering."""
    since, until = _bounds(day)
    with breaker.guarding(processor.pk):
        stripe = processors.gateway(processor)
        moved = list(stripe.movements(since, until))
        before = {source for _, source, _ in stripe.movements(since - EARLIER, since)}
    with tenancy.transaction():
        found = Found()
        _charges(found, processor, [one for one in moved if one[0] in TAKEN])
        _refunds(found, processor, [one for one in moved if one[0] in RETURNED])
        _disputes(found, processor, [one for one in moved if one[0] in DISPUTED])
        _missing(found, processor, since, until, before | {source for _, source, _ in moved})
        return _store(processor, day, found)


def _try(processor: PaymentProcessor, day: date) -> None:
    try:
        compare(processor, day)
    except (Trouble, NotAnswering) as trouble:
        log.warning("not_compared", processor=str(processor.pk), day=str(day), why=str(trouble))


def _due() -> list[tuple[PaymentProcessor, date]]:
    with tenancy.transaction():
        today = calendar.today()
        days = [today - timedelta(days=n) for n in range(1, DAYS_BACK + 1)]
        online = PaymentProcessor.objects.filter(kind=PaymentProcessor.Kind.STRIPE)
        agreed = set(DailyComparison.objects.filter(differs=False, day__in=days).values_list("processor", "day"))
        differ = set(DailyComparison.objects.filter(differs=True).values_list("processor", "day"))
        by_key = {processor.pk: processor for processor in online if processor.api_key}
    due = differ | {(pk, day) for pk in by_key for day in days}
    return [(by_key[pk], day) for pk, day in sorted(due - agreed, key=str) if pk in by_key]


def _bounds(day: date) -> tuple[datetime, datetime]:
    with tenancy.transaction():
        zone = calendar.zone()
    return datetime.combine(day, time.min, zone), datetime.combine(day + timedelta(days=1), time.min, zone)


def _charges(found: Found, processor: PaymentProcessor, moved: Iterable[Movement]) -> None:
    sums = _by_source(moved)
    known = {
        str(payment.metadata["charge"]): payment
        for payment in Payment.objects.filter(processor=processor, metadata__charge__in=list(sums))
    }
    for source, there in sums.items():
        payment = known.get(source)
        if payment and not payment.was_taken:
            continue  # a bank debit that is on its way, or came back
        found.compare(found.taken, f"The charge {source}", there, payment.amount if payment else None)


def _refunds(found: Found, processor: PaymentProcessor, moved: Iterable[Movement]) -> None:
    sums = _by_source(moved)
    ours = Refund.objects.filter(payment__processor=processor, processor_ref__in=list(sums))
    known = {refund.processor_ref: refund.amount for refund in ours}
    for source, there in sums.items():
        found.compare(found.returned, f"The refund {source}", -there, known.get(source))


def _disputes(found: Found, processor: PaymentProcessor, moved: Iterable[Movement]) -> None:
    """Whether we know of it; what is taken at first and given back when it is won is the processor's affair."""
    sums = _by_source(moved)
    ours = Chargeback.objects.filter(payment__processor=processor, processor_ref__in=list(sums))
    known = set(ours.values_list("processor_ref", flat=True))
    for source, there in sums.items():
        found.compare(found.returned, f"The dispute {source}", -there, -there if source in known else None)


def _missing(found: Found, processor: PaymentProcessor, since: datetime, until: datetime, moved: set[str]) -> None:
    completed = Payment.objects.filter(processor=processor, completed_at__gte=since, completed_at__lt=until)
    for payment in completed:
        if payment.metadata.get("charge") not in moved:
            found.taken["here"] += payment.amount
            found.differences.append(f"Our payment {payment.pk} of {money(payment.amount)} was not moved there.")


def _by_source(moved: Iterable[Movement]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for _, source, amount in moved:
        sums[source] += amount
    return sums


def _store(processor: PaymentProcessor, day: date, found: Found) -> DailyComparison:
    facts = {
        "taken_there": found.taken["there"],
        "taken_here": found.taken["here"],
        "returned_there": found.returned["there"],
        "returned_here": found.returned["here"],
        "differences": found.differences[:SHOWN],
        "differs": bool(found.differences),
        "compared_at": timezone.now(),
    }
    stored, _ = DailyComparison.objects.update_or_create(processor=processor, day=day, defaults=facts)
    return stored
