"""What does one debtor owe? All his accounts that the user may see, open ones first, and what they come to."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import FilteredRelation, OuterRef, Q, Sum

from core.account_states import OPEN
from core.models import BalanceEntry, Hold, Promise, User
from core.promises import PAID_BY
from core.words import count
from worklist.accounts.standing import HOLDS
from worklist.listing import queue, rows
from worklist.listing.rows import Moment, NextAction, Promised

COLUMNS = (
    "id", "external_ref", "status", "current_balance", "original_amount", "next_action", "next_action_at",
    "creditor__name", "assigned_to__user__first_name", "assigned_to__user__last_name", "assigned_to__user__username",
    "open_promise__amount", "open_promise__due_date", "broken_since", "held",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One account, in words."""

    id: UUID
    ref: str
    creditor: str
    status: str
    collector: str
    balance: Decimal
    placed: Decimal
    next: NextAction
    holds: str

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


@dataclass(frozen=True)
class Accounts:
    """The accounts and their sums."""

    rows: list[Row]
    paid: Decimal

    @property
    def balance(self) -> Decimal:
        return sum((row.balance for row in self.rows), Decimal(0))

    @property
    def placed(self) -> Decimal:
        return sum((row.placed for row in self.rows), Decimal(0))

    @property
    def refs(self) -> dict[UUID, str]:
        """The reference of each, for the timeline."""
        return {row.id: row.ref for row in self.rows}

    @property
    def words(self) -> str:
        """`3 accounts: 2 open, 1 closed`; settled ones count as closed."""
        still_open = sum(row.is_open for row in self.rows)
        return f"{count(len(self.rows), 'account')}: {still_open} open, {len(self.rows) - still_open} closed"

    @property
    def paid_percent(self) -> int:
        whole = self.paid + self.balance
        return int(100 * self.paid / whole) if whole > 0 else 0

    @property
    def paid_label(self) -> str:
        return f"{self.paid_percent} percent paid"


def read(user: User, debtor_id: UUID, moment: Moment) -> Accounts:
    """In two statements, however many there are."""
    held = Hold.objects.filter(account=OuterRef("pk"), lifted_at=None).order_by("placed_at").values("kind")
    found = (
        queue.visible_to(user)
        .filter(debtor=debtor_id)
        .annotate(
            open_promise=FilteredRelation("promises", condition=Q(promises__status=Promise.Status.OPEN)),
            broken_since=queue.broken_since(),
            held=ArraySubquery(held),
        )
    )
    made = [_row(values, moment) for values in found.values(*COLUMNS)]
    made.sort(key=lambda row: (not row.is_open, -row.balance, row.ref))
    entries = BalanceEntry.objects.filter(account__in=[row.id for row in made], kind__in=PAID_BY)
    return Accounts(made, -(entries.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)))


def _row(found: dict[str, Any], moment: Moment) -> Row:
    promised = Promised(found["open_promise__amount"], found["open_promise__due_date"], found["broken_since"])
    names = [found["assigned_to__user__first_name"], found["assigned_to__user__last_name"]]
    return Row(
        id=found["id"],
        ref=found["external_ref"],
        creditor=found["creditor__name"],
        status=found["status"],
        collector=" ".join(filter(None, names)) or found["assigned_to__user__username"] or "",
        balance=found["current_balance"],
        placed=found["original_amount"],
        next=rows.next_action(found["next_action"], found["next_action_at"], found["status"], moment, promised),
        holds=", ".join(HOLDS.get(kind, kind) for kind in found["held"]),
    )
