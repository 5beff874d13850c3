"""What became of one payment? The job behind an admin's “Look it up now”."""

from uuid import UUID

from core import jobs
from payments import reconciliation

LOOK_UP = "payments.looking_up.look_up"


def soon(payment_id: UUID) -> None:
    """Have the worker ask its processor."""
    jobs.enqueue(LOOK_UP, str(payment_id))


def look_up(payment_id: str) -> None:
    """The job."""
    reconciliation.resolve(UUID(payment_id))
