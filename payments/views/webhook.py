"""Where Stripe tells us: `POST /api/v1/payments/webhook/stripe/`, or with the processor's id behind it."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from payments import webhooks


@csrf_exempt  # signed instead
@login_not_required
@require_POST
def receive(request: HttpRequest, processor: UUID | None = None) -> HttpResponse:
    """200 once it is stored, known before or not; 400 for what no secret of ours signed."""
    try:
        webhooks.receive(request.body, request.headers.get("Stripe-Signature", ""), processor)
    except webhooks.Forged as forged:
        return HttpResponse(str(forged), status=400, content_type="text/plain")
    return HttpResponse(status=200)
