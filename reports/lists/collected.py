"""What was collected, and what of it was given or taken back? The journal's entries behind every sum of money.

Collected is what came off balances: payments less refunds and chargebacks. What is more than was owed is the debtor's
credit, never entered in the journal of balances, and so is not collected.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import django_filters as filters
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from core import calendar
from core.models import BalanceEntry
from core.sheet import Kind
from core.words import money
from payments import telling
from payments.models import Payment
from reports.lists.filtering import NOBODY, FromDay, InMonth, ListFilter, OfCollector, OfCreditor, UntilDay
from reports.lists.listing import Listing, Total

Entry = BalanceEntry.Kind
KINDS = [Entry.PAYMENT, Entry.REFUND, Entry.CHARGEBACK]
UNKNOWN = "none"
METHODS = [*Payment.Method.choices, (UNKNOWN, "Not recorded")]
SHOWN = (
    # The workflow reads the status of whatever account is made, so it is read with it.
    "created_at", "kind", "amount", "payment", "reason", "account__status", "account__external_ref",
    "account__debtor__full_name", "account__creditor__name",
)  # fmt: skip


def _paid_by() -> "QuerySet[Payment]":
    """The payment of an entry; entries of a former system have none."""
    return Payment.objects.filter(pk=OuterRef("payment"))


class CollectedFilter(ListFilter):
    """By the day of posting, and by whose money it is."""

    since = FromDay("created_at", label="From")
    until = UntilDay("created_at", label="To")
    creditor = OfCreditor("account__creditor")
    collector = OfCollector(method="credited_to")
    method = filters.ChoiceFilter(label="Means", method="by_means", choices=METHODS, empty_label="Any means")
    placed_month = InMonth("account__created_at", label="Placed in")

    class Meta:
        model = BalanceEntry
        fields: list[str] = []

    def credited_to(self, entries: "QuerySet[BalanceEntry]", _: str, collector: str) -> "QuerySet[BalanceEntry]":
        """Who had the account when the payment came; he stays credited with it."""
        if collector == NOBODY:
            return entries.filter(~Exists(_paid_by().filter(collector__isnull=False)))
        return entries.filter(Exists(_paid_by().filter(collector=UUID(collector))))

    def by_means(self, entries: "QuerySet[BalanceEntry]", _: str, method: str) -> "QuerySet[BalanceEntry]":
        """Card, bank, check or cash."""
        if method == UNKNOWN:
            return entries.filter(~Exists(_paid_by()))
        return entries.filter(Exists(_paid_by().filter(method=method)))


@dataclass(frozen=True)
class Row:
    """One entry: money that came (positive), or went back."""

    id: UUID
    at: datetime
    when: str
    account: UUID
    debtor: str
    ref: str
    creditor: str
    kind: str
    means: str
    payment: UUID | None
    collector: str
    amount: str
    is_back: bool


class Collected(Listing[BalanceEntry]):
    """Entries of payments, refunds and chargebacks."""

    url = "reports:collected"
    source = "lists.collected"
    title = "Collected"
    about = "Payments less refunds and chargebacks, as they changed the balances"
    nothing_yet = "Every payment that is completed appears here at once."
    icon = "card"
    rows_template = "reports/lists/collected.html"
    filters = CollectedFilter
    summed = ("kind", "amount")

    def everything(self) -> "QuerySet[BalanceEntry]":
        """All of the agency."""
        return BalanceEntry.objects.filter(kind__in=KINDS)

    def with_surroundings(self, rows: "QuerySet[BalanceEntry]") -> "QuerySet[BalanceEntry]":
        """With account, debtor and creditor."""
        return rows.select_related("account__debtor", "account__creditor").only(*SHOWN)

    def sums(self, rows: "QuerySet[BalanceEntry]") -> list[Total]:
        """Net, and its two sides."""
        sums = rows.aggregate(
            number=Count("pk"),
            payments=Count("pk", filter=Q(kind=Entry.PAYMENT)),
            came=-Sum("amount", filter=Q(kind=Entry.PAYMENT), default=Decimal(0)),
            back=Sum("amount", filter=~Q(kind=Entry.PAYMENT), default=Decimal(0)),
        )
        return [
            Total("number", "Entries", sums["number"], Kind.NUMBER),
            Total("payments", "Payments", sums["payments"], Kind.NUMBER),
            Total("came", "Came in", sums["came"]),
            Total("back", "Went back", sums["back"]),
            Total("collected", "Collected", sums["came"] - sums["back"]),
        ]

    def told(self, rows: Sequence[BalanceEntry]) -> list[Row]:
        """With the payment that each is part of."""
        ids = [entry.payment for entry in rows if entry.payment]
        payments = Payment.objects.select_related("collector__user").in_bulk(ids)
        return [self._row(entry, payments.get(entry.payment)) for entry in rows]

    def _row(self, entry: BalanceEntry, payment: Payment | None) -> Row:
        account = entry.account
        return Row(
            id=entry.pk,
            at=entry.created_at,
            when=calendar.moment_words(entry.created_at, self.zone, self.today),
            account=entry.account_id,
            debtor=account.debtor.full_name,
            ref=account.external_ref,
            creditor=account.creditor.name,
            kind=kind_words(entry.kind, entry.amount),
            means=telling.reason(payment) if payment else "",
            payment=payment.pk if payment else None,
            collector=str(payment.collector) if payment and payment.collector else "",
            amount=money(-entry.amount),
            is_back=entry.amount > 0,
        )


def kind_words(kind: str, amount: Decimal) -> str:
    """`Payment`, `Refund`, `Chargeback`; of one that goes the other way than its kind does, that."""
    goes_its_way = (amount < 0) == (kind == Entry.PAYMENT)
    return str(Entry(kind).label) if goes_its_way else f"{Entry(kind).label} reversed"
