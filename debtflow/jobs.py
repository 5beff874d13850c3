"""How the worker runs a job: with the agency and the request id that it was enqueued with."""

import traceback
from importlib import import_module
from typing import Any
from uuid import UUID

import structlog
from django.utils import timezone

from core import tenancy

log = structlog.get_logger(__name__)


def run(path: str, agency_id: str, request_id: str, args: list[str | int]) -> None:
    """Call `path(*args)` for that agency. The function opens its own transactions: a job may be long."""
    module, _, name = path.rpartition(".")
    structlog.contextvars.clear_contextvars()
    with (
        structlog.contextvars.bound_contextvars(request_id=request_id, job=path),
        tenancy.working_for(UUID(agency_id) if agency_id else None),
    ):
        getattr(import_module(module), name)(*args)


def run_next() -> dict[str, Any] | None:
    """Take one task from the queue and run it in this process; gives it with its outcome, None when all is done.

    What the worker does with a task, without its processes: a failed one stays in the queue for the worker's retry.
    """
    from django_q.monitor import save_task
    from django_q.signing import SignedPackage

    from debtflow.broker import Broker

    broker = Broker()
    taken = broker.claim()
    if not taken:
        return None
    [(ack_id, package)] = taken
    task: dict[str, Any] = SignedPackage.loads(package)
    try:
        run(*task["args"])
        task |= {"success": True, "result": None}
    except Exception as error:  # whatever it is, the others still run
        log.exception("job_failed", job=task["args"][0])
        task |= {"success": False, "result": f"{error} : {traceback.format_exc()}"}
    save_task(task | {"stopped": timezone.now(), "sync": True}, broker)
    if task["success"]:
        broker.acknowledge(ack_id)
    return task
