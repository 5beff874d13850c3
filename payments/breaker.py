"""May the processor be asked now? A circuit breaker in the database, so that all processes share it (SPEC §7.3).

Five times without an answer within sixty seconds open it; for thirty seconds nothing is sent; then one request is let
through as a probe, and its answer closes the circuit or opens it anew.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from core import tenancy
from payments.gateway.troubles import NotAnswering, Trouble
from payments.models import GatewayHealth

FAILURES, WITHIN = 5, timedelta(seconds=60)
PAUSE = timedelta(seconds=30)
PROBE = timedelta(seconds=30)  # a probe that is not heard of for that long is given up
State = GatewayHealth.State


@contextmanager
def guarding(processor_id: UUID) -> Iterator[None]:
    """Ask the processor within. Raises NotAnswering, before anything is sent, while the circuit is open.

    To be used outside any transaction: what was learnt must stand whatever becomes of the work.
    """
    probing = _admit(processor_id)
    try:
        yield
    except Trouble as trouble:
        if trouble.silent:
            _failed(processor_id, str(trouble))
        elif probing:
            _answered(processor_id)
        raise
    else:
        if probing:
            _answered(processor_id)


def _admit(processor_id: UUID) -> bool:
    """Is it the probe? Raises NotAnswering."""
    with tenancy.transaction():
        health = GatewayHealth.objects.filter(processor=processor_id).first()
        if health is None or health.state == State.CLOSED:
            return False
        health = GatewayHealth.objects.locked().get(processor=processor_id)
        now = timezone.now()
        until = health.opened_at + PAUSE if health.state == State.OPEN and health.opened_at else health.probe_until
        if health.state == State.CLOSED:
            return False
        if until and now < until:
            raise NotAnswering(until)
        health.state, health.probe_until = State.HALF_OPEN, now + PROBE
        health.save()
        return True


def _failed(processor_id: UUID, error: str) -> None:
    with tenancy.transaction():
        health = _locked(processor_id)
        now = timezone.now()
        health.failures = [*(at for at in health.failures if at > now - WITHIN), now]
        health.last_error = error[:300]
        if health.state == State.HALF_OPEN or len(health.failures) >= FAILURES:
            health.state, health.opened_at, health.probe_until = State.OPEN, now, None
        health.save()


def _answered(processor_id: UUID) -> None:
    with tenancy.transaction():
        health = _locked(processor_id)
        health.state, health.failures, health.opened_at, health.probe_until = State.CLOSED, [], None, None
        health.save()


def _locked(processor_id: UUID) -> GatewayHealth:
    GatewayHealth.objects.bulk_create([GatewayHealth(processor_id=processor_id)], ignore_conflicts=True)
    return GatewayHealth.objects.locked().get(processor=processor_id)
