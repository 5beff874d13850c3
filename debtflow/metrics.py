"""How is the installation doing, in numbers? `/metrics` for Prometheus; of all agencies, so it needs a token.

What happened lies in the database, shared by all processes: the numbers are asked there when they are wanted, by a
function that reads past the walls and gives counts alone (payments/migrations, `payments_metrics`).
"""

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

# name, what it is, its labels
GAUGES = {
    "accounts": ("Accounts by status", ["status"]),
    "payments_day": ("Payments made in the last 24 hours, by status and method", ["status", "method"]),
    "payments_undecided": ("Payments that are not decided, by status and what they wait for", ["status", "waits_for"]),
    "webhook_events_waiting": ("Events that were not worked off", ["agency", "processor"]),
    "breaker_open": ("1 while the processor is left alone, 0.5 while it is being tried", ["agency", "processor"]),
    "queue_waiting": ("Jobs that no worker has taken", []),
    "queue_oldest_seconds": ("How long the oldest of them has waited", []),
}


@login_not_required
@require_safe
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """The numbers for who has the token; for anybody else the page does not exist."""
    if not _may_see(request):
        return HttpResponse(status=404)
    registry = CollectorRegistry()
    registry.register(_Numbers())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_see(request: HttpRequest) -> bool:
    if not settings.METRICS_TOKEN:
        return bool(settings.DEVELOPMENT)
    told = request.headers.get("Authorization", "")
    return hmac.compare_digest(told.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())


class _Numbers(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        families = {
            name: GaugeMetricFamily(f"debtflow_{name}", words, labels=labels)
            for name, (words, labels) in GAUGES.items()
        }
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, labels, value FROM payments_metrics()")
            for name, labels, value in cursor.fetchall():
                families[name].add_metric(labels, value)
        yield from families.values()
