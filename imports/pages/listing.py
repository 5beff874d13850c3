"""Which files came, and what became of them? The list's filter and table."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import django_filters
import django_tables2 as tables
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.template import Context

from imports import health, quality
from imports.models import SFTPFeed, SFTPImportJob

PER_PAGE = 25


def _feeds(request: HttpRequest | None) -> QuerySet[SFTPFeed]:
    return SFTPFeed.objects.all()


def _day(label: str, method: str) -> django_filters.DateFilter:
    return django_filters.DateFilter(
        label=label,
        method=method,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        # Beyond them a day has no beginning in every zone.
        validators=[MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2999, 12, 31))],
    )


class JobFilter(django_filters.FilterSet):
    """By status, by feed, and by the days of the agency on which files were received, both included."""

    status = django_filters.ChoiceFilter(choices=SFTPImportJob.Status.choices, empty_label="Any status")
    feed = django_filters.ModelChoiceFilter(
        queryset=_feeds, empty_label="Any feed", null_label=quality.BY_HAND, null_value="none"
    )
    received_from = _day("Received from", "since")
    received_to = _day("Received to", "until")
    errors = django_filters.ChoiceFilter(
        label="Errors", method="only_errors", choices=[("1", "With errors")], empty_label="With or without"
    )

    class Meta:
        model = SFTPImportJob
        fields = ["status", "feed", "received_from", "received_to"]

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._zone = zone

    def since(self, jobs: QuerySet[SFTPImportJob], name: str, day: date) -> QuerySet[SFTPImportJob]:
        """Received on that day or later."""
        return jobs.filter(created_at__gte=datetime.combine(day, time.min, self._zone))

    def until(self, jobs: QuerySet[SFTPImportJob], name: str, day: date) -> QuerySet[SFTPImportJob]:
        """Received on that day or earlier."""
        return jobs.filter(created_at__lt=datetime.combine(day + timedelta(days=1), time.min, self._zone))

    def only_errors(self, jobs: QuerySet[SFTPImportJob], name: str, value: str) -> QuerySet[SFTPImportJob]:
        """Refused, not finished, or with rejected rows."""
        return jobs.filter(health.with_errors())

    @property
    def narrows(self) -> bool:
        """Does it leave anything out?"""
        return any(self.form.cleaned_data.values()) if self.form.is_valid() else bool(self.data)


def _number(title: str, code: str) -> tables.TemplateColumn:
    numeric = {"th": {"class": "num"}, "td": {"class": "num"}}
    return tables.TemplateColumn(code, verbose_name=title, orderable=False, attrs=numeric)


class JobTable(tables.Table):
    """One line a file, the newest first; errors before successes."""

    file_name = tables.TemplateColumn(
        '<a class="name" href="{% url "imports:job" record.pk %}">{{ record.file_name }}</a>'
        '<span class="meta">{{ record.feed.name|default:"Imported by hand" }}</span>',
        verbose_name="File",
        orderable=False,
    )
    status = tables.TemplateColumn("{% badge record.status %}", orderable=False)
    processed_errors = _number(
        "Errors",
        '{% if record.processed_errors %}<span class="neg">{{ record.processed_errors|floatformat:"g" }}</span>'
        "{% else %}0{% endif %}",
    )
    created_count = _number("New", '{{ record.created_count|floatformat:"g" }}')
    updated_count = _number("Updated", '{{ record.updated_count|floatformat:"g" }}')
    unchanged_count = _number("Unchanged", '{{ record.unchanged_count|floatformat:"g" }}')
    records = _number(
        "Rows",
        '{{ record.records_done|floatformat:"g" }}'
        "{% if record.total_records and not record.is_finished %}"
        ' of {{ record.total_records|floatformat:"g" }}{% endif %}',
    )
    created_at = tables.TemplateColumn("{% moment record.created_at %}", verbose_name="Received", orderable=False)

    caption = "Imported files"

    class Meta:
        sequence = [
            *("file_name", "status", "processed_errors", "records", "created_count", "updated_count"),
            *("unchanged_count", "created_at"),
        ]

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.context = Context({"zone": zone})


@dataclass(frozen=True)
class Page:
    """A page of the list, and the ids of the jobs beside which the pages around it begin; None where there is none."""

    table: JobTable
    newer_than: UUID | None = None
    older_than: UUID | None = None


def page_of(jobs: QuerySet[SFTPImportJob], query: QueryDict, zone: ZoneInfo) -> Page:
    """The page that the query string names, by key: files that come meanwhile move nothing from page to page.

    One row more than shown is read, and nothing counted. A key that is not of a job here means the first page.
    """
    jobs = jobs.select_related("feed")
    backward = "newer_than" in query
    key = _created(query.get("newer_than" if backward else "older_than", ""))
    order = ("created_at", "id") if key and backward else ("-created_at", "-id")
    rows = list((_beside(jobs, *key, backward=backward) if key else jobs).order_by(*order)[: PER_PAGE + 1])
    if key and not rows:
        return page_of(jobs, QueryDict(), zone)
    more, rows = len(rows) > PER_PAGE, rows[:PER_PAGE]
    if key and backward:
        rows.reverse()
    newer, older = (more, True) if key and backward else (key is not None, more)
    table = JobTable(rows, zone=zone)
    return Page(table, rows[0].pk if newer else None, rows[-1].pk if older else None)


def _created(text: str) -> tuple[datetime, UUID] | None:
    """When the job of this id was created, and the id; None for any other text."""
    try:
        return SFTPImportJob.objects.filter(pk=UUID(text)).values_list("created_at", "pk").first()
    except ValueError:
        return None


def _beside(jobs: QuerySet[SFTPImportJob], created: datetime, pk: UUID, *, backward: bool) -> QuerySet[SFTPImportJob]:
    # The first condition is implied by the second, but it is the one that an index answers.
    if backward:
        return jobs.filter(Q(created_at__gt=created) | Q(pk__gt=pk), created_at__gte=created)
    return jobs.filter(Q(created_at__lt=created) | Q(pk__lt=pk), created_at__lte=created)
