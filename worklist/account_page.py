"""What does the account page show? One account in five statements, whatever its history."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.safestring import SafeString

from core import moves
from core.access import SignedInRequest
from core.account_states import Status
from core.models import Account, BalanceEntry, ContactPoint, Hold, User
from core.moves import Move
from core.words import count, day, money, phone
from worklist import people, queue, rows
from worklist.filters import query_string
from worklist.history import History
from worklist.history import read as read_history
from worklist.local_time import LocalTime, local_time
from worklist.move_forms import FORMS, WARNINGS, form_for
from worklist.zones import zone_of

STAGES = [
    Status.NEW, Status.ASSIGNED, Status.IN_CONTACT, Status.NEGOTIATING, Status.PAYMENT_PLAN, Status.SETTLED,
    Status.CLOSED,
]  # fmt: skip
PAID = {"payment", "refund", "chargeback"}
OTHERS = 10


@dataclass(frozen=True)
class Point:
    """A phone or an e-mail address, with its link when it may be used."""

    kind: str
    text: str
    href: str
    remark: str


@dataclass(frozen=True)
class Stage:
    """One step of the workflow strip."""

    label: str
    done: bool
    current: bool


@dataclass
class AccountPage:
    """One user's view of one account, with what an unfinished action left behind."""

    request: SignedInRequest
    account: Account
    zone: ZoneInfo
    now: datetime = field(default_factory=timezone.now)
    problem: str = ""
    note: str = ""
    note_error: str = ""
    noted: bool = False
    revealed: bool = False
    asked: str = ""
    form: forms.Form | None = None

    @classmethod
    def open(cls, request: SignedInRequest, pk: UUID, **left: Any) -> "AccountPage":
        """The page of an account that this user may see. Raises Http404."""
        account = _with_surroundings(queue.visible_to(request.user)).filter(pk=pk).first()
        if account is None:
            raise Http404
        return cls(request, account, zone_of(request.user), **left)

    @property
    def user(self) -> User:
        return self.request.user

    @property
    def may_change(self) -> bool:
        return not self.user.is_readonly

    @property
    def may_assign(self) -> bool:
        return self.user.is_admin and self.account.is_open

    @cached_property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    # --- the list it was opened from -------------------------------------------------------------------------
    @cached_property
    def origin(self) -> str:
        """The query string of the list, as `list` carries it; only what a query string can hold."""
        text = self.request.POST.get("list") or self.request.GET.get("list", "")
        data = QueryDict(text[:2000])
        place = data.get("page", "")
        return query_string(data, **({"page": place} if place else {}))

    @property
    def origin_quoted(self) -> str:
        return quote(self.origin, safe="")

    # --- money -------------------------------------------------------------------------------------------------
    @cached_property
    def entries(self) -> list[dict[str, Any]]:
        """The balance's journal, newest first, each with the balance after it."""
        kinds, found, balance = dict(BalanceEntry.Kind.choices), [], Decimal(0)
        columns = ("kind", "amount", "reason", "created_at")
        journal = BalanceEntry.objects.filter(account=self.account).order_by("created_at", "id")
        for kind, amount, reason, at in journal.values_list(*columns):
            balance += amount
            found.append(
                {
                    "kind": kind,
                    "label": kinds[kind],
                    "amount": money(amount),
                    "value": amount,
                    "reason": reason,
                    "balance": money(balance),
                    "at": at,
                    "day": day(at.astimezone(self.zone).date(), self.today),
                }
            )
        return found[::-1]

    @cached_property
    def paid(self) -> Decimal:
        """What the debtor has paid, refunds and chargebacks taken off."""
        return -sum((entry["value"] for entry in self.entries if entry["kind"] in PAID), Decimal(0))

    @property
    def paid_percent(self) -> int:
        whole = self.paid + self.account.current_balance
        return int(100 * self.paid / whole) if whole > 0 else 0

    @property
    def paid_label(self) -> str:
        return f"{self.paid_percent} percent paid"

    @property
    def entries_words(self) -> str:
        return count(len(self.entries), "entry", "entries")

    # --- the debtor ----------------------------------------------------------------------------------------------
    @cached_property
    def points(self) -> list[Point]:
        return [_point(point) for point in self.account.contact_points]  # type: ignore[attr-defined]

    @cached_property
    def address(self) -> str:
        debtor = self.account.debtor
        place = " ".join(filter(None, [debtor.state, debtor.zip]))
        return ", ".join(filter(None, [debtor.address_line1, debtor.city, place]))

    @cached_property
    def local(self) -> LocalTime:
        return local_time(self.account.debtor.time_zones, self.now)

    @cached_property
    def other_accounts(self) -> list[dict[str, Any]]:
        """Other accounts of this debtor, of those the user may see."""
        others = queue.visible_to(self.user).filter(debtor=self.account.debtor_id).exclude(pk=self.account.pk)
        columns = ("id", "external_ref", "status", "current_balance", "creditor__name")
        return [
            {
                "id": pk,
                "ref": ref,
                "status": status,
                "status_label": rows.STATUS_LABELS[status],
                "balance": money(balance),
                "creditor": creditor,
            }
            for pk, ref, status, balance, creditor in others.order_by("-created_at", "id").values_list(*columns)[
                :OTHERS
            ]
        ]

    # --- where it stands -----------------------------------------------------------------------------------------
    @cached_property
    def holds(self) -> list[dict[str, str]]:
        """Holds in force, on the account or on the debtor."""
        labels = dict(Hold.Kind.choices)
        return [
            {
                "label": labels.get(hold["kind"], hold["kind"]),
                "reason": hold["reason"],
                "scope": "this account" if hold["account"] else "every account of the debtor",
            }
            for hold in self.account.active_holds  # type: ignore[attr-defined]
        ]

    @cached_property
    def stages(self) -> list[Stage]:
        status = Status(self.account.status)
        if status is Status.DISPUTED:
            return [*(Stage(s.label, False, False) for s in STAGES), Stage(status.label, False, True)]
        here = STAGES.index(status)
        return [Stage(s.label, n < here, n == here) for n, s in enumerate(STAGES)]

    @cached_property
    def next_action(self) -> rows.NextAction:
        moment = rows.Moment(self.now, self.zone, self.today)
        account = self.account
        return rows.next_action(account.next_action, account.next_action_at, account.status, moment)

    @property
    def past_due_days(self) -> int:
        due = self.account.due_date
        return max((self.today - due).days, 0) if due else 0

    @cached_property
    def facts(self) -> list[tuple[str, str]]:
        """The account's own facts, then what the file brought that we have no name for."""
        account = self.account
        found = [
            ("Reference", account.external_ref),
            ("Creditor", account.creditor.name),
            ("Type", account.account_type.replace("_", " ")),
            ("Placed", self._day(account.created_at)),
            ("Due date", day(account.due_date, self.today) if account.due_date else ""),
            ("Past due", f"{self.past_due_days:,} days" if self.past_due_days else ""),
            ("Last contact", self._day(account.last_contact_at) or "Never"),
            ("Settled", self._day(account.settled_at)),
            ("Closed", account.get_closed_reason_display() if account.closed_reason else ""),
        ]
        return [(label, text) for label, text in found if text]

    @property
    def particulars(self) -> list[tuple[str, str]]:
        return [(str(name), str(value)) for name, value in self.account.particulars.items() if str(value).strip()]

    def _day(self, at: datetime | None) -> str:
        return day(at.astimezone(self.zone).date(), self.today) if at else ""

    # --- what can be done ------------------------------------------------------------------------------------------
    @cached_property
    def possible(self) -> list[Move]:
        """The status menu: only what is possible for this user now."""
        return moves.possible(self.account, self.user) if self.may_change else []

    @property
    def menu(self) -> list[tuple[Move, bool]]:
        """Each possible move, and whether something must be told or confirmed first."""
        return [(move, move.name in FORMS) for move in self.possible]

    @cached_property
    def asking(self) -> Move | None:
        """The move whose form is open."""
        wanted = self.asked or self.request.GET.get("move", "")
        return next((move for move in self.possible if move.name == wanted and wanted in FORMS), None)

    @cached_property
    def move_form(self) -> forms.Form | None:
        if self.asking is None:
            return None
        return self.form or form_for(self.asking.name, today=self.today)

    @property
    def warning(self) -> str:
        return WARNINGS.get(self.asking.name, "") if self.asking else ""

    @cached_property
    def collectors(self) -> SafeString:
        """Who can be given the account, as options."""
        return people.names().assignable_options

    # --- its past ----------------------------------------------------------------------------------------------------
    @cached_property
    def history(self) -> History:
        asked = self.request.GET
        return read_history(
            self.account, self.zone, self.today, shown=asked.get("show", ""), older=asked.get("older", "")
        )


def _with_surroundings(accounts: "QuerySet[Account]") -> "QuerySet[Account]":
    """With debtor, creditor and collector joined, contact points and holds in force as arrays: one statement."""
    points = ContactPoint.objects.filter(debtor=OuterRef("debtor_id")).order_by("-is_primary", "-kind", "pk")
    holds = Hold.objects.filter(Q(account=OuterRef("pk")) | Q(debtor=OuterRef("debtor_id")), lifted_at=None).order_by(
        "placed_at"
    )
    return accounts.select_related("debtor", "creditor", "assigned_to__user").annotate(
        contact_points=ArraySubquery(points.values(json=JSONObject(kind="kind", value="value", status="status"))),
        active_holds=ArraySubquery(holds.values(json=JSONObject(kind="kind", reason="reason", account="account_id"))),
    )


def _point(point: dict[str, str]) -> Point:
    usable = point["status"] == ContactPoint.Status.ACTIVE
    remark = "" if usable else dict(ContactPoint.Status.choices)[point["status"]]
    if point["kind"] == ContactPoint.Kind.PHONE:
        return Point("Phone", phone(point["value"]), f"tel:{point['value']}" if usable else "", remark)
    return Point("E-mail", point["value"], f"mailto:{point['value']}" if usable else "", remark)
