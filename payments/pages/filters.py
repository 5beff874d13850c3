"""Which payments does the URL ask for?"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import django_filters as filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from core import calendar
from core.models import Collector, Creditor
from payments.models import Payment, PaymentProcessor

MOST_FOUND = 500
PERIODS = [
    ("today", "Today"),
    ("yesterday", "Yesterday"),
    ("week", "Last 7 days"),
    ("days30", "Last 30 days"),
    ("month", "This month"),
    ("last_month", "Last month"),
]
OF_A_PROCESSOR = ("pi_", "ch_", "py_", "cs_", "plink_")
AMOUNT: dict[str, Any] = {
    "min_value": 0,
    "max_value": Decimal("9999999999.99"),
    "decimal_places": 2,
    "widget": forms.TextInput(attrs={"inputmode": "decimal", "placeholder": "0.00"}),
    "error_messages": {
        "invalid": "Enter an amount such as 300.00.",
        "min_value": "Enter zero or more.",
        "max_value": "Enter at most 9,999,999,999.99.",
        "max_decimal_places": "Enter at most two decimals.",
    },
}


def _day(label: str, method: str) -> filters.DateFilter:
    return filters.DateFilter(
        label=label,
        method=method,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": "Enter a day that exists."},
        # Beyond them a day has no beginning in every zone.
        validators=[MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2999, 12, 31))],
    )


def _creditors(_: HttpRequest | None) -> "QuerySet[Creditor]":
    return Creditor.objects.order_by("name", "id")


def _collectors(_: HttpRequest | None) -> "QuerySet[Collector]":
    return Collector.objects.select_related("user")


class PaymentFilter(filters.FilterSet):
    """What is invalid is reported at its field and does not filter. Days are those of the agency, both included."""

    q = filters.CharFilter(
        label="Search",
        method="search",
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "placeholder": "Reference or debtor"}),
    )
    status = filters.ChoiceFilter(label="Status", choices=Payment.Status.choices, empty_label="Any status")
    method = filters.ChoiceFilter(label="Means", choices=Payment.Method.choices, empty_label="Any means")
    period = filters.ChoiceFilter(label="Period", method="within", choices=PERIODS, empty_label="Any time")
    since = _day("From", "from_day")
    until = _day("To", "to_day")
    min = filters.NumberFilter("amount", "gte", label="Amount from", **AMOUNT)
    max = filters.NumberFilter("amount", "lte", label="Amount to", **AMOUNT)
    creditor = filters.ModelChoiceFilter(
        "account__creditor", label="Creditor", queryset=_creditors, empty_label="Any creditor"
    )
    collector = filters.ModelChoiceFilter(label="Collector", queryset=_collectors, empty_label="Any collector")

    class Meta:
        model = Payment
        fields: list[str] = []

    def __init__(self, *args: Any, zone: ZoneInfo, everybody: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._zone = zone
        if not everybody:  # she sees her own desk alone
            del self.filters["collector"]

    def search(self, payments: "QuerySet[Payment]", _: str, text: str) -> "QuerySet[Payment]":
        """By the processor's reference, or by what finds an account: reference, name, telephone number, e-mail."""
        text = text.replace("\x00", "").strip()
        if text.startswith(OF_A_PROCESSOR):
            by_charge = Q(metadata__charge=text) if text.startswith(("ch_", "py_")) else Q(processor_ref=text)
            return payments.filter(by_charge, processor__in=PaymentProcessor.objects.values("pk"))
        with connection.cursor() as cursor:  # first and by itself: how few they are decides how payments are read
            cursor.execute("SELECT account_id FROM core_search_accounts(%s, %s)", [text, MOST_FOUND])
            return payments.filter(account__in=[account for (account,) in cursor.fetchall()])

    def within(self, payments: "QuerySet[Payment]", _: str, period: str) -> "QuerySet[Payment]":
        """Made within a period; days that are given themselves say it better."""
        if self.form.cleaned_data.get("since") or self.form.cleaned_data.get("until"):
            return payments
        since, before = _period(period, calendar.today_in(self._zone))
        return payments.filter(
            created_at__gte=calendar.start_of(since, self._zone), created_at__lt=calendar.start_of(before, self._zone)
        )

    def from_day(self, payments: "QuerySet[Payment]", _: str, day: date) -> "QuerySet[Payment]":
        """Made on that day or later."""
        return payments.filter(created_at__gte=calendar.start_of(day, self._zone))

    def to_day(self, payments: "QuerySet[Payment]", _: str, day: date) -> "QuerySet[Payment]":
        """Made on that day or earlier."""
        return payments.filter(created_at__lt=calendar.start_of(day + timedelta(days=1), self._zone))

    @property
    def narrows(self) -> bool:
        """Does it leave anything out?"""
        valid = self.form.is_valid()
        said = any(value not in (None, "") for value in self.form.cleaned_data.values())
        return said or not valid

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """(field's id, label, sentence) of what the URL says wrongly."""
        form: Any = self.form
        return [
            (form[name].id_for_label, str(form.fields[name].label), sentence)
            for name, found in form.errors.items()
            for sentence in found
        ]


def _period(name: str, today: date) -> tuple[date, date]:
    """The first day of the period, and the day after its last."""
    tomorrow, month = today + timedelta(days=1), today.replace(day=1)
    return {
        "today": (today, tomorrow),
        "yesterday": (today - timedelta(days=1), today),
        "week": (today - timedelta(days=6), tomorrow),
        "days30": (today - timedelta(days=29), tomorrow),
        "month": (month, tomorrow),
        "last_month": (calendar.previous_month(today), month),
    }[name]
