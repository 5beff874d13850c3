"""Every component in every state, on one page (DEBUG only)."""

import re

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from core.account_states import Status
from debtflow import styleguide_charts

ICONS = re.findall(r'id="([a-z]+)"', (settings.BASE_DIR / "static" / "icons.svg").read_text())


class PromiseForm(forms.Form):
    """One field of each kind, as the form renderer shows it."""

    amount = forms.DecimalField(max_digits=12, decimal_places=2, help_text="Up to the balance of $2,450.50.")
    due_date = forms.DateField(label="Due date", error_messages={"invalid": "Enter a real date, as 2026-03-15."})
    method = forms.ChoiceField(choices=[("", "Choose one"), ("check", "Check"), ("cash", "Cash")], required=False)
    channel = forms.ChoiceField(
        choices=[("phone", "Phone"), ("letter", "Letter")], widget=forms.RadioSelect, initial="phone", required=False
    )
    remind = forms.BooleanField(label="Remind by e-mail", required=False)
    remark = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False)


def show(request: HttpRequest) -> HttpResponse:
    """The living style guide."""
    refused = PromiseForm({"refused-due_date": "2026-02-30", "refused-channel": "phone"}, prefix="refused")
    context = {
        "statuses": list(Status),
        "priorities": range(4),
        "icons": ICONS,
        "form": PromiseForm(prefix="fresh"),
        "refused": refused,
        "now": timezone.now(),
        "charts": styleguide_charts.examples(),
        "sparks": styleguide_charts.sparks(),
        "meters": styleguide_charts.bars(),
    }
    return render(request, "styleguide.html", context)
