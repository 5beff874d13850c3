"""The small cast of the tests, and builders that are valid by default.

Two agencies: Harborline, where the story plays, and Northwind, from which the stranger comes. A builder works within
the agency that the test acts for.
"""

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from core import assignment, calendar, moves, tenancy
from core.models import Account, Agency, Collector, Creditor, Debtor, User

PASSWORD = "correct horse battery staple"
ZONE = ZoneInfo("America/Chicago")  # Harborline's
_number = itertools.count(1)


def today() -> date:
    """The date at Harborline: for some hours of every night another than the server's."""
    return calendar.today_in(ZONE)


def ago(days: int) -> datetime:
    """As many dates ago at Harborline, at this hour of its clock: a day on which the clock is set has not 24 hours."""
    return (datetime.now(ZONE) - timedelta(days=days)).astimezone(UTC)


def make_user(agency: Agency | None, username: str, role: str = "", **facts: Any) -> User:
    """A user with the password PASSWORD; a collector gets his desk."""
    first, _, last = username.partition(".")
    with tenancy.acting_for(agency):
        user = User.objects.create_user(
            username,
            f"{username}@example.com",
            PASSWORD,
            agency=agency,
            role=role,
            first_name=first.title(),
            last_name=last.title(),
            **facts,
        )
        if role == "collector":
            Collector.objects.create(user=user)
    return user


def make_debtor(**facts: Any) -> Debtor:
    """A debtor in Texas with a name of his own."""
    n = next(_number)
    defaults: dict[str, Any] = {
        "external_ref": f"DEB-{n:05}",
        "full_name": f"Marisol Whitfield {n}",
        "ssn_last4": "1234",
        "address_line1": "418 Alder Court",
        "city": "Austin",
        "state": "TX",
        "zip": "78701",
        "time_zones": ["America/Chicago"],
    }
    return Debtor.objects.create(**(defaults | facts))


def make_creditor(name: str = "Northgate Hospital") -> Creditor:
    """The creditor of that name."""
    return Creditor.objects.get_or_create(name=name)[0]


def make_account(**facts: Any) -> Account:
    """A new account of 500.00, fresh from the database (triggers set the balance)."""
    n = next(_number)
    facts.setdefault("debtor", None) or facts.update(debtor=make_debtor())
    facts.setdefault("creditor", None) or facts.update(creditor=make_creditor())
    facts.setdefault("external_ref", f"ACC-{n:06}")
    facts.setdefault("original_amount", Decimal("500.00"))
    account = Account.objects.create(**facts)
    account.refresh_from_db()
    return account


def bring_to(account: Account, status: str, *, admin: User, to: User) -> Account:
    """Move an account to a status as people would, on the desk of `to`."""
    paths: dict[str, list[tuple[str, User | None, dict[str, Any]]]] = {
        "assigned": [],
        "in_contact": [("start_contact", to, {})],
        "negotiating": [("start_contact", to, {}), ("negotiate", to, {})],
        "disputed": [("start_contact", to, {}), ("dispute", to, {"reason": "Not my debt"})],
        "closed": [("withdraw", admin, {"reason": "recalled"})],
    }
    if status == "new":
        return account
    assignment.assign([account.pk], to=to.collector, by=admin)
    for name, by, facts in paths[status]:
        moves.move(account.pk, name, by=by, **facts)
    account.refresh_from_db()
    return account


@pytest.fixture
def harborline(db: None) -> Agency:
    """The agency of the story."""
    return Agency.objects.create(name="Harborline Recovery", timezone=ZONE.key)


@pytest.fixture
def northwind(db: None) -> Agency:
    """The other agency."""
    return Agency.objects.create(name="Northwind Collections", timezone="America/New_York")


@pytest.fixture
def inside(harborline: Agency) -> Iterator[Agency]:
    """The test acts within Harborline."""
    with tenancy.working_for(harborline), tenancy.transaction():
        yield harborline


@pytest.fixture
def dana(harborline: Agency) -> User:
    """Harborline's admin."""
    return make_user(harborline, "dana.whitlock", "agency_admin")


@pytest.fixture
def sarah(harborline: Agency) -> User:
    """A collector of Harborline."""
    return make_user(harborline, "sarah.mitchell", "collector")


@pytest.fixture
def james(harborline: Agency) -> User:
    """Another collector of Harborline."""
    return make_user(harborline, "james.carter", "collector")


@pytest.fixture
def auditor(harborline: Agency) -> User:
    """Harborline's read-only user."""
    return make_user(harborline, "audrey.stone", "readonly")


@pytest.fixture
def stranger(northwind: Agency) -> User:
    """Northwind's admin: must never see anything of Harborline."""
    return make_user(northwind, "victor.strange", "agency_admin")


@pytest.fixture
def operator(db: None) -> User:
    """The platform's superuser."""
    return make_user(None, "olga.operator", is_superuser=True, is_staff=True)


@pytest.fixture
def as_user() -> Callable[[User], Client]:
    """A browser in which that user is signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in
