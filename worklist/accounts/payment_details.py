"""What does the page show on which a card is entered? How the payment stands, and Stripe's own field when it asks."""

from dataclasses import dataclass
from functools import cached_property

from core.access import SignedInRequest
from core.meanwhile import version_of
from core.models import Account
from payments import breaker, processors, telling
from payments.gateway.over_stripe import Intent
from payments.gateway.troubles import NotAnswering, Trouble
from payments.models import Payment
from worklist.origin import OnWay

Status, Waits = Payment.Status, Payment.WaitsFor
# The field is open: what is typed into it survives whatever Stripe tells meanwhile.
OPEN = (Waits.DETAILS, Waits.ACTION)
# At Stripe: it is confirmed, and we are about to be told.
CONFIRMED = ("processing", "succeeded", "requires_capture")


@dataclass
class DetailsPage(OnWay):
    """One payment whose card or bank account is entered by whoever has the page open."""

    request: SignedInRequest
    account: Account
    payment: Payment
    trouble: str = ""

    @property
    def is_entered_here(self) -> bool:
        """Is it of the kind whose details are asked on this page?"""
        return self.payment.metadata.get("how") == "details"

    @property
    def is_open(self) -> bool:
        """Can details be entered now?"""
        ready = self.payment.waits_for in OPEN and bool(self.payment.processor_ref)
        return self.payment.is_undecided and self.is_entered_here and ready

    @property
    def is_preparing(self) -> bool:
        """Is it about to be open?"""
        return self.payment.is_undecided and self.is_entered_here and not self.payment.processor_ref

    @property
    def means(self) -> str:
        """By what it was paid, once that is known."""
        return telling.reason(self.payment) if self.payment.metadata.get("last4") else ""

    @property
    def version(self) -> str:
        """The mark of what this page shows; the field stays as it is while it is open."""
        waits = "open" if self.is_open else self.payment.waits_for
        return version_of(self.payment.status, waits, self.account.current_balance)

    @property
    def look_again(self) -> int:
        """After how many seconds the page asks how it stands; 0 when that is decided."""
        if not self.payment.is_undecided:
            return 0
        return 30 if self.payment.waits_for == Waits.BANK else 1

    @cached_property
    def intent(self) -> Intent | None:
        """What Stripe's field needs; None when it is not the time for it, or Stripe does not answer (`trouble`)."""
        if not self.is_open:
            return None
        try:
            with breaker.guarding(self.payment.processor_id):
                found = processors.gateway(self.payment.processor).intent(self.payment.processor_ref)
        except (Trouble, NotAnswering) as trouble:
            self.trouble = str(trouble)
            return None
        return None if found.state in CONFIRMED else found
