"""The demo's two agencies, made through the same functions as real life: onboarding, importer, moves, payments.

Deterministic in all but today's date. One transaction, so a demo is whole or not there.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import cycle
from random import Random

from auditlog.context import disable_auditlog

from core import assignment, clock, onboarding, tenancy
from core.account_states import Status
from core.models import Account, Agency, Collector, Creditor, Disposition, User
from debtflow.demo import cards, feed, files, people, processors, stories

LEAST_ACCOUNTS = 20
PASSWORD, COLLECTORS_PASSWORD = "Demo@2026", "Collector@2026"
HARBORLINE, NORTHWIND = "Harborline Recovery", "Northwind Collections"
OPERATOR = "demo.operator"

# Username, name, and the share of the accounts that lands on his desk.
DESKS = (
    ("sarah.mitchell", "Sarah Mitchell", 30),
    ("james.carter", "James Carter", 26),
    ("maria.gonzalez", "Maria Gonzalez", 24),
    ("david.thompson", "David Thompson", 20),
)


@dataclass(frozen=True)
class File:
    """One placement file: how long ago it came, its share of the accounts, and where those stand now."""

    name: str
    days_ago: int
    share: int
    stand: dict[str, int]
    spoiled: bool = False


OLD_STAND: dict[str, int] = {
    Status.ASSIGNED: 14,
    Status.IN_CONTACT: 24,
    Status.NEGOTIATING: 16,
    Status.PAYMENT_PLAN: 18,
    Status.SETTLED: 8,
    Status.CLOSED: 14,
    Status.DISPUTED: 6,
}
RECENT_STAND: dict[str, int] = {
    Status.NEW: 36,
    Status.ASSIGNED: 34,
    Status.IN_CONTACT: 18,
    Status.NEGOTIATING: 6,
    Status.DISPUTED: 6,
}
FILES = (
    File("harborline_placements_{:%Y-%m-%d}.csv", 172, 60, OLD_STAND),
    File("harborline_placements_{:%Y-%m-%d}.csv", 36, 40, RECENT_STAND, spoiled=True),
)
SMALL_STAND: dict[str, int] = {
    Status.NEW: 3,
    Status.ASSIGNED: 3,
    Status.IN_CONTACT: 3,
    Status.NEGOTIATING: 2,
    Status.CLOSED: 1,
}


@dataclass
class Made:
    """What the seed made; nothing when everything was there."""

    agencies: list[str] = field(default_factory=list)
    accounts: int = 0


def seed(accounts: int = 400) -> Made:
    """Make what is missing of the demo. Raises ValueError for fewer than LEAST_ACCOUNTS."""
    if accounts < LEAST_ACCOUNTS:
        raise ValueError(f"The demo needs at least {LEAST_ACCOUNTS} accounts: fewer cannot show every status.")
    made = Made()
    with tenancy.acting_for(None):
        if not User.objects.filter(username=OPERATOR).exists():
            User.objects.create_superuser(OPERATOR, "operator@debtflow.example", PASSWORD, first_name="Platform")
        for name, make in ((HARBORLINE, _harborline), (NORTHWIND, _northwind)):
            if not Agency.objects.filter(name=name).exists():
                made.accounts += make(accounts)
                made.agencies.append(name)
    return made


def _harborline(accounts: int) -> int:
    agency = onboarding.create_agency(
        HARBORLINE, timezone="America/Chicago", license_number="IL-017-004182", settings={"poll_every_seconds": 10}
    )
    with tenancy.acting_for(agency):
        admin = _user(agency, "demo.admin", "agency_admin", "Dana Whitlock")
        _user(agency, "demo.auditor", "readonly", "Walter Hines")
        capacity = max(200, accounts // 2)
        desks = [_collector(agency, name, full, capacity) for name, full, _ in DESKS]
        _creditors(people.CLIENTS)
        random = Random("harborline")  # noqa: S311  (invented lives, not secrets)
        work = Work(agency, admin, desks, [share for *_, share in DESKS], random)
        first_number = 410_000
        for file, count in zip(FILES, shared(accounts, [file.share for file in FILES]), strict=True):
            work.place(file, people.CLIENTS, count, first_number)
            first_number += count
        feed.open_feed()
        cards.play(processors.connect(), admin)
    return accounts


def _northwind(accounts: int) -> int:
    agency = onboarding.create_agency(NORTHWIND, license_number="NY-2203-771")
    with tenancy.acting_for(agency):
        admin = _user(agency, "northwind.admin", "agency_admin", "Victor Haldane")
        desks = [_collector(agency, "nina.brooks", "Nina Brooks", 200)]
        _creditors(people.NORTHWIND_CLIENTS)
        work = Work(agency, admin, desks, [1], Random("northwind"))  # noqa: S311
        file = File("northwind_placements_{:%Y-%m-%d}.csv", 50, 1, SMALL_STAND)
        work.place(file, people.NORTHWIND_CLIENTS, sum(SMALL_STAND.values()), 730_000)
        processors.connect()
    return sum(SMALL_STAND.values())


def _user(agency: Agency, username: str, role: str, name: str, password: str = PASSWORD, most: int = 200) -> User:
    return onboarding.create_user(
        username,
        agency=agency,
        role=role,
        password=password,
        name=name,
        email=f"{username}@{agency.name.split()[0].lower()}.example",
        max_accounts=most,
    )


def _collector(agency: Agency, username: str, name: str, most: int) -> Collector:
    user = _user(agency, username, "collector", name, COLLECTORS_PASSWORD, most)
    return Collector.objects.select_related("user").get(user=user)


def _creditors(clients: tuple[people.Client, ...]) -> None:
    for client in clients:
        first = client.contact.split()[-1].lower()
        Creditor.objects.create(
            name=client.name,
            external_ref=client.prefix,
            contact_name=client.contact,
            contact_email=f"{first}@{client.prefix.lower()}.example",
            contingency_rate=Decimal(client.rate),
        )


@dataclass
class Work:
    """An agency at work: files come in, its manager distributes them, its collectors call."""

    agency: Agency
    admin: User
    desks: list[Collector]
    shares: list[int]
    random: Random

    def __post_init__(self) -> None:
        self.calendar = stories.calendar_of(self.agency.zone)
        self.outcomes = {outcome.code: outcome for outcome in Disposition.objects.all()}

    def place(self, file: File, clients: tuple[people.Client, ...], count: int, first_number: int) -> None:
        """Import one file, distribute its accounts, and let the collectors work them."""
        placed = self.calendar.days_ago(file.days_ago)
        rows = list(people.rows(clients, count, placed, self.random, first_number))
        self._import(file, rows, placed)
        refs = [row["external_ref"] for row in rows]
        placements = Account.objects.filter(external_ref__in=refs).select_related("debtor", "creditor")
        accounts = placements.order_by("external_ref")
        standing = list(self._standing(file.stand, count))
        told = dict(zip([account.pk for account in accounts], standing, strict=True))
        # The audit log says when something was really written, and by whom: it has nothing to say about a past
        # that is only told. Each account's timeline does.
        with disable_auditlog():
            owners = self._distribute([account for account in accounts if told[account.pk] != Status.NEW], placed)
            for account in accounts.all():  # as they are now that they were distributed
                if account.pk in owners:
                    self._tell(account, owners[account.pk], told[account.pk], placed)
                else:
                    stories.placed_on_nobodys_desk(account, self.random)

    def _import(self, file: File, rows: list[files.Row], placed: date) -> None:
        arrived = self._on(placed, time(6, 40))
        content = files.spoiled(rows, self.random) if file.spoiled else files.clean(rows)
        with clock.at(arrived):
            files.import_file(file.name.format(placed), content)

    def _standing(self, stand: dict[str, int], count: int) -> Iterator[str]:
        statuses = [
            status
            for status, times in zip(stand, shared(count, list(stand.values())), strict=True)
            for _ in range(times)
        ]
        self.random.shuffle(statuses)
        yield from statuses

    def _distribute(self, accounts: list[Account], placed: date) -> dict[object, Collector]:
        """The working day after, in bulk: all accounts of one debtor to one collector."""
        distributed = placed + timedelta(days=3 if placed.weekday() == 4 else 1)
        desk_of: dict[object, Collector] = {}
        piles: dict[Collector, list[Account]] = defaultdict(list)
        order = cycle(self._dealing_order())
        for account in accounts:
            if account.debtor_id not in desk_of:
                desk_of[account.debtor_id] = next(order)
            piles[desk_of[account.debtor_id]].append(account)
        owners: dict[object, Collector] = {}
        for number, (desk, pile) in enumerate(piles.items()):
            for start in range(0, len(pile), assignment.MOST_AT_ONCE):
                some = [account.pk for account in pile[start : start + assignment.MOST_AT_ONCE]]
                with clock.at(self._on(distributed, time(9, 5 + 4 * number))):
                    assignment.assign(some, to=desk, by=self.admin)
                owners.update(dict.fromkeys(some, desk))
        return owners

    def _dealing_order(self) -> list[Collector]:
        order = [desk for desk, share in zip(self.desks, self.shares, strict=True) for _ in range(share)]
        self.random.shuffle(order)
        # Every collector first, so that even a handful of accounts reaches every desk.
        return [*self.desks, *order]

    def _tell(self, account: Account, desk: Collector, status: str, placed: date) -> None:
        seed = Random(account.external_ref)  # noqa: S311
        stories.tell(stories.Story(account, desk.user, self.admin, seed, self.calendar, self.outcomes), status, placed)

    def _on(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.calendar.zone)


def shared(total: int, weights: list[int]) -> list[int]:
    """The total in whole parts by weight, none of them empty while there is enough."""
    whole = sum(weights)
    parts = [max(1, total * weight // whole) for weight in weights]
    for index in cycle(range(len(parts))):
        difference = total - sum(parts)
        if not difference:
            return parts
        if difference > 0:
            parts[index] += 1
        elif parts[index] > 1:
            parts[index] -= 1
    raise AssertionError  # pragma: no cover
