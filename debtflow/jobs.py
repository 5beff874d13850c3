"""How the worker runs a job: with the agency and the request id that it was enqueued with."""

from importlib import import_module
from uuid import UUID

import structlog

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
