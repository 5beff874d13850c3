"""How does the URL narrow a list? Fields that several lists share; what is on is said in words.

What is invalid is reported at its field and does not filter. Days are those of the agency.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import django_filters as filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict

from core import calendar, words
from core.models import Collector, Creditor

NOBODY = "nobody"
# What the URL says of one page rather than of the list.
OF_A_PAGE = ("after", "before", "totals")
# Beyond them a day has no beginning in every zone.
KNOWN_DAYS = [MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2999, 12, 31))]


class Day(filters.DateFilter):
    """A day as `2026-11-03`."""

    def __init__(self, field_name: str, lookup_expr: str = "exact", *, label: str) -> None:
        super().__init__(
            field_name,
            lookup_expr,
            label=label,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            input_formats=["%Y-%m-%d"],
            error_messages={"invalid": "Enter a day that exists."},
            validators=KNOWN_DAYS,
        )


class FromDay(Day):
    """At the beginning of that day or later."""

    def filter(self, rows: "QuerySet[Any]", day: date | None) -> "QuerySet[Any]":
        """Limits a column of moments."""
        if day is None:
            return rows
        return rows.filter(**{f"{self.field_name}__gte": calendar.start_of(day, self.parent.zone)})


class UntilDay(Day):
    """Before the end of that day."""

    def filter(self, rows: "QuerySet[Any]", day: date | None) -> "QuerySet[Any]":
        """Limits a column of moments."""
        if day is None:
            return rows
        return rows.filter(**{f"{self.field_name}__lt": calendar.start_of(day + timedelta(days=1), self.parent.zone)})


class InMonth(filters.DateFilter):
    """Within a month as `2026-11`."""

    def __init__(self, field_name: str, *, label: str) -> None:
        super().__init__(
            field_name,
            label=label,
            widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
            input_formats=["%Y-%m"],
            error_messages={"invalid": "Enter a month such as 2026-11."},
            validators=KNOWN_DAYS,
        )

    def filter(self, rows: "QuerySet[Any]", month: date | None) -> "QuerySet[Any]":
        """Limits a column of moments."""
        if month is None:
            return rows
        first, after = (calendar.start_of(day, self.parent.zone) for day in (month, calendar.next_month(month)))
        return rows.filter(**{f"{self.field_name}__gte": first, f"{self.field_name}__lt": after})


class Tick(forms.CheckboxInput):
    """A box whose value is 1; what else the URL says is seen, and refused by the field."""

    def __init__(self) -> None:
        super().__init__(check_test=lambda value: value == "1")

    def format_value(self, value: Any) -> str:
        """What the box sends."""
        return "1"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """As the URL has it."""
        return data.get(name)


class Flag(filters.ChoiceFilter):
    """On with 1, and off when it is not there."""

    def __init__(self, field_name: str = "", *, label: str, method: str | None = None) -> None:
        super().__init__(field_name, label=label, method=method, choices=[("1", label)], empty_label=None, widget=Tick)

    def filter(self, rows: "QuerySet[Any]", value: str) -> "QuerySet[Any]":
        """A column that is true, unless a method says what it means."""
        return rows.filter(**{self.field_name: True}) if value else rows


def creditors(_: object = None) -> list[tuple[str, str]]:
    """The agency's creditors as choices."""
    return [(str(pk), name) for pk, name in Creditor.objects.order_by("name", "pk").values_list("pk", "name")]


def collectors() -> list[tuple[str, str]]:
    """The agency's collectors as choices, former ones too, and nobody."""
    return [(NOBODY, "Nobody"), *((str(desk.pk), str(desk)) for desk in Collector.objects.select_related("user"))]


class OfCreditor(filters.ChoiceFilter):
    """One creditor, by id."""

    def __init__(self, field_name: str) -> None:
        super().__init__(field_name, label="Creditor", choices=creditors, empty_label="Any creditor")


class OfCollector(filters.ChoiceFilter):
    """One collector by id, or nobody."""

    def __init__(self, field_name: str = "", method: str | None = None) -> None:
        super().__init__(field_name, label="Collector", method=method, choices=collectors, empty_label="Any collector")

    def filter(self, rows: "QuerySet[Any]", collector: str) -> "QuerySet[Any]":
        """Limits a column that may have no value."""
        if not collector:
            return rows
        return rows.filter(**{self.field_name: None if collector == NOBODY else collector})


class OfDeskOf(filters.ChoiceFilter):
    """One collector by id, or nobody, judged by the user in a column."""

    def __init__(self, field_name: str) -> None:
        super().__init__(field_name, label="Collector", choices=collectors, empty_label="Any collector")

    def filter(self, rows: "QuerySet[Any]", collector: str) -> "QuerySet[Any]":
        """Nobody: an admin did it, or the system."""
        if not collector:
            return rows
        desks = Collector.objects.order_by()
        if collector == NOBODY:
            return rows.filter(~Exists(desks.filter(user=OuterRef(self.field_name))))
        return rows.filter(**{f"{self.field_name}__in": desks.filter(pk=UUID(collector)).values("user")})


def asked_anew(query: QueryDict, **changes: str) -> str:
    """The query string with changes (empty: without it), from the first page on."""
    asked = query.copy()
    for name in (*OF_A_PAGE, *changes):
        asked.pop(name, None)
    asked.update({name: value for name, value in changes.items() if value})
    return f"?{asked.urlencode()}"


class ListFilter(filters.FilterSet):
    """The filters of one list."""

    more: tuple[str, ...] = ()  # those in the menu rather than beside each other

    def __init__(self, data: QueryDict, rows: "QuerySet[Any]", zone: ZoneInfo) -> None:
        super().__init__(data, rows)
        self.zone = zone

    @property
    def today(self) -> date:
        """The date where the agency works."""
        return calendar.today_in(self.zone)

    @property
    def fields(self) -> list[Any]:
        """The fields that stand beside each other."""
        return [field for field in self.form if field.name not in self.more]

    @property
    def more_fields(self) -> list[Any]:
        """The fields in the menu."""
        return [field for field in self.form if field.name in self.more]

    @property
    def values(self) -> dict[str, Any]:
        """What each filter says that is on."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "")}

    @property
    def on(self) -> list[tuple[str, str]]:
        """(words, query string without it) of each filter that is on."""
        return [(self.words_of(name, value), self._without(name)) for name, value in self.values.items()]

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """(field's id, label, sentence) of what the URL says wrongly."""
        return list(self._problems())

    def _problems(self) -> Iterator[tuple[str, str, str]]:
        form: Any = self.form
        for name, found in form.errors.items():
            for sentence in found:
                yield form[name].id_for_label, str(form.fields[name].label), sentence

    def words_of(self, name: str, value: Any) -> str:
        """What a filter that is on lets through."""
        field: Any = self.form.fields[name]
        if isinstance(field.widget, Tick):
            return str(field.label)
        if isinstance(self.filters[name], InMonth):
            return f"{field.label} {calendar.month_words(value)}"
        if isinstance(value, date):
            return f"{field.label} {words.day(value, self.today)}"
        return f"{field.label}: {dict(field.choices)[value]}" if hasattr(field, "choices") else f"{field.label} {value}"

    def _without(self, name: str) -> str:
        return asked_anew(self.data, **{name: ""})
