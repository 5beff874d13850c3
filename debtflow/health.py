"""Is this process alive, and may it be sent requests? For load balancers: no sign-in, no agency, no transaction."""

import functools
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

WORKER_HEARTBEAT = "worker-heartbeat"  # epoch seconds, written by every worker's clock
WORKER_SILENT_SECONDS = 30
QUEUE_LATE_SECONDS = 60

Check = dict[str, Any]
log = structlog.get_logger(__name__)


@login_not_required
@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers. It asks nobody else: a restart would not heal a database."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """503 while this process cannot serve a page. A late queue is told but does not take the pages away."""
    needed = {"database": _checked(_database), "migrations": _checked(_migrations)}
    told = {"queue": _checked(_queue), "worker": _checked(_worker)}
    if not all(check["ok"] for check in needed.values()):
        status = "unavailable"
    else:
        status = "ready" if all(check["ok"] for check in told.values()) else "degraded"
    return JsonResponse({"status": status, "checks": needed | told}, status=503 if status == "unavailable" else 200)


class ProbesFirst:
    """Answers the two above before any other middleware: a probe calls by address instead of by an allowed host
    name, over plain HTTP, and must not depend on sessions."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.probes = {"/health/": live, "/ready/": ready}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.probes.get(request.path, self.get_response)(request)


def _checked(check: Callable[[], Check]) -> Check:
    try:
        return check()
    except DatabaseError:
        log.warning("not_ready", check=check.__name__, exc_info=True)
        return {"ok": False}


def _database() -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"ok": True}


def _migrations() -> Check:
    unapplied = _known_migrations() - MigrationRecorder(connection).applied_migrations().keys()
    return {"ok": not unapplied, "unapplied": len(unapplied)}


@functools.cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations or ())


def _queue() -> Check:
    """The age of the oldest job that no worker has taken. A taken job's lock lies in the future."""
    from django_q.models import OrmQ

    waiting = OrmQ.objects.filter(lock__lte=timezone.now()).order_by("lock")
    oldest = waiting.values_list("lock", flat=True).first()
    age = (timezone.now() - oldest).total_seconds() if oldest else 0.0
    return {"ok": age < QUEUE_LATE_SECONDS, "waiting": waiting.count(), "oldest_seconds": round(age)}


def _worker() -> Check:
    seen = cache.get(WORKER_HEARTBEAT)
    age = time.time() - seen if seen else None
    return {
        "ok": age is not None and age < WORKER_SILENT_SECONDS,
        "last_seen_seconds": round(age) if age is not None else None,
    }
