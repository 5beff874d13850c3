"""Which agency are we working for?

Two walls keep agencies apart. In Python every tenant model's `objects` is limited to the current agency and raises
when there is none. In PostgreSQL a row-level-security policy compares each row with the transaction-local setting
`debtflow.agency_id`, so that a query which slips past the first wall still sees nothing of another agency.

Use `transaction()` instead of Django's `atomic()`: it is the same, and tells the database the agency; and, while
history is loaded (`core.clock`), the moment at which it happened, for triggers that date what they write.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

import structlog
from django.db import connection, models
from django.db import transaction as django_transaction
from django.db.models.functions import UUID7, Now

from core import clock

if TYPE_CHECKING:
    from core.models import Agency

SETTING = "debtflow.agency_id"
MOMENT = "debtflow.moment"

type Told = tuple[UUID | None, datetime | None]

_current: ContextVar[UUID | None] = ContextVar("current_agency", default=None)
_told: ContextVar[Told] = ContextVar("agency_and_moment_the_database_was_told", default=(None, None))


class NoAgency(RuntimeError):
    """A tenant table was asked for outside an agency."""


def current_agency_id() -> UUID:
    """The agency of this request or job. Raises NoAgency when there is none."""
    agency = _current.get()
    if agency is None:
        raise NoAgency("No agency is set: use tenancy.acting_for(agency), or say objects.unscoped() aloud.")
    return agency


def agency_id_or_none() -> UUID | None:
    """The agency of this request or job, None outside any (sign-in, a superuser who entered none)."""
    return _current.get()


def _tell_database(told: Told) -> None:
    agency_id, moment = told
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config(%s, %s, true), set_config(%s, %s, true)",
            [SETTING, str(agency_id or ""), MOMENT, moment.isoformat() if moment else ""],
        )


@contextmanager
def working_for(agency: "Agency | UUID | None") -> Iterator[None]:
    """Work for an agency without opening a transaction: for jobs, which open one for each unit of work."""
    agency_id = agency if agency is None or isinstance(agency, UUID) else agency.pk
    token = _current.set(agency_id)
    log = structlog.contextvars.bind_contextvars(agency=str(agency_id) if agency_id else None)
    try:
        yield
    finally:
        structlog.contextvars.reset_contextvars(**log)
        _current.reset(token)


@contextmanager
def transaction() -> Iterator[None]:
    """`atomic()`, with the current agency made known to row-level security for just that long.

    Inside another transaction it is a savepoint; the settings are put back at its end, so that a block for agency B
    within a block for agency A leaves A in force.
    """
    now, told = (_current.get(), clock.beginning()), _told.get()
    nested = connection.in_atomic_block
    with django_transaction.atomic():
        if now == told:
            yield
            return
        _tell_database(now)
        token = _told.set(now)
        try:
            yield
        finally:
            _told.reset(token)
        if nested and not connection.needs_rollback:
            _tell_database(told)


@contextmanager
def joined() -> Iterator[None]:
    """The open transaction of this agency, or one of its own when none is open: no savepoint.

    For work that refuses nothing once it has begun: what fails in here must end the whole of it.
    """
    if connection.in_atomic_block and _told.get() == (_current.get(), clock.beginning()):
        yield
        return
    with transaction():
        yield


@contextmanager
def acting_for(agency: "Agency | UUID | None") -> Iterator[None]:
    """Work for an agency inside one transaction."""
    with working_for(agency), transaction():
        yield


@contextmanager
def going_on_for(agency: UUID) -> Iterator[None]:
    """Within the open transaction, go on for an agency that was found out on the way.

    Not undone by itself, unlike `acting_for` in a transaction: what fails in here must end the whole of it.
    """
    with working_for(agency):
        before, now = _told.get(), (agency, clock.beginning())
        _tell_database(now)
        token = _told.set(now)
        try:
            yield
        finally:
            _told.reset(token)
        _tell_database(before)


class TenantQuerySet[M: models.Model](models.QuerySet[M]):
    """What every tenant table can be asked."""

    def locked(self) -> Self:
        """The same rows, locked until the transaction ends; joined tables are not."""
        return self.select_for_update(of=("self",))


class CurrentAgency(models.Expression):
    """The current agency's id, asked for when the query runs. Raises NoAgency then, when there is none.

    Late on purpose: a form's choices are a queryset made when the module is imported, long before any agency.
    """

    output_field = models.UUIDField()

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (current_agency_id(),)


class TenantManager[M: models.Model](models.Manager[M]):
    """Rows of the current agency; running a query raises NoAgency when there is none."""

    queryset_class: type[TenantQuerySet[Any]] = TenantQuerySet

    def get_queryset(self) -> TenantQuerySet[M]:
        return self.unscoped().filter(agency_id=CurrentAgency())

    def unscoped(self) -> TenantQuerySet[M]:
        """Rows of every agency that the database lets this role see. Every use needs a reason beside it."""
        return self.queryset_class(self.model, using=self._db)

    def locked(self) -> TenantQuerySet[M]:
        """Rows of the current agency, locked until the transaction ends."""
        return self.get_queryset().locked()


class Record(models.Model):
    """A row with a time-ordered UUID (so that indexes stay local) and its time of birth."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True


class TenantModel(Record):
    """A row that belongs to one agency, and is found only from within it."""

    agency = models.ForeignKey(
        "core.Agency",
        on_delete=models.PROTECT,
        default=current_agency_id,
        editable=False,
        related_name="+",
        db_index=False,  # every tenant table has composite indexes that begin with the agency
    )

    objects = TenantManager()

    class Meta:
        abstract = True
