"""Which filters does a report offer? Those that it understands, as they stand."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from core.models import Collector, Creditor
from reports.catalogue.report import COLLECTOR, CREDITOR, PERIOD, Report
from reports.scope import PERIODS, Named, Scope

Options = Iterable[tuple[str, str]]


class FilterForm(forms.Form):
    """Shown, not validated: `Scope` reads the URL, and says what it did not understand."""

    def __init__(self, report: Report, scope: Scope, chosen: Mapping[str, str]) -> None:
        super().__init__(auto_id="f-%s")
        if PERIOD in report.filters:
            self.fields[PERIOD] = _select("Period", PERIODS.items(), scope.period)
            self.fields["since"] = _day("From", scope.first)
            self.fields["until"] = _day("To", scope.last)
        if CREDITOR in report.filters:
            every = [(str(one.pk), one.name) for one in Creditor.objects.order_by("name", "id")]
            self.fields[CREDITOR] = _select("Creditor", [("", "Every creditor"), *every], _key(scope.creditor))
        if COLLECTOR in report.filters:
            desks = [(str(one.pk), str(one)) for one in Collector.objects.select_related("user")]
            self.fields[COLLECTOR] = _select("Collector", [("", "Every collector"), *desks], _key(scope.collector))
        for choice in report.choices:
            self.fields[choice.name] = _select(choice.label, choice.options, chosen[choice.name])


def _select(label: str, options: Options, chosen: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(options), initial=chosen, required=False)


def _day(label: str, day: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, initial=day, widget=widget, required=False)


def _key(one: Named | None) -> str:
    return str(one.pk) if one else ""
