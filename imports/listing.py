"""Which files came, and what became of them? The list's filter and table."""

from typing import Any
from zoneinfo import ZoneInfo

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template import Context
from django_tables2.paginators import LazyPaginator

from imports.models import SFTPFeed, SFTPImportJob

PER_PAGE = 25


def _feeds(request: HttpRequest | None) -> QuerySet[SFTPFeed]:
    return SFTPFeed.objects.all()


class JobFilter(django_filters.FilterSet):
    """By status and by feed."""

    status = django_filters.ChoiceFilter(choices=SFTPImportJob.Status.choices, empty_label="Any status")
    feed = django_filters.ModelChoiceFilter(queryset=_feeds, empty_label="Any feed")

    class Meta:
        model = SFTPImportJob
        fields = ["status", "feed"]

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
        '{% if record.processed_errors %}<span class="neg">{{ record.processed_errors }}</span>{% else %}0{% endif %}',
    )
    created_count = _number("New", "{{ record.created_count }}")
    updated_count = _number("Updated", "{{ record.updated_count }}")
    unchanged_count = _number("Unchanged", "{{ record.unchanged_count }}")
    records = _number(
        "Rows",
        "{{ record.records_done }}"
        "{% if record.total_records and not record.is_finished %} of {{ record.total_records }}{% endif %}",
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


def table_of(jobs: QuerySet[SFTPImportJob], number: str, zone: ZoneInfo) -> JobTable:
    """That page of the table, times in that zone; one row more than shown is read, and nothing counted."""
    table = JobTable(jobs.select_related("feed"), zone=zone)
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    table.paginate(page=max(page, 1), per_page=PER_PAGE, paginator_class=LazyPaginator)
    return table
