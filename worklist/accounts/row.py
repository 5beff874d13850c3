"""Which rows does the account page read in its first statement? The account with all that is small beside it."""

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


def read(user: User, pk: UUID) -> Account | None:
    """The account with its surroundings; None when there is none that this user may see."""
    facts = {"account": pk, "user": user.pk, "now": timezone.now()}
    if queue.sees_everything(user):
        return _OF_AGENCY.first(**facts)
    return _ON_DESK.first(**facts, desk=user.desk.pk) if user.desk else None


def _with_surroundings(seen: "QuerySet[Account]") -> "QuerySet[Account]":
    """One of these accounts, with debtor, creditor and collector joined and the rest as arrays."""
    points = ContactPoint.objects.filter(debtor=OuterRef("debtor_id")).order_by("-is_primary", "-kind", "pk")
    holds = Hold.objects.filter(Q(account=OuterRef("pk")) | Q(debtor=OuterRef("debtor_id")), lifted_at=None).order_by(
        "placed_at"
    )
    promised = Promise.objects.filter(account=OuterRef("pk"), status=Promise.Status.OPEN)
    others = seen.filter(debtor=OuterRef("debtor_id")).exclude(pk=OuterRef("pk"))
    outcomes = Disposition.objects.filter(is_active=True)
    lease = Lease.objects.filter(account=OuterRef("pk"), until__gt=Slot("now", DateTimeField()))
    lease = lease.exclude(holder=Slot("user", UUIDField()))
    paid = Payment.objects.filter(account=OuterRef("pk")).order_by("-created_at", "-id")[: payments.MOST]
    return (
        seen.filter(pk=Slot("account", UUIDField()))
        .select_related("debtor", "creditor", "assigned_to__user")
        .annotate(
            contact_points=_rows(points, "id", "kind", "value", "status"),
            open_promises=_rows(promised, "id", "amount", "due_date", "method", "created_at"),
            broken_since=queue.broken_since(),
            active_holds=_rows(holds, "kind", "reason", account="account_id"),
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
            outcomes=_rows(outcomes, *OUTCOME),
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


_OF_AGENCY = Prepared(lambda: _with_surroundings(Account.objects.all()))
_ON_DESK = Prepared(lambda: _with_surroundings(Account.objects.filter(assigned_to=Slot("desk", UUIDField()))))
