"""What does the page of one payment show? Its facts, what followed from it, and where the money is now."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from core import calendar
from core.access import SignedInRequest
from core.models import Activity, BalanceEntry, User
from core.words import day, money
from payments import seen_by, telling
from payments.models import Chargeback, Commission, Payment, PaymentProcessor, Refund, WebhookEvent
from payments.pages import standing
from payments.pages.listing import whose
from payments.pages.refund_form import RefundForm

MOST_EVENTS = 50
HOW = {"saved": "A saved method", "details": "Details told on the page", "link": "A payment link"}


@dataclass
class PaymentPage:
    """One user's view of one payment; `problem` says why something was not done."""

    request: SignedInRequest
    payment: Payment
    zone: ZoneInfo
    problem: str = ""
    bound: RefundForm | None = field(default=None)

    @property
    def user(self) -> User:
        return self.request.user

    @cached_property
    def today(self) -> date:
        return calendar.today_in(self.zone)

    # --- where it stands ---------------------------------------------------------------------------------------
    @property
    def title(self) -> str:
        return f"{money(self.payment.amount)} by {telling.means(self.payment)}"

    @property
    def tone(self) -> str:
        return standing.tone(self.payment)

    @property
    def label(self) -> str:
        return standing.label(self.payment)

    @property
    def waits(self) -> str:
        return standing.waiting(self.payment)

    @property
    def asks_again(self) -> str:
        """When the region asks anew; a refund under way is awaited as well."""
        waiting = any(refund.status == Refund.Status.PENDING for refund in self.refunds)
        return standing.asks_again(self.payment) or ("5s" if waiting else "")

    @cached_property
    def facts(self) -> list[tuple[str, str]]:
        """What is known of it; empty facts are left out."""
        payment, facts = self.payment, self.payment.metadata
        taker = str(payment.taken_by) if payment.taken_by else "DebtFlow"
        found = [
            ("Means", telling.reason(payment)),
            ("How", HOW.get(str(facts.get("how")), "Recorded by hand")),
            ("Through", str(payment.processor)),
            ("Taken by", taker),
            ("Came on", day(payment.received_on, self.today) if payment.received_on else ""),
            ("Completed", self._moment(payment.completed_at)),
            ("Last looked up", self._moment(payment.looked_up_at)),
            ("Next look", self._moment(payment.next_attempt_at) if payment.is_undecided else ""),
            ("Collector", whose(payment)),
            ("Fee of the processor", money(Decimal(facts["fee"])) if facts.get("fee") else ""),
            ("Reference there", payment.processor_ref),
        ]
        return [(label, text) for label, text in found if text]

    @cached_property
    def outside(self) -> tuple[str, str]:
        """(address, name) of the page where its processor shows it; empty when there is none for this user."""
        processor = self.payment.processor
        if not self.payment.processor_ref or not seen_by.sees_everything(self.user):
            return ("", "")
        if processor.api_base_url:
            return (f"{processor.api_base_url.rstrip('/')}/", "Open at the Stripe stand-in")
        test = "test/" if processor.is_test else ""
        return (f"https://dashboard.stripe.com/{test}payments/{self.payment.processor_ref}", "Open at Stripe")

    # --- where the money is ---------------------------------------------------------------------------------------
    @cached_property
    def entries(self) -> list[BalanceEntry]:
        return list(BalanceEntry.objects.filter(payment=self.payment.pk).order_by("created_at", "id"))

    @cached_property
    def refunds(self) -> list[Refund]:
        return list(self.payment.refunds.select_related("requested_by"))

    @cached_property
    def chargebacks(self) -> list[Chargeback]:
        return list(self.payment.chargebacks.all())

    @cached_property
    def applied(self) -> Decimal:
        """What it has taken off the balance until now."""
        return -sum((entry.amount for entry in self.entries), Decimal(0))

    @property
    def credit(self) -> Decimal:
        """Held, but more than was owed: due to the debtor (SPEC §7.8)."""
        return self.payment.held - self.applied

    @cached_property
    def refundable(self) -> Decimal:
        """What can still be given back."""
        pending = sum((r.amount for r in self.refunds if r.status == Refund.Status.PENDING), Decimal(0))
        return max(self.payment.held - pending, Decimal(0))

    # --- what followed ----------------------------------------------------------------------------------------------
    @cached_property
    def commissions(self) -> list[Commission]:
        """Whose share it made; a collector sees her own alone."""
        rows = Commission.objects.filter(payment=self.payment).select_related("collector__user")
        if not seen_by.sees_everything(self.user):
            rows = rows.filter(collector=self.user.desk)
        return list(rows)

    @cached_property
    def events(self) -> list[WebhookEvent]:
        """What the processor told of it, for those who manage."""
        if not seen_by.sees_everything(self.user):
            return []
        return list(WebhookEvent.objects.filter(payment=self.payment).defer("payload")[:MOST_EVENTS])

    @cached_property
    def timeline(self) -> list[Activity]:
        """What was told of it, the oldest first."""
        told = Activity.objects.filter(
            account=self.payment.account_id, kind=Activity.Kind.PAYMENT, data__payment=str(self.payment.pk)
        )
        return list(told.select_related("actor").order_by("created_at", "id"))

    # --- what can be done --------------------------------------------------------------------------------------------
    @property
    def may_refund(self) -> bool:
        return self.user.is_admin and self.refundable > 0

    @property
    def may_look_up(self) -> bool:
        by_hand = self.payment.processor.kind == PaymentProcessor.Kind.MANUAL
        return self.user.is_admin and self.payment.is_undecided and not by_hand

    @cached_property
    def form(self) -> RefundForm:
        """The refund's form: bound after a refusal, else new with a key of its own."""
        return self.bound or RefundForm.blank(self.refundable)

    def _moment(self, when: object) -> str:
        return calendar.moment_words(when, self.zone, self.today) if when else ""  # type: ignore[arg-type]
