"""The few look-ups that come before an agency is known. Nothing else crosses from one agency to another.

Agencies and users carry no row-level policy outside an agency; the list of due feeds is a function of the database
(SECURITY DEFINER) that gives ids only.
"""

from uuid import UUID

from django.db import connection

from core import tenancy
from core.encryption import decrypt
from core.models import Agency, User

DEMO_USERS = (
    "demo.admin",
    "sarah.mitchell",
    "james.carter",
    "maria.gonzalez",
    "david.thompson",
    "demo.auditor",
    "northwind.admin",
    "nina.brooks",
    "demo.operator",
)


def active_agencies() -> list[UUID]:
    """Every agency that is not switched off, for jobs that do the same work for each."""
    return list(Agency.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True))


def all_agencies() -> list[UUID]:
    """Every agency, switched off ones too, for what must hold of all data: its books, its keys."""
    return list(Agency.objects.order_by("pk").values_list("pk", flat=True))


def demo_users_exist() -> bool:
    """Are the demo's users, whose passwords are public, in this database?"""
    return User.objects.filter(username__in=DEMO_USERS).exists()


def person(pk: UUID) -> User:
    """A user of any agency or of none, for a job that does what he asked for: an operator is of no agency."""
    with tenancy.acting_for(None):
        return User.objects.select_related("agency").get(pk=pk)


def due_feeds() -> list[tuple[UUID, UUID]]:
    """(agency, feed) of every active feed of an active agency that should be polled now, the longest waiting first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT agency_id, feed_id FROM imports_due_feeds()")
        return cursor.fetchall()


def seconds_to_next_feed() -> float | None:
    """Seconds until the next feed is due (never negative); None when no feed is active."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT imports_seconds_to_next_feed()")
        return cursor.fetchone()[0]


def webhook_secrets(processor: UUID | None) -> list[tuple[UUID, UUID, list[str]]]:
    """(agency, processor, secrets) of every processor that could have signed an event, or of the one named.

    Of processors that are switched off too: what they have to tell about money already taken still counts.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT agency_id, processor_id, secrets FROM payments_webhook_secrets(%s)", [processor])
        return [(agency, one, decrypt(secrets).split()) for agency, one, secrets in cursor.fetchall()]
