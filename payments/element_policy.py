"""What may a page load that shows Stripe's own field? Stripe's script and frames, on that page alone.

https://docs.stripe.com/security/guide#content-security-policy
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override

from payments.models import PaymentProcessor

SCRIPTS = ("https://js.stripe.com", "https://*.js.stripe.com")
FRAMES = (*SCRIPTS, "https://hooks.stripe.com")
ASKED = ("https://api.stripe.com",)


def allow_element(request: HttpRequest, response: HttpResponse, processor: PaymentProcessor) -> HttpResponse:
    """The response with a content policy that lets this processor's field in, and nothing else."""
    own = urlsplit(processor.api_base_url)
    there = (f"{own.scheme}://{own.netloc}",) if own.netloc else ()
    policy: Any = settings.SECURE_CSP | {
        "script-src": [CSP.SELF, *(there or SCRIPTS)],
        "frame-src": [*(there or FRAMES)],
        "connect-src": [CSP.SELF, *(there or ASKED)],
    }
    answered: HttpResponse = csp_override(policy)(lambda _: response)(request)
    return answered
