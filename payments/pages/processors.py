"""What do the pages of the processors show? Which one is in use, in which mode, and whether it answers."""

from dataclasses import dataclass, field
from functools import cached_property

from django.http import HttpRequest
from django.urls import reverse

from payments import breaker, processors
from payments.gateway.over_stripe import Stripe
from payments.gateway.troubles import NotAnswering, Trouble
from payments.models import GatewayHealth, PaymentProcessor
from payments.pages.processor_form import ProcessorForm

# What is chosen at Stripe when the webhook address is entered there.
EVENTS = ("payment_intent.*", "charge.*", "refund.*", "checkout.session.*")


@dataclass
class Line:
    """One processor of the list."""

    processor: PaymentProcessor
    health: GatewayHealth | None
    is_used: bool

    @property
    def is_by_hand(self) -> bool:
        return self.processor.kind == PaymentProcessor.Kind.MANUAL

    @property
    def mode(self) -> str:
        return "" if self.is_by_hand else "Test mode" if self.processor.is_test else "Live"

    @property
    def trouble(self) -> GatewayHealth | None:
        """Why nothing is sent now, since when; None while it answers."""
        return self.health if self.health and self.health.state != GatewayHealth.State.CLOSED else None


def lines() -> list[Line]:
    """Every processor of the agency."""
    health = {one.processor_id: one for one in GatewayHealth.objects.all()}
    used = processors.online()
    found = PaymentProcessor.objects.order_by("-is_active", "created_at")
    return [Line(one, health.get(one.pk), used is not None and one.pk == used.pk) for one in found]


@dataclass
class Page:
    """The form of one processor, with what its test found."""

    request: HttpRequest
    form: ProcessorForm
    tested: str = ""
    trouble: str = ""
    who: str = ""
    events: tuple[str, ...] = field(default=EVENTS)

    @property
    def processor(self) -> PaymentProcessor:
        return self.form.instance

    @cached_property
    def line(self) -> Line:
        health = None if self.form.is_new else GatewayHealth.objects.filter(processor=self.processor.pk).first()
        return Line(self.processor, health, is_used=False)

    @property
    def hint(self) -> str:
        """How the stored key ends, so that one knows which it is."""
        return f"{self.form.stored_key[:8]}…{self.form.stored_key[-4:]}" if self.form.stored_key else ""

    @property
    def secrets(self) -> int:
        return len(self.form.stored_secrets.split())

    @property
    def webhook(self) -> str:
        """The address to enter at Stripe."""
        return self.request.build_absolute_uri(reverse("payments_webhook:stripe_of", args=[self.processor.pk]))

    def test(self) -> None:
        """Ask Stripe who it is, with the key that was typed or is stored. Nothing is changed there."""
        asked = PaymentProcessor(api_key=self.form.cleaned_data["api_key"], api_base_url=self.processor.api_base_url)
        try:
            if self.form.is_new:
                found = Stripe(asked).check()
            else:
                with breaker.guarding(self.processor.pk):
                    found = Stripe(asked).check()
        except (Trouble, NotAnswering) as trouble:
            self.trouble = str(trouble)
        else:
            self.tested = f"Stripe answers: account {found}, {'test' if _is_test(asked) else 'live'} mode."


def _is_test(processor: PaymentProcessor) -> bool:
    return not processor.api_key[3:].startswith("live_")
