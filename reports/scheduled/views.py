"""Scheduled reports: `/reports/schedules/`, a new one, one of them, and what can be done with it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import tenancy
from core.access import SignedInRequest, admins_only, managers_only
from core.addresses import address
from core.models import Agency
from core.refusals import ChangedMeanwhile, FieldRefused
from core.words import count
from reports import attention, catalogue
from reports.catalogue.report import Report
from reports.models import ReportSchedule
from reports.scheduled import page, planning
from reports.scheduled.form import ScheduleForm

ONE = "reports/scheduled/schedule.html"


@require_safe
@managers_only
def show_list(request: SignedInRequest) -> HttpResponse:
    """Every report that is mailed, with what became of the last one."""
    only_unsent = bool(request.GET.get("unsent"))
    found = attention.unsent_reports() if only_unsent else ReportSchedule.objects.all()
    context = {"lines": page.lines(_agency(request), found), "only_unsent": only_unsent}
    return render(request, "reports/scheduled/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def create(request: SignedInRequest) -> HttpResponse:
    """Which report (GET without one), its form, and the schedule itself."""
    report = catalogue.named(request.GET.get("report", ""))
    if report is None:
        return render(request, "reports/scheduled/choose.html", {"reports": catalogue.REPORTS})
    form = _form(request, report, request.GET)
    if form.is_valid():
        try:
            schedule = planning.make(report.slug, form.told, site=_site(request), by=request.user)
        except FieldRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"“{report.title}” is scheduled.")
            return _to(schedule.pk)
    return _answer(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def show(request: SignedInRequest, pk: UUID) -> HttpResponseBase:
    """One schedule with what was sent: for admins its form, for readers the facts."""
    schedule = get_object_or_404(ReportSchedule, pk=pk)
    return _change(request, pk) if request.method == "POST" else _shown(request, schedule)


@admins_only
def _change(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """422 with what was typed when it is wrong, 409 when somebody else saved meanwhile."""
    schedule = get_object_or_404(ReportSchedule.objects.locked(), pk=pk)
    form = _form(request, _report(schedule), QueryDict(schedule.query), schedule)
    if form.is_valid():
        try:
            expected = form.cleaned_data["version"]
            planning.change(pk, form.told, site=_site(request), by=request.user, expected=expected)
        except FieldRefused as refusal:
            form.refuse(refusal)
        except ChangedMeanwhile as lost:
            return _shown(request, schedule, form, status=409, problem=str(lost))
        else:
            messages.success(request, "The schedule is saved.")
            return _to(pk)
    return _shown(request, schedule, form)


@require_POST
@admins_only
def pause(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Send it no more for now."""
    planning.pause(_found(pk))
    messages.success(request, "The schedule is paused: nothing is sent until you resume it.")
    return _to(pk)


@require_POST
@admins_only
def resume(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Send it again, from the next due moment on."""
    planning.resume(_found(pk))
    messages.success(request, "The schedule is resumed.")
    return _to(pk)


@require_POST
@admins_only
def send_now(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Send it once more, now."""
    number = planning.send_now(_found(pk))
    if number:
        messages.success(request, f"It is being sent to {count(number, 'person', 'people')}.")
    else:
        messages.warning(request, "There is nobody to send it to. Choose who gets it.")
    return _to(pk)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def remove(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Delete it; asked first."""
    schedule = get_object_or_404(ReportSchedule, pk=pk)
    if request.method != "POST":
        [line] = page.lines(_agency(request), [schedule])
        return render(request, "reports/scheduled/removal.html", {"line": line})
    planning.remove(pk)
    messages.success(request, "The schedule is deleted.")
    return redirect("schedules:list")


def _found(pk: UUID) -> UUID:
    found: UUID = get_object_or_404(ReportSchedule, pk=pk).pk
    return found


def _report(schedule: ReportSchedule) -> Report:
    report = catalogue.named(schedule.report)
    if report is None:
        raise Http404
    return report


def _form(
    request: SignedInRequest, report: Report, params: QueryDict, schedule: ReportSchedule | None = None
) -> ScheduleForm:
    data = request.POST if request.method == "POST" else None
    return ScheduleForm(data, report, _agency(request), by=request.user, params=params, schedule=schedule)


def _shown(
    request: SignedInRequest,
    schedule: ReportSchedule,
    form: ScheduleForm | None = None,
    *,
    status: int = 0,
    problem: str = "",
) -> HttpResponse:
    if form is None and request.user.is_admin and catalogue.named(schedule.report):
        form = _form(request, _report(schedule), QueryDict(schedule.query), schedule)
    [line] = page.lines(_agency(request), [schedule])
    context = {"schedule": schedule, "line": line, "moments": page.history(schedule), "problem": problem}
    return _answer(request, form, status=status, **context)


def _answer(request: SignedInRequest, form: ScheduleForm | None, *, status: int = 0, **context: Any) -> HttpResponse:
    wrong = form is not None and bool(form.errors)
    return render(request, ONE, {"form": form, **context}, status=status or (422 if wrong else 200))


def _to(pk: UUID) -> HttpResponse:
    return HttpResponseRedirect(address("schedules:schedule", pk), status=303)


def _site(request: SignedInRequest) -> str:
    return request.build_absolute_uri("/").removesuffix("/")


def _agency(request: SignedInRequest) -> Agency:
    return request.user.agency or Agency.objects.get(pk=tenancy.current_agency_id())
