"""Which rows does the account page read in its first statement? The account with all that is small beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import DateTimeField, OuterRef, Q, QuerySet, Subquery, UUIDField
from django.db.models.functions import JSONObject
from django.utils import timezone

from core.models import Account, ContactPoint, Disposition, Hold, Promise, User
from core.prepared import Prepared, Slot
from payments.models import Instalment, Payment, PaymentPlan, SettlementOffer
from worklist.accounts import offer_card, payments, plan_strip
from worklist.debtors import pins
from worklist.listing import queue
from worklist.models import Lease

OTHERS = 10
# What is read of an outcome; enough to choose it and to tell what it entails.
OUTCOME = ("id", "code", "label", "channels", "directions", "asks_promise", "next_action", "next_after_days")


type Accounts = QuerySet[Account]


def read(user: User, pk: UUID) -> Account | None:
    """The account with its surroundings; None when there is none that this user may see."""
    return _WHOLE.of(user, account=pk, user=user.pk, now=timezone.now())


def to_contact(user: User, pk: UUID) -> Account | None:
    """The same with no more than what a contact is told and judged by."""
    return _TO_CONTACT.of(user, account=pk)


@dataclass(frozen=True)
class _Seen:
    """A statement for who sees the agency, and one for who sees his desk."""

    of_agency: Prepared[Account]
    on_desk: Prepared[Account]

    @classmethod
    def by(cls, read: "Callable[[Accounts], Accounts]") -> "_Seen":
        return cls(
            Prepared(lambda: read(Account.objects.all())),
            Prepared(lambda: read(Account.objects.filter(assigned_to=Slot("desk", UUIDField())))),
        )

    def of(self, reader: User, /, **facts: Any) -> Account | None:
        if queue.sees_everything(reader):
            account = self.of_agency.first(**facts)
        else:
            account = self.on_desk.first(**facts, desk=reader.desk.pk) if reader.desk else None
        if account is not None:
            account.outcomes = [Disposition(**row) for row in account.outcomes]  # type: ignore[attr-defined]
        return account


def _with_contacts(seen: Accounts) -> Accounts:
    """One of these accounts, with its debtor, how he is reached, what forbids it, and what it may end with."""
    points = ContactPoint.objects.filter(debtor=OuterRef("debtor_id")).order_by("-is_primary", "-kind", "pk")
    holds = Hold.objects.filter(Q(account=OuterRef("pk")) | Q(debtor=OuterRef("debtor_id")), lifted_at=None).order_by(
        "placed_at"
    )
    outcomes = Disposition.objects.filter(is_active=True)
    return (
        seen.filter(pk=Slot("account", UUIDField()))
        .select_related("debtor")
        .annotate(
            contact_points=_rows(points, "id", "kind", "value", "status"),
            active_holds=_rows(holds, "kind", "reason", account="account_id"),
            outcomes=_rows(outcomes, *OUTCOME),
        )
    )


def _with_surroundings(seen: Accounts) -> Accounts:
    """The same, with creditor and collector joined and the rest as arrays."""
    promised = Promise.objects.filter(account=OuterRef("pk"), status=Promise.Status.OPEN)
    others = seen.filter(debtor=OuterRef("debtor_id")).exclude(pk=OuterRef("pk"))
    lease = Lease.objects.filter(account=OuterRef("pk"), until__gt=Slot("now", DateTimeField()))
    lease = lease.exclude(holder=Slot("user", UUIDField()))
    paid = Payment.objects.filter(account=OuterRef("pk")).order_by("-created_at", "-id")[: payments.MOST]
    return (
        _with_contacts(seen)
        .select_related("creditor", "assigned_to__user")
        .annotate(
            open_promises=_rows(promised, "id", "amount", "due_date", "method", "created_at"),
            broken_since=queue.broken_since(),
            latest_payments=_rows(paid, *payments.COLUMNS),
            newest_plan=_rows(
                _newest_plan(OuterRef("pk")), *plan_strip.COLUMNS,
                brand="saved_method__brand", last4="saved_method__last4",
            ),
            plan_rows=_rows(
                Instalment.objects.filter(plan=Subquery(_newest_plan(OuterRef(OuterRef("pk"))).values("pk"))),
                *plan_strip.ROW_COLUMNS,
            ),
            newest_offer=_rows(
                SettlementOffer.objects.filter(account=OuterRef("pk")).order_by("-created_at", "-id")[:1],
                *offer_card.COLUMNS, first="made_by__first_name", last="made_by__last_name",
            ),
            pinned=pins.array(seen, OuterRef("debtor_id")),
            other_accounts=_rows(
                others.order_by("-created_at", "id")[:OTHERS],
                "id", "external_ref", "status", "current_balance", creditor="creditor__name",
            ),
            open_elsewhere=_rows(lease, first="holder__first_name", last="holder__last_name", name="holder__username"),
        )
    )  # fmt: skip


def _newest_plan(account: Any) -> "QuerySet[PaymentPlan]":
    return PaymentPlan.objects.filter(account=account).order_by("-created_at", "-id")[:1]


def _rows(found: "QuerySet[Any]", *columns: str, **named: str) -> ArraySubquery:
    return ArraySubquery(found.values(json=JSONObject(**{column: column for column in columns}, **named)))


_WHOLE = _Seen.by(_with_surroundings)
_TO_CONTACT = _Seen.by(_with_contacts)
