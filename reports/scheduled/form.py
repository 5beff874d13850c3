"""How does an admin say which report is mailed when, as what, and to whom?"""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django import forms

from core.models import Agency, User
from core.refusals import FieldRefused
from core.words import clock
from reports import scope
from reports.catalogue.report import COLLECTOR, CREDITOR, DAYS, PERIOD, Report
from reports.models import ReportSchedule
from reports.pages.filter_form import FilterForm
from reports.scheduled import sending
from reports.scheduled.planning import NOBODY, Terms, version

Frequency, Weekday = ReportSchedule.Frequency, ReportSchedule.Weekday
HOURS = [(hour, clock(datetime(2000, 1, 1, hour, tzinfo=UTC))) for hour in range(24)]
OF_THE_REPORT = (PERIOD, CREDITOR, COLLECTOR)
CHOOSE = "Choose one of the list."


def _select(label: str, choices: Any, hint: str = "", *, required: bool = True) -> forms.ChoiceField:
    messages = {"required": CHOOSE, "invalid_choice": CHOOSE}
    widget = forms.Select(attrs={"class": "in"})
    return forms.ChoiceField(
        label=label, choices=choices, required=required, help_text=hint, widget=widget, error_messages=messages
    )


def _radio(label: str, choices: Any) -> forms.ChoiceField:
    messages = {"required": CHOOSE, "invalid_choice": CHOOSE}
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, error_messages=messages)


class ScheduleForm(forms.Form):
    """Of one report. The period stays relative, so days of one's own are not offered."""

    frequency = _radio("How often", Frequency.choices)
    weekday = _select("On", Weekday.choices, "Of a weekly report.", required=False)
    day = forms.IntegerField(
        label="Day of the month", required=False, min_value=1, max_value=31,
        help_text="Of a monthly report. In a month that is shorter it is the last day.",
        widget=forms.TextInput(attrs={"class": "in", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Enter a day, 1 to 31."),
    )  # fmt: skip
    hour = _select("At", HOURS)
    format = _radio("Attached as", ReportSchedule.Format.choices)
    recipients = forms.MultipleChoiceField(
        label="Who gets it", widget=forms.CheckboxSelectMultiple,
        help_text="Admins and readers of the agency. Whoever leaves, or may not see reports any more, gets none.",
        error_messages={"required": NOBODY, "invalid_choice": NOBODY, "invalid_list": NOBODY},
    )  # fmt: skip
    version = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any,
        report: Report,
        agency: Agency,
        *,
        by: User,
        params: Any,
        schedule: ReportSchedule | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(schedule, by))
        self.report, self.schedule = report, schedule
        self.use_required_attribute = False
        self._take_over_filters(report, agency, params)
        hour: Any = self.fields["hour"]
        hour.help_text = f"On the clock of the agency ({agency.timezone})."
        people: Any = self.fields["recipients"]
        people.choices = [(str(user.pk), f"{user}, {user.title}, {user.email}") for user in sending.may_read()]

    def _take_over_filters(self, report: Report, agency: Agency, params: Any) -> None:
        """The filters of the report's own page, as `params` have them; what cannot be relative is left out."""
        shown = scope.read(report.understood(params), agency)
        chosen = {choice.name: choice.chosen(params.get(choice.name, "")) for choice in report.choices}
        self.filter_names = []
        for name, field in FilterForm(report, shown, chosen).fields.items():
            if name in DAYS or not isinstance(field, forms.ChoiceField):
                continue
            choices: Any = field.choices
            if name == PERIOD:
                choices = [(key, label) for key, label in choices if key != scope.CUSTOM]
            made = _select(str(field.label), choices, required=False)
            made.initial = field.initial if field.initial != scope.CUSTOM else scope.DEFAULT
            self.fields[name] = made
            self.filter_names.append(name)

    @property
    def saved_version(self) -> str:
        """The mark of what is stored now."""
        return version(self.schedule) if self.schedule else ""

    @property
    def filters(self) -> list[forms.BoundField]:
        """The fields that narrow the report."""
        return [self[name] for name in self.filter_names]

    def clean(self) -> dict[str, Any]:
        """A weekly report needs its weekday, a monthly one its day."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("frequency") == Frequency.WEEKLY and not said.get("weekday"):
            self.add_error("weekday", "Choose the day of the week.")
        if said.get("frequency") == Frequency.MONTHLY and said.get("day") is None and "day" not in self.errors:
            self.add_error("day", "Enter a day, 1 to 31.")
        return said

    @property
    def told(self) -> Terms:
        """What a valid form says."""
        said = self.cleaned_data
        weekly, monthly = (said["frequency"] == one for one in (Frequency.WEEKLY, Frequency.MONTHLY))
        narrowed = {name: said[name] for name in self.filter_names if said.get(name)}
        return Terms(
            query=urlencode(narrowed),
            frequency=said["frequency"],
            weekday=int(said["weekday"]) if weekly else None,
            day=said["day"] if monthly else None,
            hour=int(said["hour"]),
            format=said["format"],
            recipients=tuple(said["recipients"]),
        )

    def refuse(self, refusal: FieldRefused) -> None:
        """Show what was refused at its field."""
        self.add_error(refusal.field or None, str(refusal))


def _initial(schedule: ReportSchedule | None, by: User) -> dict[str, Any]:
    if schedule is None:
        return {
            "frequency": Frequency.WEEKLY, "weekday": Weekday.MONDAY, "day": 1, "hour": 7,
            "format": ReportSchedule.Format.PDF, "recipients": [str(by.pk)],
        }  # fmt: skip
    names = ("frequency", "weekday", "day", "hour", "format")
    return {name: getattr(schedule, name) for name in names} | {"recipients": schedule.recipients}
