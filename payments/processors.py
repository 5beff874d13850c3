"""Through whom does this agency take money?"""

import time
from uuid import UUID

from core import tenancy
from payments.gateway.over_stripe import Stripe
from payments.models import PaymentProcessor

Kind = PaymentProcessor.Kind
KEPT = 15  # seconds
_modes: dict[UUID, tuple[float, bool]] = {}


def by_hand() -> PaymentProcessor:
    """The agency itself, which records what came by mail or over the counter; made on first use."""
    found = PaymentProcessor.objects.filter(kind=Kind.MANUAL).first()
    if found is None:
        made = PaymentProcessor(name="Recorded by hand", slug="manual", kind=Kind.MANUAL)
        PaymentProcessor.objects.bulk_create([made], ignore_conflicts=True)  # somebody may do it at the same moment
        found = PaymentProcessor.objects.get(kind=Kind.MANUAL)
    return found


def online() -> PaymentProcessor | None:
    """The processor that charges cards and bank accounts; None when the agency has none in use."""
    found = PaymentProcessor.objects.filter(kind=Kind.STRIPE, is_active=True).order_by("created_at").first()
    return found if found and found.api_key else None


def gateway(processor: PaymentProcessor) -> Stripe:
    """Who speaks to it. Raises Trouble when it is not set up."""
    return Stripe(processor)


def is_testing() -> bool:
    """Does the current agency charge through a test account? Every page says so; so it is asked every few seconds."""
    agency = tenancy.current_agency_id()
    asked, known = _modes.get(agency, (0.0, False))
    if time.monotonic() - asked > KEPT:
        found = online()
        known = found is not None and found.is_test
        _modes[agency] = (time.monotonic(), known)
    return known


def forget_mode() -> None:
    """The current agency's processors were changed."""
    _modes.pop(tenancy.current_agency_id(), None)
