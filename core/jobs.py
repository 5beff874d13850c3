"""How work is put aside for the worker.

A job is a dotted path and ids, never data: the row holds the state, not the queue, and every job may run twice. The
ORM broker writes to the same database, so a job is enqueued inside the transaction and commits or rolls back with it.
"""

from datetime import timedelta
from typing import Any

import structlog
from django.utils import timezone

from core import tenancy

RUNNER = "debtflow.jobs.run"


def enqueue(path: str, *args: str | int, group: str | None = None) -> str:
    """Run `path(*args)` in the worker, for the current agency; gives the task's id.

    Args are plain ids: they are stored readable in the queue.
    """
    from django_q.tasks import async_task

    agency_id = tenancy.agency_id_or_none()
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    options: dict[str, Any] = {"task_name": path.rsplit(".", 2)[-1]}
    if group:
        options["group"] = group
    return async_task(RUNNER, path, str(agency_id or ""), str(request_id), list(args), q_options=options)


def run_earlier(path: str, seconds: float) -> None:
    """Have the recurring job `path` run that many seconds from now, unless it will run sooner."""
    from django_q.models import Schedule

    at = timezone.now() + timedelta(seconds=seconds)
    with tenancy.transaction():
        Schedule.objects.filter(args__contains=repr(path), next_run__gt=at).update(next_run=at)
