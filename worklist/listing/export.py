"""Which facts of the accounts of the list leave as a file? What a manager works with; never a social security number.

Numbers and addresses that were opted out of, or are wrong, stay here.
"""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import FilteredRelation, Func, OuterRef, Q, QuerySet, Subquery
from django.http import QueryDict
from django.utils import timezone

from core import calendar, people, words
from core.account_states import OPEN, Status
from core.addresses import address
from core.exportable import Exportable, managers
from core.filters_in_words import in_words
from core.models import Account, ContactPoint, Hold, Promise, User
from core.models.accounts import ClosedReason, Priority
from core.sheet import Column, Kind, Sheet
from core.streaming import Streamed
from worklist.listing import ordering, queue
from worklist.listing.filters import AccountFilter

COLUMNS = (
    Column("reference", "Reference"),
    Column("debtor", "Debtor"),
    Column("debtor_reference", "Debtor reference"),
    Column("creditor", "Creditor"),
    Column("collector", "Collector"),
    Column("status", "Status"),
    Column("priority", "Priority"),
    Column("type", "Account type"),
    Column("original", "Original amount", Kind.MONEY),
    Column("balance", "Balance", Kind.MONEY),
    Column("due", "Due date", Kind.DATE),
    Column("past_due", "Days past due", Kind.NUMBER, "Of open accounts, on the day on which the file was made"),
    Column("placed", "Placed", Kind.DATE),
    Column("assigned", "Assigned", Kind.DATE),
    Column("contact", "Last contact", Kind.MOMENT),
    Column("next", "Next action"),
    Column("next_at", "Next action at", Kind.MOMENT),
    Column("promised", "Promised", Kind.MONEY, "The open promise"),
    Column("promised_for", "Promised for", Kind.DATE),
    Column("holds", "Holds in force"),
    Column("settled", "Settled", Kind.DATE),
    Column("closed_reason", "Closed because"),
    Column("phone", "Phone", about="The first that may be used"),
    Column("email", "E-mail", about="The first that may be used"),
    Column("street", "Address"),
    Column("city", "City"),
    Column("state", "State"),
    Column("zip", "ZIP"),
)
READ = (
    "external_ref", "debtor__full_name", "debtor__external_ref", "creditor_id", "assigned_to_id", "status", "priority",
    "account_type", "original_amount", "current_balance", "due_date", "created_at", "assigned_at", "last_contact_at",
    "next_action", "next_action_at", "open_promise__amount", "open_promise__due_date", "holds_in_force", "settled_at",
    "closed_reason", "phone", "email", "debtor__address_line1", "debtor__city", "debtor__state", "debtor__zip",
)  # fmt: skip
OWN = "account:"  # the reference of a debtor whom the creditor gave none
STATUSES, PRIORITIES, REASONS = dict(Status.choices), dict(Priority.choices), dict(ClosedReason.choices)
HOLDS = dict(Hold.Kind.choices)


def _accounts(user: User, query: QueryDict) -> list[Sheet]:
    """The accounts that the list at this query string shows, in its order."""
    names, now, zone = people.names(), timezone.now(), calendar.zone_of(user)
    filters = AccountFilter(query, user, names)
    search = filters.value("q") if filters.searches_agency else ""
    chosen = _with_facts(filters.accounts()).order_by(*ordering.in_one_statement(filters.order, now))
    made = _Row(names, zone, now.astimezone(zone).date())
    statement = queue.statement(chosen.values_list(*READ), search or "")
    rows: Streamed | list[list[object]] = Streamed(*statement, made) if statement else []
    return [Sheet("Accounts", COLUMNS, rows, notes=[*_scope(filters), *in_words(filters.form)])]


def _scope(filters: AccountFilter) -> list[str]:
    return [] if filters.value("status") else ["Status: every open one"]


def _with_facts(accounts: "QuerySet[Account]") -> "QuerySet[Account]":
    """With what stands in other tables: the open promise, the holds in force, one number and one e-mail address."""
    of_account = Hold.objects.filter(account=OuterRef("pk"), lifted_at=None).order_by().values("kind")
    of_debtor = Hold.objects.filter(debtor=OuterRef("debtor_id"), lifted_at=None).order_by().values("kind")
    return accounts.annotate(
        open_promise=FilteredRelation("promises", condition=Q(promises__status=Promise.Status.OPEN)),
        holds_in_force=Func(ArraySubquery(of_account), ArraySubquery(of_debtor), function="array_cat"),
        phone=Subquery(_point("phone")),
        email=Subquery(_point("email")),
    )


def _point(kind: str) -> Any:
    usable = ContactPoint.objects.filter(debtor=OuterRef("debtor_id"), kind=kind, status=ContactPoint.Status.ACTIVE)
    return usable.order_by("-is_primary", "created_at", "pk").values("value")[:1]


class _Row:
    """Makes a row of the file out of a row of the database."""

    def __init__(self, names: people.Names, zone: ZoneInfo, today: date) -> None:
        self._names, self._zone, self._today = names, zone, today

    def __call__(self, row: tuple[Any, ...]) -> list[object]:
        (ref, debtor, debtor_ref, creditor, desk, status, level, kind, original, balance, due, placed, assigned,
         contact, following, following_at, promised, promised_for, holds, settled, reason, phone, email,
         *where) = row  # fmt: skip
        late = (self._today - due).days if due and status in OPEN else 0
        return [
            ref, debtor, None if debtor_ref.startswith(OWN) else debtor_ref, self._names.creditors.get(creditor),
            self._names.collectors.get(desk), STATUSES[status], PRIORITIES[level], kind or None, original, balance, due,
            late if late > 0 else None, self._day(placed), self._day(assigned), contact, following or None,
            following_at, promised, promised_for, ", ".join(HOLDS[hold] for hold in holds) or None, self._day(settled),
            REASONS.get(reason), words.phone(phone) if phone else None, email, *(fact or None for fact in where),
        ]  # fmt: skip

    def _day(self, moment: datetime | None) -> date | None:
        return moment.astimezone(self._zone).date() if moment else None


LISTS = (Exportable("worklist.accounts", "Accounts", managers, _accounts, lambda: address("worklist:list")),)
