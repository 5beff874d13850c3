"""Which debtors may this user see, and what is read of one in the first statement?"""

from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from core.models import ContactPoint, Debtor, Hold, User
from worklist.debtors import pins
from worklist.listing import queue

POINT = (
    "id", "kind", "value", "status", "source", "is_primary", "consent_given_at", "consent_revoked_at", "consent_source",
)  # fmt: skip


def visible_to(user: User) -> "QuerySet[Debtor]":
    """A collector sees who has an account on her desk, everybody else the agency's debtors."""
    if user.is_admin or user.is_readonly:
        return Debtor.objects.all()
    return Debtor.objects.filter(Exists(queue.visible_to(user).filter(debtor=OuterRef("pk"))))


def with_surroundings(user: User, pk: UUID) -> Debtor | None:
    """The debtor with his numbers and addresses, his holds and pinned notes as arrays; None when not to be seen."""
    points = ContactPoint.objects.filter(debtor=OuterRef("pk")).order_by("-kind", "-is_primary", "pk")
    holds = Hold.objects.filter(debtor=OuterRef("pk"), lifted_at=None).order_by("placed_at")
    return (
        visible_to(user)
        .filter(pk=pk)
        .annotate(
            points=_rows(points, *POINT),
            active_holds=_rows(holds, "kind", "reason", account="account_id"),
            pinned=pins.array(queue.visible_to(user), OuterRef("pk")),
        )
        .first()
    )


def _rows(found: "QuerySet[Any]", *columns: str, **named: str) -> ArraySubquery:
    return ArraySubquery(found.values(json=JSONObject(**{column: column for column in columns}, **named)))
