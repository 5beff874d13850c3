"""Which moves exist? The workflow of an account (SPEC §4), with each move's guard, roles and effect.

Nothing here is called directly: `core.moves.move` locks the row, checks role and guard, calls the move, saves and
writes the timeline in one transaction. A trigger refuses any other change of `status`.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django_fsm import ConcurrentTransitionMixin, FSMField, FSMFieldMixin, transition

from core import clock

if TYPE_CHECKING:
    from core.models import Collector, User


class Status(models.TextChoices):
    """Where an account stands."""

    NEW = "new", "New"
    ASSIGNED = "assigned", "Assigned"
    IN_CONTACT = "in_contact", "In contact"
    NEGOTIATING = "negotiating", "Negotiating"
    PAYMENT_PLAN = "payment_plan", "Payment plan"
    SETTLED = "settled", "Settled"
    CLOSED = "closed", "Closed"
    DISPUTED = "disputed", "Disputed"


OPEN = frozenset(Status) - {Status.SETTLED, Status.CLOSED}
WORKING = [Status.ASSIGNED, Status.IN_CONTACT, Status.NEGOTIATING, Status.PAYMENT_PLAN]
WITHDRAWALS = frozenset({"recalled", "bankrupt", "deceased", "uncollectible", "time_barred", "error"})

# Who may make a move. The system is `by=None`; an admin may do what a collector may.
COLLECTOR, ADMIN, SYSTEM = "collector", "agency_admin", "system"
DESK = frozenset({COLLECTOR, ADMIN})


class MoveRefused(Exception):
    """A move that is not possible now; `str()` is the sentence for the user."""


def _role(user: "User | None") -> str:
    if user is None:
        return SYSTEM
    return ADMIN if user.is_admin else user.role


def _move(
    source: Any,
    target: str,
    *,
    label: str,
    roles: frozenset[str],
    guard: Callable[[Any], bool] | None = None,
    unless: str = "",
    by_hand: bool = True,
) -> Callable[..., Any]:
    """A transition of `status`.

    `guard` must hold or the move is refused with the sentence `unless`; `by_hand` puts it into the status menu.
    """

    def allowed(account: Any, user: Any) -> bool:
        role = _role(user)
        mine = role != COLLECTOR or (user is not None and account.is_on_desk_of(user))
        return role in roles and mine

    return transition(
        field="status",
        source=source,
        target=target,
        conditions=[guard] if guard else [],
        permission=allowed,
        custom={"label": label, "by_hand": by_hand, "unless": unless},
    )


def _nothing_owed(account: Any) -> bool:
    return bool(account.current_balance == 0)


def _no_plan_stands(account: Any) -> bool:
    return not account.plans.filter(status="active").exists()


class AccountWorkflow(ConcurrentTransitionMixin, models.Model):
    """The workflow half of an account."""

    status = FSMField(default=Status.NEW, choices=Status.choices, max_length=20, protected=True)

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        assigned_to: Any
        assigned_to_id: Any
        assigned_at: Any
        settled_at: Any
        closed_reason: str
        current_balance: Decimal
        next_action: str
        next_action_at: Any
        holds: Any
        plans: Any

    def refresh_from_db(self, using: Any = None, fields: Any = None, from_queryset: Any = None) -> None:
        """Reload; the protected state field accepts the fresh value only when it holds none."""
        for field in self._meta.concrete_fields:
            if isinstance(field, FSMFieldMixin) and (fields is None or field.name in fields):
                self.__dict__.pop(field.attname, None)
        models.Model.refresh_from_db(self, using=using, fields=fields, from_queryset=from_queryset)
        self._update_initial_state()

    def is_on_desk_of(self, user: "User") -> bool:
        """Is this account assigned to the user?"""
        desk = user.desk
        return desk is not None and desk.pk == self.assigned_to_id

    @_move(Status.NEW, Status.ASSIGNED, label="Assign", roles=frozenset({ADMIN, SYSTEM}), by_hand=False)
    def assign(self, *, to: "Collector") -> None:
        self.assigned_to = to
        self.assigned_at = clock.now()

    @_move(Status.ASSIGNED, Status.NEW, label="Unassign", roles=frozenset({ADMIN}))
    def unassign(self) -> None:
        self.assigned_to = None
        self.assigned_at = None

    @_move(Status.ASSIGNED, Status.IN_CONTACT, label="Start contact", roles=DESK | {SYSTEM})
    def start_contact(self) -> None:
        pass

    @_move(Status.IN_CONTACT, Status.NEGOTIATING, label="Negotiate", roles=DESK)
    def negotiate(self) -> None:
        pass

    @_move(Status.NEGOTIATING, Status.PAYMENT_PLAN, label="Agree a plan", roles=DESK)
    def agree_plan(self, *, plan: Any) -> None:
        if not self.plans.filter(pk=plan.pk, status="active").exists():
            raise MoveRefused("Agree the terms of the plan first.")

    @_move(
        Status.PAYMENT_PLAN,
        Status.NEGOTIATING,
        label="Break the plan",
        roles=DESK | {SYSTEM},
        guard=_no_plan_stands,
        unless="Cancel the plan that stands; it needs a reason.",
    )
    def break_plan(self) -> None:
        pass

    @_move(
        [Status.NEGOTIATING, Status.PAYMENT_PLAN],
        Status.SETTLED,
        label="Settle",
        roles=DESK,
        guard=_nothing_owed,
        unless="It can be settled only when nothing is owed any more.",
    )
    def settle(self, *, by: "User | None" = None) -> None:
        self._settled(by)

    @_move(
        sorted(OPEN),
        Status.SETTLED,
        label="Pay off",
        roles=frozenset({SYSTEM}),
        guard=_nothing_owed,
        unless="It is paid off only when nothing is owed any more.",
        by_hand=False,
    )
    def pay_off(self, *, by: "User | None" = None) -> None:
        self._settled(by)

    @_move(Status.SETTLED, Status.CLOSED, label="Close", roles=DESK)
    def close(self) -> None:
        self.closed_reason = "paid"

    @_move(sorted(OPEN), Status.CLOSED, label="Withdraw", roles=frozenset({ADMIN}))
    def withdraw(self, *, reason: str, by: "User | None" = None) -> None:
        if reason not in WITHDRAWALS:
            raise MoveRefused("Choose why the account is withdrawn.")
        self._closed(reason, by)

    @_move(WORKING, Status.DISPUTED, label="Dispute", roles=DESK | {SYSTEM})
    def dispute(self, *, reason: str, by: "User | None" = None) -> None:
        if not reason.strip():
            raise MoveRefused("Enter what the debtor disputes.")
        if not self.holds.filter(kind="dispute", lifted_at=None).exists():
            self.holds.create(kind="dispute", reason=reason.strip()[:500], placed_by=by, placed_at=clock.now())

    @_move(Status.DISPUTED, Status.IN_CONTACT, label="Resolve the dispute", roles=frozenset({ADMIN}))
    def resolve_dispute(self, *, by: "User | None" = None) -> None:
        self._lift_dispute(by)

    @_move(Status.DISPUTED, Status.CLOSED, label="Uphold the dispute", roles=frozenset({ADMIN}))
    def uphold_dispute(self, *, by: "User | None" = None) -> None:
        self._closed("dispute_upheld", by)

    @_move(
        [Status.SETTLED, Status.CLOSED],
        Status.IN_CONTACT,
        label="Reopen",
        roles=frozenset({SYSTEM}),
        guard=lambda account: account.current_balance > 0,
        unless="It is reopened only when something is owed again.",
        by_hand=False,
    )
    def reopen(self) -> None:
        self.closed_reason = ""
        self.settled_at = None

    def _settled(self, by: "User | None") -> None:
        self.settled_at = clock.now()
        self._end_of_work(by)

    def _closed(self, reason: str, by: "User | None") -> None:
        self.closed_reason = reason
        self._end_of_work(by)

    def _end_of_work(self, by: "User | None") -> None:
        """Nothing is next, and a dispute about a claim that is no longer pursued is over."""
        self.next_action = ""
        self.next_action_at = None
        self._lift_dispute(by)

    def _lift_dispute(self, by: "User | None") -> None:
        for hold in self.holds.filter(kind="dispute", lifted_at=None):
            hold.lifted_at, hold.lifted_by = clock.now(), by
            hold.save(update_fields=["lifted_at", "lifted_by"])
