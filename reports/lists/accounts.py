"""Which accounts make up a figure? The inventory, what was placed, what is old, and what waits for a manager."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import django_filters as filters
from django import forms
from django.db.models import Count, QuerySet, Sum

from core import words
from core.account_states import Status
from core.addresses import address
from core.models import Account
from core.paging import Order
from core.sheet import Kind
from reports import attention, inventory
from reports.lists.filtering import Flag, FromDay, InMonth, ListFilter, OfCollector, OfCreditor, UntilDay, asked_anew
from reports.lists.listing import Listing, Total

SHOWN = (
    "created_at", "external_ref", "status", "original_amount", "current_balance", "balance_cents", "due_date",
    "last_contact_at", "debtor__full_name", "creditor__name", "assigned_to__user__first_name",
    "assigned_to__user__last_name", "assigned_to__user__username",
)  # fmt: skip
SORTED_BY = {"placed": "created_at", "balance": "balance_cents", "due": "due_date"}
ORDERS = {
    f"{sign}{name}": Order(column, descending=bool(sign), blank=column == "due_date")
    for name, column in SORTED_BY.items()
    for sign in ("", "-")
}
NEWEST = "-placed"
# What the worklist can be asked for as well.
SHARED = {"status", "open", "creditor", "collector"}


PLACED = ("placed_since", "placed_until", "placed_month")


class AgeSelect(forms.Select):
    """A plus that was not quoted in a link is a blank by the time it gets here: `90+` is meant all the same."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """What the URL means."""
        said = data.get(name)
        return said.replace(" ", "+") if said else said


class AccountFilter(ListFilter):
    """By desk and creditor, by where they stand, by age, and by what a figure counts."""

    more = ("open", "stagnant", "returned", "resolved", "broken", "disputed_over", *PLACED)

    status = filters.ChoiceFilter(label="Status", choices=Status.choices, empty_label="Any status")
    past_due = filters.ChoiceFilter(
        label="Age", method="of_age", empty_label="Any age", widget=AgeSelect,
        choices=[(age.key, age.label) for age in inventory.AGES.values()],
    )  # fmt: skip
    creditor = OfCreditor("creditor")
    collector = OfCollector("assigned_to")
    open = Flag(label="Open", method="only_open")
    stagnant = Flag(label=f"Not worked for more than {inventory.STAGNANT_DAYS} days", method="only_stagnant")
    returned = Flag(label="Returned: recalled, bankrupt, deceased or placed in error", method="only_returned")
    resolved = Flag(label="Paid in full or settled", method="only_resolved")
    broken = Flag(label="Promise broken, and no contact since", method="only_broken")
    disputed_over = filters.NumberFilter(
        label="In dispute for more than (days)", method="only_disputed", min_value=0, max_value=3650,
        decimal_places=0, widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": "Enter a number of days."},
    )  # fmt: skip
    placed_since = FromDay("created_at", label="Placed from")
    placed_until = UntilDay("created_at", label="Placed to")
    placed_month = InMonth("created_at", label="Placed in")

    class Meta:
        model = Account
        fields: list[str] = []

    def words_of(self, name: str, value: Any) -> str:
        """As every list says it, but for the age of a dispute."""
        if name == "disputed_over":
            return f"In dispute for more than {words.count(int(value), 'day')}"
        return super().words_of(name, value)

    def of_age(self, accounts: "QuerySet[Account]", _: str, age: str) -> "QuerySet[Account]":
        """Open, and so many days past due."""
        return accounts.filter(inventory.AGES[age].holds(self.today))

    def only_open(self, accounts: "QuerySet[Account]", _: str, __: str) -> "QuerySet[Account]":
        """Neither settled nor closed."""
        return accounts.filter(inventory.IS_OPEN)

    def only_stagnant(self, accounts: "QuerySet[Account]", _: str, __: str) -> "QuerySet[Account]":
        """Open, and nobody reached for too long."""
        return accounts.filter(inventory.stagnant(self.today, self.zone))

    def only_returned(self, accounts: "QuerySet[Account]", _: str, __: str) -> "QuerySet[Account]":
        """Taken from the agency."""
        return accounts.filter(inventory.RETURNED)

    def only_resolved(self, accounts: "QuerySet[Account]", _: str, __: str) -> "QuerySet[Account]":
        """Paid in full or settled."""
        return accounts.filter(inventory.RESOLVED)

    def only_broken(self, accounts: "QuerySet[Account]", _: str, __: str) -> "QuerySet[Account]":
        """A promise was not kept, and nobody followed up."""
        return accounts.filter(attention.broken_promise())

    def only_disputed(self, accounts: "QuerySet[Account]", _: str, days: Decimal) -> "QuerySet[Account]":
        """A dispute is open for longer than that."""
        return accounts.filter(attention.disputed_over(int(days), self.today, self.zone))


@dataclass(frozen=True)
class Row:
    """One account."""

    id: UUID
    debtor: str
    ref: str
    creditor: str
    collector: str
    status: str
    placed: str
    placed_at: datetime
    due: str
    due_date: date | None
    past_due: str
    original: str
    balance: str
    last: str
    last_at: datetime | None


class Accounts(Listing[Account]):
    """Accounts of the agency, closed ones too."""

    url = "reports:accounts"
    source = "lists.accounts"
    title = "All accounts"
    about = "Every account of the agency, closed ones too: what the figures count"
    nothing_yet = "Accounts appear here when a creditor's file is imported."
    rows_template = "reports/lists/accounts.html"
    filters = AccountFilter
    summed = ("original_amount", "current_balance")

    @property
    def sort(self) -> str:
        """The name of the order, as the URL has it."""
        asked = self.query.get("sort", "")
        return asked if asked in ORDERS else NEWEST

    @property
    def order(self) -> Order:
        """As the URL asks; the newest first unless it does."""
        return ORDERS[self.sort]

    @property
    def headings(self) -> dict[str, tuple[str, str]]:
        """For each column that sorts: the order that its link asks for, and how it is sorted now (`aria-sort`)."""
        now, down = self.sort.lstrip("-"), self.sort.startswith("-")
        first = {name: name if name == "due" else f"-{name}" for name in SORTED_BY}  # what matters most comes first
        turned = now if down else f"-{now}"
        return {
            name: (turned, "descending" if down else "ascending") if name == now else (first[name], "")
            for name in SORTED_BY
        }

    def sorted_by(self, name: str) -> str:
        """The query string with that order, from the first page on."""
        return asked_anew(self.query, sort=name)

    @property
    def elsewhere(self) -> tuple[str, str] | None:
        """The same accounts in the list in which they are worked, where that list knows all the filters."""
        on = self.narrowed.values
        if not on or not set(on) <= SHARED:
            return None
        if "status" not in on and "open" not in on:
            on = {**on, "status": "any"}
        query = urlencode({name: value for name, value in on.items() if name != "open"})
        return f"{address('worklist:list')}?{query}", "Open in the worklist"

    def everything(self) -> "QuerySet[Account]":
        """All of the agency."""
        return Account.objects.all()

    def with_surroundings(self, rows: "QuerySet[Account]") -> "QuerySet[Account]":
        """With debtor, creditor and desk."""
        return rows.select_related("debtor", "creditor", "assigned_to__user").only(*SHOWN)

    def sums(self, rows: "QuerySet[Account]") -> list[Total]:
        """How many, what was placed, and what is owed."""
        sums = rows.aggregate(
            number=Count("pk"),
            original=Sum("original_amount", default=Decimal(0)),
            balance=Sum("current_balance", default=Decimal(0)),
        )
        return [
            Total("number", "Accounts", sums["number"], Kind.NUMBER),
            Total("original", "Placed", sums["original"]),
            Total("balance", "Balance", sums["balance"]),
        ]

    def told(self, rows: Sequence[Account]) -> list[Row]:
        """The accounts in words."""
        return [self._row(account) for account in rows]

    def _row(self, account: Account) -> Row:
        due, last = account.due_date, account.last_contact_at
        late = (self.today - due).days if due and account.is_open else 0
        return Row(
            id=account.pk,
            debtor=account.debtor.full_name,
            ref=account.external_ref,
            creditor=account.creditor.name,
            collector=str(account.assigned_to) if account.assigned_to else "",
            status=account.status,
            placed=words.day(account.created_at.astimezone(self.zone).date(), self.today),
            placed_at=account.created_at,
            due=words.day(due, self.today) if due else "",
            due_date=due,
            past_due=f"{late:,} d past due" if late > 0 else "",
            original=words.money(account.original_amount),
            balance=words.money(account.current_balance),
            last=words.ago(last.astimezone(self.zone).date(), self.today) if last else "",
            last_at=last,
        )
