"""Which forms set what collectors may agree? The agency's limits in one, and a creditor's floor in one each."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms

from core.models import Creditor
from core.models.agencies import AgencySettings
from core.refusals import FieldRefused
from core.words import count
from payments import terms

PERCENT = "Enter a percentage between 0 and 100."
FIELDS = AgencySettings.model_fields


def _text(mode: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "in tn", "inputmode": mode, "autocomplete": "off"})


def _percent(label: str, *, required: bool) -> forms.DecimalField:
    wrong = dict.fromkeys(
        ("required", "invalid", "min_value", "max_value", "max_digits", "max_whole_digits", "max_decimal_places"),
        PERCENT if required else "Enter a percentage between 0 and 100, or nothing.",
    )
    return forms.DecimalField(
        label=label, required=required, min_value=0, max_value=100, max_digits=5, decimal_places=2,
        widget=_text("decimal"), error_messages=wrong,
    )  # fmt: skip


def _number(label: str, name: str, help_text: str) -> forms.IntegerField:
    """A whole number between the bounds of the setting."""
    bounds = FIELDS[name].metadata
    least, most = bounds[0].ge, bounds[1].le
    wrong = dict.fromkeys(("required", "invalid", "min_value", "max_value"), f"Enter a number from {least} to {most}.")
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, help_text=help_text, widget=_text("numeric"),
        error_messages=wrong,
    )  # fmt: skip


class LimitsForm(forms.Form):
    """What holds for every creditor that says nothing else."""

    floor = _percent("Collectors settle alone down to", required=True)
    plan_longest_months = _number("A plan ends within", "plan_longest_months", "Months")
    plan_smallest_instalment = forms.DecimalField(
        label="An instalment is at least", min_value=0, max_value=10_000, max_digits=7, decimal_places=2,
        help_text="US dollars; the last one may be less", widget=_text("decimal"),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value", "max_digits", "max_whole_digits", "max_decimal_places"),
            "Enter an amount from 0.00 to 10000.00.",
        ),
    )  # fmt: skip
    plan_grace_days = _number("A missed instalment breaks the plan after", "plan_grace_days", "Days of grace")
    plan_reminder_days = _number(
        "The debtor is reminded ahead of an instalment", "plan_reminder_days", "Days, by e-mail; 0: not at all"
    )
    seen = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)

    def __init__(self, data: Any = None) -> None:
        now = terms.limits()
        super().__init__(data, initial=now | {"floor": terms.as_text(now["settlement_floor"])}, auto_id="limit_%s")
        self.initial["seen"] = terms.version(now)
        self.use_required_attribute = False
        self.fields["floor"].help_text = "Percent of the balance; below it an admin approves"

    @property
    def said(self) -> dict[str, Any]:
        """What a valid form sets."""
        said = {name: self.cleaned_data[name] for name in terms.LIMITS if name in self.cleaned_data}
        return said | {"settlement_floor": self.cleaned_data["floor"] / 100}

    def refuse(self, refusal: FieldRefused) -> None:
        """What was refused, at its field."""
        name = {"settlement_floor": "floor"}.get(refusal.field, refusal.field)
        self.add_error(name if name in self.fields else None, str(refusal))

    @property
    def facts(self) -> list[tuple[str, str]]:
        """(what, how much) for who only looks."""
        now = terms.limits()
        return [
            ("Collectors settle alone down to", f"{terms.as_text(now['settlement_floor'])}% of the balance"),
            ("A plan ends within", count(now["plan_longest_months"], "month")),
            ("An instalment is at least", f"${now['plan_smallest_instalment']:,.2f}"),
            ("A missed instalment breaks the plan after", count(now["plan_grace_days"], "day")),
            ("The debtor is reminded", f"{count(now['plan_reminder_days'], 'day')} ahead"),
        ]


class FloorForm(forms.Form):
    """The floor of one creditor; empty: as the agency says."""

    floor = _percent("Percent", required=False)
    seen = forms.CharField(required=False, max_length=8, widget=forms.HiddenInput)

    @property
    def share(self) -> Decimal | None:
        """What a valid form sets."""
        percent: Decimal | None = self.cleaned_data["floor"]
        return None if percent is None else percent / 100


@dataclass(frozen=True)
class Row:
    """One creditor: what stands, what was typed when it was refused, and why."""

    creditor: Creditor
    seen: str
    typed: str
    error: str = ""


def rows(creditors: Iterable[Creditor], refused: tuple[UUID, str, str] | None = None) -> list[Row]:
    """The creditors; `refused` is (whose, what was typed, why)."""
    found = []
    for one in creditors:
        now = terms.as_text(one.settlement_floor)
        typed, why = refused[1:] if refused and refused[0] == one.pk else (now, "")
        found.append(Row(one, now, typed, why))
    return found
