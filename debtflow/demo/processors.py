"""The demo's processors: each agency has an account at the local Stripe stand-in, and is told of every payment."""

import os

from core import tenancy
from core.models import Agency
from debtflow.demo import local_stripe
from payments.models import PaymentProcessor

SLUG = "stripe"
WEBHOOK = "http://127.0.0.1:{}/api/v1/payments/webhook/stripe/{}/"


def connect() -> PaymentProcessor:
    """The current agency takes cards and bank accounts through its account at the stand-in."""
    agency = Agency.objects.get(pk=tenancy.current_agency_id())
    account = local_stripe.account(_name(agency))
    return PaymentProcessor.objects.create(
        name="Stripe",
        slug=SLUG,
        kind=PaymentProcessor.Kind.STRIPE,
        api_base_url=account.base_url,
        api_key=account.secret_key,
        publishable_key=account.publishable_key,
        webhook_secrets=account.webhook_secret,
    )


def point_at_local_stripe() -> None:
    """On each start: the stand-in's port may be another, its keys made anew, and the web server elsewhere."""
    from debtflow.demo.seed import HARBORLINE, NORTHWIND

    for agency in Agency.objects.filter(name__in=(HARBORLINE, NORTHWIND)):
        with tenancy.acting_for(agency):
            _point(agency, PaymentProcessor.objects.filter(slug=SLUG).first() or connect())


def _point(agency: Agency, processor: PaymentProcessor) -> None:
    if not processor.api_base_url.startswith(f"http://{local_stripe.HOST}:"):
        return  # somebody has connected an account at Stripe itself
    account = local_stripe.account(_name(agency))
    now = {
        "api_base_url": account.base_url,
        "api_key": account.secret_key,
        "publishable_key": account.publishable_key,
        "webhook_secrets": account.webhook_secret,
    }
    if any(getattr(processor, name) != value for name, value in now.items()):
        for name, value in now.items():
            setattr(processor, name, value)
        processor.save(update_fields=[*now, "updated_at"])
    local_stripe.send_events_to(account.name, WEBHOOK.format(os.environ.get("PORT", "8000"), processor.pk))


def _name(agency: Agency) -> str:
    return agency.name.split()[0].lower()
