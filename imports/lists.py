"""How are imports listed and filtered? One FilterSet and one Table, the recipe of every list."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet

from imports.models import SFTPFeed, SFTPImportJob


def _feeds(request: Any) -> QuerySet[SFTPFeed]:
    return SFTPFeed.objects.order_by("name")


class JobFilter(django_filters.FilterSet):
    """Status and feed; what the URL says wrongly is a field error, and then nothing is narrowed."""

    status = django_filters.ChoiceFilter(choices=SFTPImportJob.Status.choices, empty_label="Any status")
    feed = django_filters.ModelChoiceFilter(queryset=_feeds, empty_label="Any feed")

    class Meta:
        model = SFTPImportJob
        fields: list[str] = []
        form = forms.Form


def _cell(name: str) -> dict[str, Any]:
    return {"th": {"class": name}, "td": {"class": name}}


class JobTable(tables.Table):
    """One line a file."""

    file_name = tables.TemplateColumn(
        '<a class="name" href="{% url \'imports:job\' record.pk %}">{{ record.file_name }}</a>'
        '<span class="meta">{{ record.feed.name|default:"Uploaded" }}</span>',
        verbose_name="File",
        orderable=False,
    )
    status = tables.TemplateColumn("{% badge record.status %}", orderable=False)
    processed_errors = tables.TemplateColumn(
        "<span class=\"{% if record.processed_errors or record.status == 'failed' %}neg{% endif %}\">"
        "{{ record.processed_errors }}</span>",
        verbose_name="Errors",
        attrs=_cell("num"),
        orderable=False,
    )
    created_count = tables.Column(verbose_name="New", attrs=_cell("num"), orderable=False)
    updated_count = tables.Column(verbose_name="Updated", attrs=_cell("num desk"), orderable=False)
    unchanged_count = tables.Column(verbose_name="Unchanged", attrs=_cell("num desk"), orderable=False)
    created_at = tables.TemplateColumn(
        "{% moment record.created_at %}", verbose_name="Received", attrs=_cell("num"), orderable=False
    )

    class Meta:
        orderable = False
        order_by = ()
        template_name = "components/table.html"

    caption = "Imports, the newest first"
