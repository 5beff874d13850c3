"""Which payments are there, and what do they come to? Rows for the list, and the sums of all that match."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Sum

from core import calendar
from core.words import money
from payments import telling
from payments.models import Payment
from payments.pages import standing

if TYPE_CHECKING:
    from datetime import datetime

    from core.models import Collector

Status = Payment.Status
SHOWN = (
    # The workflow reads the status of whatever account is made, so it is read with it.
    "account__debtor__full_name", "account__external_ref", "account__status", "account__creditor__name",
    "account__assigned_to__user__first_name", "account__assigned_to__user__last_name",
    "account__assigned_to__user__username", "collector__user__first_name", "collector__user__last_name",
    "collector__user__username", "amount", "method", "status", "waits_for", "refunded_amount", "charged_back_amount",
    "metadata", "created_at",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One payment of the list."""

    id: UUID
    at: "datetime"
    when: str
    account: UUID
    debtor: str
    ref: str
    creditor: str
    means: str
    amount: str
    refunded: str
    charged_back: str
    tone: str
    status: str
    waits: str
    collector: str


@dataclass(frozen=True)
class Totals:
    """What all payments come to that the filters match; `net` is taken less refunded and charged back."""

    number: int
    taken: Decimal
    refunded: Decimal
    charged_back: Decimal

    @property
    def net(self) -> Decimal:
        """Taken, and neither given back nor taken back."""
        return self.taken - self.refunded - self.charged_back


def totals(payments: "QuerySet[Payment]") -> Totals:
    """The sums, in one statement."""
    taken = Q(status__in=[Status.COMPLETED, Status.REFUNDED])
    sums = payments.order_by().aggregate(
        number=Count("pk"),
        taken=Sum("amount", filter=taken, default=Decimal(0)),
        refunded=Sum("refunded_amount", default=Decimal(0)),
        charged_back=Sum("charged_back_amount", default=Decimal(0)),
    )
    return Totals(**sums)


def with_surroundings(payments: "QuerySet[Payment]") -> "QuerySet[Payment]":
    """With what a row says of account, debtor, creditor and collector, in the same statement."""
    related = ("account__debtor", "account__creditor", "account__assigned_to__user", "collector__user")
    return payments.select_related(*related).only(*SHOWN)


def rows(payments: Iterable[Payment], zone: ZoneInfo) -> list[Row]:
    """The payments in words."""
    today = calendar.today_in(zone)
    return [_row(payment, zone, today) for payment in payments]


def _row(payment: Payment, zone: ZoneInfo, today: date) -> Row:
    account = payment.account
    return Row(
        id=payment.pk,
        at=payment.created_at,
        when=calendar.moment_words(payment.created_at, zone, today),
        account=payment.account_id,
        debtor=account.debtor.full_name,
        ref=account.external_ref,
        creditor=account.creditor.name,
        means=telling.reason(payment),
        amount=money(payment.amount),
        refunded=money(payment.refunded_amount) if payment.refunded_amount else "",
        charged_back=money(payment.charged_back_amount) if payment.charged_back_amount else "",
        tone=standing.tone(payment),
        status=standing.label(payment),
        waits=standing.waiting(payment),
        collector=whose(payment),
    )


def whose(payment: Payment) -> str:
    """Who is credited with it; of one that was not taken, on whose desk its account is."""
    desk: Collector | None = payment.collector if payment.was_taken else payment.account.assigned_to
    return str(desk) if desk else ""
