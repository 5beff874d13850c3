"""Which accounts does the URL ask for? One FilterSet; the chips and tabs of the page speak the same parameters."""

from datetime import datetime, time
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict
from django.utils import timezone

from core import calendar, calling_groups
from core.account_states import OPEN, Status
from core.models import Account, Promise, User
from core.models.accounts import Priority
from core.people import Names
from core.prepared import Known
from core.words import money
from worklist.listing import ordering, queue
from worklist.listing.ordering import Order, is_due

ANY = "any"
NOBODY = "nobody"
DUE = [("true", "due now"), ("today", "due today")]
PROMISE = [("due", "due"), ("broken", "broken"), ("open", "open")]
CONTACT = [("never", "never")]
AMOUNT: dict[str, Any] = {
    "min_value": 0,
    "max_value": Decimal("9999999999.99"),
    "decimal_places": 2,
    "error_messages": {
        "invalid": "Enter an amount such as 300.00.",
        "min_value": "Enter zero or more.",
        "max_value": "Enter at most 9,999,999,999.99.",
        "max_decimal_places": "Enter at most two decimals.",
    },
}


class AccountFilter(filters.FilterSet):
    """The worklist's filters; what is invalid is reported at its field and does not filter."""

    q = filters.CharFilter(method="search", label="Search", max_length=100)
    status = filters.MultipleChoiceFilter(
        method="by_status", label="Status", choices=[*Status.choices, (ANY, "Any status")]
    )
    priority = filters.MultipleChoiceFilter(
        method="by_priority", label="Priority", choices=sorted(Priority.choices, reverse=True)
    )
    min = filters.NumberFilter(method="by_least", label="Balance from", **AMOUNT)
    max = filters.NumberFilter(method="by_most", label="Balance to", **AMOUNT)
    creditor = filters.ChoiceFilter(method="by_creditor", label="Creditor", empty_label="Any creditor")
    collector = filters.ChoiceFilter(method="by_collector", label="Collector", empty_label="Any collector")
    due = filters.ChoiceFilter(method="by_due", label="Follow-up", choices=DUE, empty_label="Any follow-up")
    promise = filters.ChoiceFilter(method="by_promise", label="Promise", choices=PROMISE, empty_label="Any promise")
    contact = filters.ChoiceFilter(method="by_contact", label="Contact", choices=CONTACT, empty_label="Any contact")
    callable = filters.BooleanFilter(method="by_callable", label="Callable now", widget=forms.CheckboxInput)

    base_filters: dict[str, filters.Filter]  # all of the above; of one that is made, those it was asked for

    class Meta:
        model = Account
        fields: list[str] = []

    def __init__(self, data: QueryDict, user: User, names: Names) -> None:
        """Only the filters that `data` names are made, with their fields: a page of the list names few."""
        sees_all = user.is_admin or user.is_readonly
        self.base_filters = {
            name: filter_
            for name, filter_ in type(self).base_filters.items()
            if any(map(str.strip, data.getlist(name))) and (sees_all or name != "collector")
        }
        super().__init__(data, queue.visible_to(user))
        self.user = user
        if "creditor" in self.filters:
            self.filters["creditor"].extra["choices"] = names.creditor_choices
        if "collector" in self.filters:
            self.filters["collector"].extra["choices"] = [(NOBODY, "Nobody yet"), *names.collector_choices]

    def value(self, name: str) -> Any:
        """What the URL says for this filter, None when it says nothing or nothing valid."""
        self.form.is_valid()
        return self.form.cleaned_data.get(name) or None

    @property
    def statuses(self) -> list[str]:
        """The statuses asked for; open ones unless the URL names others."""
        chosen = self.value("status") or sorted(OPEN)
        return list(Status) if ANY in chosen else chosen

    @property
    def only_open(self) -> bool:
        return set(self.statuses) <= OPEN

    @property
    def searches_agency(self) -> bool:
        """Is the search the agency's, by index, rather than over one desk?"""
        return bool(self.value("q")) and (self.user.is_admin or self.user.is_readonly)

    @property
    def sortable(self) -> bool:
        """Work is sorted as one likes; a record of finished accounts only by date, unless few were searched for."""
        return self.only_open or bool(self.value("q"))

    @property
    def order(self) -> Order:
        """The order that the URL names, or the one that suits these filters."""
        asked = ordering.ORDERS.get(self.data.get("sort", ""), ordering.QUEUE)
        if not self.sortable and asked not in ordering.RECORD_ORDERS:
            return ordering.RECORD
        if self.value("due") and asked is ordering.QUEUE:
            asked = ordering.DUE_FIRST
        return ordering.on_no_desk(asked) if self.value("collector") == NOBODY else asked

    def accounts(self) -> "QuerySet[Account]":
        """The accounts that every valid filter lets through."""
        self.form.is_valid()
        chosen = self.queryset
        if ANY not in self._raw_status():
            chosen = chosen.filter(status__in=[Known(status) for status in self.statuses])
        for name, filter_ in self.filters.items():
            if name != "status" and (value := self.form.cleaned_data.get(name)):
                chosen = filter_.filter(chosen, value)
        return chosen

    def _raw_status(self) -> list[str]:
        return self.value("status") or []

    def search(self, accounts: "QuerySet[Account]", _: str, words: str) -> "QuerySet[Account]":
        if self.searches_agency:
            return queue.found_by_search(accounts)
        return queue.found_on_desk(accounts, words)

    def by_status(self, accounts: "QuerySet[Account]", _: str, chosen: list[str]) -> "QuerySet[Account]":
        return accounts.filter(status__in=chosen)

    def by_priority(self, accounts: "QuerySet[Account]", _: str, chosen: list[str]) -> "QuerySet[Account]":
        return accounts.filter(priority__in=[int(p) for p in chosen])

    def by_least(self, accounts: "QuerySet[Account]", _: str, amount: Decimal) -> "QuerySet[Account]":
        return accounts.filter(balance_cents__gte=int(amount * 100))

    def by_most(self, accounts: "QuerySet[Account]", _: str, amount: Decimal) -> "QuerySet[Account]":
        return accounts.filter(balance_cents__lte=int(amount * 100))

    def by_creditor(self, accounts: "QuerySet[Account]", _: str, creditor: str) -> "QuerySet[Account]":
        return accounts.filter(creditor_id=creditor)

    def by_collector(self, accounts: "QuerySet[Account]", _: str, collector: str) -> "QuerySet[Account]":
        return accounts.filter(assigned_to_id=None if collector == NOBODY else UUID(collector))

    def by_due(self, accounts: "QuerySet[Account]", _: str, when: str) -> "QuerySet[Account]":
        return accounts.filter(is_due(self._end_of_today() if when == "today" else timezone.now()))

    def by_promise(self, accounts: "QuerySet[Account]", _: str, how: str) -> "QuerySet[Account]":
        """Open, open and due by today, or broken and no other made or kept since."""
        promises = Promise.objects.all()
        if how == "broken":
            later = promises.filter(account=OuterRef("account"), created_at__gt=OuterRef("created_at"))
            chosen = promises.filter(~Exists(later), status__in=queue.BROKEN)
        else:
            chosen = promises.filter(status=Promise.Status.OPEN)
            if how == "due":
                chosen = chosen.filter(due_date__lte=calendar.today_of(self.user))
        return accounts.filter(pk__in=chosen.values("account"))

    def by_contact(self, accounts: "QuerySet[Account]", _: str, __: str) -> "QuerySet[Account]":
        return accounts.filter(last_contact_at=None)

    def by_callable(self, accounts: "QuerySet[Account]", _: str, __: bool) -> "QuerySet[Account]":
        """In calling hours wherever the debtor may be, and without a hold."""
        return accounts.filter(calling_group__in=calling_groups.open_now(timezone.now()))

    def _end_of_today(self) -> datetime:
        zone = calendar.zone_of(self.user)
        return datetime.combine(calendar.today_in(zone), time.max, zone)


def chips(filterset: AccountFilter) -> list[tuple[str, str]]:
    """(words, query string without it) of every filter that is on, the search and the tab aside."""
    found = []
    for name, filter_ in filterset.filters.items():
        value = filterset.value(name)
        if value is None or name == "q":
            continue
        if name == "status" and len(value) == 1:  # a tab
            continue
        values = value if isinstance(value, list) else [value]
        found += [(_words(filter_, name, one), without(filterset.data, name, str(one))) for one in values]
    return found


def _words(filter_: filters.Filter, name: str, value: Any) -> str:
    if name in ("min", "max"):
        return f"{filter_.label} {money(value)}"
    if name == "callable":
        return str(filter_.label)
    labels = {str(k): v for k, v in filter_.extra["choices"]}
    return f"{filter_.label} {labels[str(value)]}" if name != "creditor" else labels[str(value)]


def without(data: QueryDict, name: str, value: str = "") -> str:
    """The query string without one filter (or one value of it), back on the first page."""
    values = data.getlist(name)
    kept = [v for v in values if value and v != value] if len(values) > 1 else []
    return query_string(data, **{name: kept})


def query_string(data: QueryDict, **changes: str | list[str]) -> str:
    """The parameters that say something, with changes, and without the place of a page unless given."""
    said = {name: values for name, values in data.lists() if name != "page"}
    said |= {name: [value] if isinstance(value, str) else value for name, value in changes.items()}
    return urlencode([(name, value) for name, values in said.items() for value in values if value.strip()])
