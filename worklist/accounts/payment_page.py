"""What does the form of a payment show? The account, what is offered, and why nothing can be taken when it cannot."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db.models import F

from core import calendar
from core.access import SignedInRequest
from core.models import Account, ContactPoint, Promise
from core.words import day, money
from payments import consent, linking, processors, taking
from payments.models import Instalment, SavedMethod
from worklist.accounts.payment_form import BY_HAND, DETAILS, LINK, PaymentForm
from worklist.origin import OnWay

ICONS = {DETAILS: "card", LINK: "mail", "check": "note", "cash": "cash", "bank_transfer": "bank"}


@dataclass(frozen=True)
class Quick:
    """An amount that is filled in by one click."""

    label: str
    amount: Decimal

    @property
    def words(self) -> str:
        return money(self.amount)


@dataclass(frozen=True)
class Means:
    """One way to pay; `kind` says which further fields belong to it."""

    value: str
    label: str
    icon: str
    kind: str
    checked: bool


@dataclass
class PaymentPage(OnWay):
    """One user's form for one account; `bound` after a refusal."""

    request: SignedInRequest
    account: Account
    bound: PaymentForm | None = None

    @cached_property
    def zone(self) -> ZoneInfo:
        return calendar.zone_of(self.request.user)

    @cached_property
    def today(self) -> date:
        return calendar.today_in(self.zone)

    # --- may anything be taken? --------------------------------------------------------------------------------
    @cached_property
    def refusal(self) -> str:
        """Why there is no form at all; empty when there is one."""
        if self.account.current_balance <= 0:
            return "Nothing is owed on this account any more."
        if not self.account.is_open:
            return f"The account is {self.account.get_status_display().lower()}; nothing is collected on it."
        return ""

    @cached_property
    def hold(self) -> str:
        """The hold under which nothing may be charged; what came by hand can still be recorded."""
        hold = taking.forbidding(self.account)
        return str(hold.get_kind_display()) if hold else ""

    @cached_property
    def processor(self) -> bool:
        """Has the agency a processor for cards and bank accounts?"""
        return processors.online() is not None

    @property
    def is_online(self) -> bool:
        """Can anything be charged now?"""
        return self.processor and not self.hold

    # --- the form ------------------------------------------------------------------------------------------------
    @cached_property
    def saved(self) -> list[SavedMethod]:
        """What the debtor allowed to be charged again and has not run out, at the processor in use."""
        if not self.is_online:
            return []
        online = processors.online()
        mine = SavedMethod.objects.filter(debtor=self.account.debtor_id, is_active=True, processor=online)
        return [method for method in mine if method.expires is None or method.expires >= self.today]

    @cached_property
    def emails(self) -> list[ContactPoint]:
        """To which the link can be sent."""
        return linking.addresses(self.account) if self.is_online else []

    @cached_property
    def form(self) -> PaymentForm:
        """Bound after a refusal; else new, with a key of its own."""
        return self.bound or self.made(initial=self.initial)

    def made(self, data: object = None, **more: object) -> PaymentForm:
        """The form for this account."""
        return PaymentForm(
            data, saved=self.saved, emails=self.emails, is_online=self.is_online, today=self.today, **more
        )

    @property
    def initial(self) -> dict[str, object]:
        first = self.made().fields["means"].choices[0][0]  # type: ignore[attr-defined]
        amount = self.quick[0].amount if len(self.quick) > 1 else None
        return {"means": first, "amount": amount, "received_on": self.today, "key": f"form-{uuid4()}"}

    @cached_property
    def means(self) -> list[Means]:
        """Every way to pay that is open now."""
        chosen = self.form["means"].value()
        return [
            Means(value, label, ICONS.get(value, "card"), "hand" if value in BY_HAND else value.partition(":")[0],
                  value == chosen)
            for value, label in self.form.fields["means"].choices  # type: ignore[attr-defined]
        ]  # fmt: skip

    @cached_property
    def consent(self) -> str:
        """The words of the tick, shown and stored alike."""
        return consent.words()

    # --- money ----------------------------------------------------------------------------------------------------
    @cached_property
    def pending(self) -> Decimal:
        """What payments under way will take."""
        return taking.reserved(self.account.pk)

    @property
    def left(self) -> Decimal:
        """What can still be charged."""
        return max(self.account.current_balance - self.pending, Decimal(0))

    @cached_property
    def quick(self) -> list[Quick]:
        """The next instalment or the open promise, and all that is left."""
        found = [self._next_instalment() or self._promise(), Quick("Full balance", self.left)]
        return [one for one in found if one and 0 < one.amount <= self.left]

    @property
    def after(self) -> Decimal | None:
        """The balance after the amount that stands in the field."""
        typed = self.form.sum
        return self.account.current_balance - typed if typed and typed <= self.account.current_balance else None

    def _next_instalment(self) -> Quick | None:
        due = Instalment.objects.filter(
            plan__account=self.account.pk, plan__status="active", status__in=["scheduled", "partial"]
        )
        found = due.annotate(rest=F("amount") - F("paid")).order_by("due_date", "number").first()
        return Quick(f"Instalment of {day(found.due_date, self.today)}", found.rest) if found else None

    def _promise(self) -> Quick | None:
        found = Promise.objects.filter(account=self.account, status=Promise.Status.OPEN).first()
        return Quick(f"Promise of {day(found.due_date, self.today)}", found.amount) if found else None


def page_of(request: SignedInRequest, pk: UUID) -> PaymentPage:
    """The form for an account that the user may change."""
    return PaymentPage(request, Account.objects.select_related("debtor").get(pk=pk))
