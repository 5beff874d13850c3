"""The agency's processors: `/payments/processors/`. Managers look, admins change."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from core import meanwhile
from core.access import SignedInRequest, managers_only
from core.pages import respond
from payments import processors
from payments.models import PaymentProcessor
from payments.pages.processor_form import ProcessorForm
from payments.pages.processors import Page, lines

LOOK_ONLY = "You can look at the processors, but not change them. Ask an admin of your agency."
STRIPE = PaymentProcessor.Kind.STRIPE


@require_safe
@managers_only
def show_list(request: SignedInRequest) -> HttpResponse:
    """Every processor with its mode, and whether it answers."""
    return render(request, "payments/processors/list.html", {"lines": lines()})


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def create(request: SignedInRequest) -> HttpResponse:
    """A new account at Stripe: its form, a test of its key, and the processor itself."""
    if request.method == "POST":
        return _posted(request, PaymentProcessor(kind=STRIPE))
    if not request.user.is_admin:
        messages.warning(request, LOOK_ONLY)
        return redirect("processors:list")
    return _answer(request, Page(request, ProcessorForm(instance=PaymentProcessor(kind=STRIPE))))


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def show(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One processor: for admins the form, for others the facts."""
    rows = PaymentProcessor.objects.locked() if request.method == "POST" else PaymentProcessor.objects.all()
    found = get_object_or_404(rows, pk=pk, kind=STRIPE)
    if request.method == "POST":
        return _posted(request, found)
    return _answer(request, Page(request, ProcessorForm(instance=found)))


def _posted(request: SignedInRequest, processor: PaymentProcessor) -> HttpResponse:
    """Test or save: 422 with a sentence at each field, 409 when somebody else saved it meanwhile."""
    if not request.user.is_admin:
        raise PermissionDenied(LOOK_ONLY)
    form = ProcessorForm(request.POST, instance=processor, testing="test" in request.POST)
    page = Page(request, form)
    if form.is_stale and not form.testing:
        form.is_valid()
        page.who = meanwhile.on_record(processor, request.user, "saved this processor")
        return _answer(request, page, status=409)
    if not form.is_valid():
        return _answer(request, page, status=422)
    if form.testing:
        page.test()
        return _answer(request, page)
    processor.slug = slugify(processor.name)[:50]
    form.save()
    processors.forget_mode()
    messages.success(request, f"{processor.name} is saved{'' if processor.is_active else ', and not in use'}.")
    return HttpResponseRedirect(resolve_url("processors:processor", processor.pk), status=303)


def _answer(request: SignedInRequest, page: Page, *, status: int = 200) -> HttpResponse:
    return respond(request, "payments/processors/processor.html", {"page": page}, region="connection", status=status)
