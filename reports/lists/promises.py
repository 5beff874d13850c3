"""What was promised, and what came of it? The promises behind every kept rate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import django_filters as filters
from django.db.models import Count, Q, QuerySet, Sum

from core import words
from core.models import Promise
from core.sheet import Kind
from reports.lists.filtering import Day, Flag, FromDay, ListFilter, OfCreditor, OfDeskOf, UntilDay
from reports.lists.listing import Listing, Total

Status = Promise.Status
# Decided by what was paid; one that is open or was withdrawn says nothing about keeping.
MATURED = Q(status__in=[Status.KEPT, Status.PARTIAL, Status.BROKEN])
TONES = {
    Status.OPEN: "pending", Status.KEPT: "completed", Status.PARTIAL: "disputed", Status.BROKEN: "failed",
    Status.WITHDRAWN: "closed",
}  # fmt: skip
SHOWN = (
    "created_at", "due_date", "amount", "method", "status", "received", "account__status", "account__external_ref",
    "account__debtor__full_name", "made_by__first_name", "made_by__last_name", "made_by__username",
)  # fmt: skip


class PromiseFilter(ListFilter):
    """By the days on which they were made and are due, and by what came of them."""

    made_since = FromDay("created_at", label="Made from")
    made_until = UntilDay("created_at", label="Made to")
    due_since = Day("due_date", "gte", label="Due from")
    due_until = Day("due_date", "lte", label="Due to")
    status = filters.ChoiceFilter(label="Status", choices=Status.choices, empty_label="Any status")
    creditor = OfCreditor("account__creditor")
    collector = OfDeskOf("made_by")
    matured = Flag(label="Matured: kept, partly kept or broken", method="only_matured")

    more = ("matured",)

    class Meta:
        model = Promise
        fields: list[str] = []

    def only_matured(self, promises: "QuerySet[Promise]", _: str, __: str) -> "QuerySet[Promise]":
        """Those of which it is known whether they were kept."""
        return promises.filter(MATURED)


@dataclass(frozen=True)
class Row:
    """One promise."""

    id: UUID
    made: str
    made_at: datetime
    due: str
    due_date: date
    account: UUID
    debtor: str
    ref: str
    amount: str
    method: str
    received: str
    tone: str
    status: str
    collector: str


class Promises(Listing[Promise]):
    """Promises to pay."""

    url = "reports:promises"
    source = "lists.promises"
    title = "Promises"
    about = "Every promise to pay, with what came by its day and the days of grace"
    nothing_yet = "A promise that is logged with a contact appears here at once."
    icon = "cash"
    rows_template = "reports/lists/promises.html"
    filters = PromiseFilter
    summed = ("amount", "status", "received")

    def everything(self) -> "QuerySet[Promise]":
        """All of the agency."""
        return Promise.objects.all()

    def with_surroundings(self, rows: "QuerySet[Promise]") -> "QuerySet[Promise]":
        """With account, debtor and to whom it was made."""
        return rows.select_related("account__debtor", "made_by").only(*SHOWN)

    def sums(self, rows: "QuerySet[Promise]") -> list[Total]:
        """How many and how much, and what of it is decided."""
        sums = rows.aggregate(
            number=Count("pk"),
            promised=Sum("amount", default=Decimal(0)),
            matured=Count("pk", filter=MATURED),
            kept=Count("pk", filter=Q(status=Status.KEPT)),
            received=Sum("received", default=Decimal(0)),
        )
        return [
            Total("number", "Promises", sums["number"], Kind.NUMBER),
            Total("promised", "Promised", sums["promised"]),
            Total("matured", "Matured", sums["matured"], Kind.NUMBER),
            Total("kept", "Kept", sums["kept"], Kind.NUMBER),
            Total("received", "Received", sums["received"]),
        ]

    def told(self, rows: Sequence[Promise]) -> list[Row]:
        """The promises in words."""
        return [self._row(promise) for promise in rows]

    def _row(self, promise: Promise) -> Row:
        return Row(
            id=promise.pk,
            made=words.day(promise.created_at.astimezone(self.zone).date(), self.today),
            made_at=promise.created_at,
            due=words.day(promise.due_date, self.today),
            due_date=promise.due_date,
            account=promise.account_id,
            debtor=promise.account.debtor.full_name,
            ref=promise.account.external_ref,
            amount=words.money(promise.amount),
            method=promise.get_method_display(),
            received=words.money(promise.received) if promise.status not in (Status.OPEN, Status.WITHDRAWN) else "",
            tone=TONES[Status(promise.status)],
            status=promise.get_status_display(),
            collector=str(promise.made_by) if promise.made_by else "",
        )
