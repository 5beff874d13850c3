"""One demo account told forward in time: what its collector does, at moments within the office hours."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property, partial
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from core import calendar, clock, contacts, moves, promises, timeline
from core.models import Account, ContactPoint, Disposition, User
from core.models.contacts import Channel, Direction
from core.words import money
from debtflow.demo import sentences
from payments import refunding, settlements, taking
from payments.models import Payment
from payments.taking import Order

CENT = Decimal("0.01")
# Within 8:00 to 21:00 from the Atlantic to the Pacific, by the agency's clock.
OPENS, CLOSES = time(10, 30), time(16, 40)


@dataclass(frozen=True)
class Calendar:
    """The agency's working days up to now."""

    zone: ZoneInfo
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def on(self, moment: datetime) -> date:
        """The date of a moment on the agency's calendar."""
        return moment.astimezone(self.zone).date()

    def days_ago(self, days: int) -> date:
        """That many days ago, or the working day before."""
        return weekday(self.today - timedelta(days=days))

    def moment(self, on: date, random: Random) -> datetime:
        """Some minute of that day's office hours; always past."""
        minutes = (CLOSES.hour - OPENS.hour) * 60 + CLOSES.minute - OPENS.minute
        at = datetime.combine(on, OPENS, self.zone) + timedelta(minutes=random.randrange(minutes), seconds=17)
        return min(at, self.now - timedelta(hours=3))

    def spread(self, first: date, last: date, count: int, random: Random) -> list[datetime]:
        """That many moments, in order, evenly spread with some disorder."""
        step = max((last - first).days, 0) / max(count, 1)
        days = [first + timedelta(days=round(step * (i + random.uniform(0.1, 0.8)))) for i in range(count)]
        return sorted(self.moment(min(weekday(on), self.today), random) for on in days)


def weekday(on: date) -> date:
    """That day, or the Friday before."""
    return on - timedelta(days=max(on.weekday() - 4, 0))


@dataclass
class Story:
    """One account on the desk of one collector, told forward in time."""

    account: Account
    collector: User
    admin: User
    random: Random
    calendar: Calendar
    outcomes: dict[str, Disposition]
    # What comes next was settled by the story itself.
    planned: bool = False
    told_until: datetime | None = None
    paid: Payment | None = None
    steps: list[Callable[[], None]] = field(default_factory=list)

    @property
    def debtor(self) -> str:
        return self.account.debtor.full_name.split()[0]

    def say(self, *choices: str) -> str:
        """One of the sentences, filled in; of insurance only where a patient owes."""
        return self._fill(self._choose(*choices))

    def _choose(self, *choices: str) -> str:
        if self.account.account_type != "medical":
            choices = tuple(choice for choice in choices if "insur" not in choice.lower())
        return self.random.choice(choices)

    def _fill(self, sentence: str) -> str:
        return sentence.format(
            debtor=self.debtor, creditor=self.account.creditor.name, balance=money(self.account.current_balance)
        )

    # --- what a collector does ---------------------------------------------------------------------------------

    def attempt(self) -> None:
        """A call, an e-mail, a letter or a visit that reached nobody."""
        possible = {
            text: way for text, way in sentences.NOBODY_REACHED.items() if way[1] != "email" or self._point("email")
        }
        chosen = self._choose(*possible)
        code, channel = possible[chosen]
        self._log(code, self._fill(chosen), channel=channel)

    def talk(self, *said: str, outcome: str = "spoke") -> None:
        """A conversation with the debtor, whoever began it; the first one moves the account."""
        chosen = self._choose(*said)
        theirs = sentences.BEGUN_BY_DEBTOR.get(chosen)
        code, channel = theirs or (outcome, Channel.CALL)
        self._log(code, self._fill(chosen), channel=channel, direction=Direction.IN if theirs else Direction.OUT)

    def promise(self, amount: Decimal, due: date) -> None:
        """A promise, taken on the phone."""
        terms = promises.Terms(min(amount, self.account.current_balance), due, "card")
        self._log("promise", self.say(*sentences.PROMISED), promise=terms)

    def grace_is_over(self) -> None:
        """The job that judges promises has run."""
        promises.judge_due()
        self.refresh()

    def note(self, *said: str) -> None:
        timeline.add_note(self.account, self.say(*said), by=self.collector)

    def move(self, name: str, by: User | None = None, *, note: str = "", **facts: Any) -> None:
        """One move of the workflow, by the collector unless somebody else is named."""
        self.account = self._with_people(moves.move(self.account.pk, name, by=by or self.collector, note=note, **facts))

    def by_system(self, name: str, note: str = "") -> None:
        self.account = self._with_people(moves.move(self.account.pk, name, by=None, note=note))

    def pay(self, amount: Decimal, method: str) -> None:
        """A payment that arrived and is recorded by hand; the one that clears the balance also pays the account off."""
        amount = min(amount, self.account.current_balance)
        if not amount:
            return
        key, on = f"demo-{self.random.getrandbits(64):x}", self.calendar.on(clock.now())
        number = str(self.random.randrange(1001, 9999)) if method == "check" else ""
        order = Order(amount.quantize(CENT), method, key, received_on=on, reference=number)
        self.paid = taking.take(self.account.pk, order, by=self.collector)
        self.refresh()

    def give_back(self, amount: Decimal, reason: str) -> None:
        """A part of the last payment is given back by the admin."""
        if self.paid:
            key = f"demo-{self.random.getrandbits(64):x}"
            refunding.refund(self.paid.pk, min(amount, self.paid.amount), reason, key=key, by=self.admin)
            self.refresh()

    def settle_for(self, share: Decimal, method: str) -> None:
        """A settlement: offered with the admin's authority, accepted, paid at once; the rest is waived."""
        amount = (self.account.current_balance * share).quantize(CENT)
        terms = settlements.Terms(calendar.today() + timedelta(days=30), amount=amount)
        settlements.accept(settlements.offer(self.account.pk, terms, by=self.admin).pk, by=self.collector)
        self.pay(amount, method)

    def offer_less(self, share: Decimal, why: str) -> None:
        """A settlement below what a collector offers alone: it awaits the admin."""
        amount = (self.account.current_balance * share).quantize(CENT)
        terms = settlements.Terms(calendar.today() + timedelta(days=45), amount=amount, note=why)
        settlements.offer(self.account.pk, terms, by=self.collector)

    # --- telling it ----------------------------------------------------------------------------------------------

    def visit(self, *actions: Callable[[], None]) -> None:
        """Plan one visit: what is done within a few minutes of one another."""
        self.steps.append(partial(self._together, actions))

    def tell(self, first: date, last: date) -> None:
        """Make the planned visits happen between two days."""
        for moment, step in zip(
            self.calendar.spread(first, last, len(self.steps), self.random), self.steps, strict=True
        ):
            self.at(moment, step)
        self.steps = []

    def at(self, moment: datetime, action: Callable[[], None]) -> None:
        """Let it happen then, but never before what was told already."""
        if self.told_until:
            moment = max(moment, self.told_until + timedelta(minutes=3))
        self.told_until = moment
        with clock.at(moment):
            action()

    def _together(self, actions: Sequence[Callable[[], None]]) -> None:
        start = clock.now()
        for number, action in enumerate(actions):
            self.told_until = start + timedelta(minutes=2 * number, seconds=self.random.randrange(50))
            with clock.at(self.told_until):
                action()

    def _log(self, code: str, said: str, *, channel: str = Channel.CALL, **facts: Any) -> None:
        point = self._point(channel)
        contact = contacts.Contact(self.outcomes[code], channel=channel, contact_point_id=point, note=said, **facts)
        contacts.log(self.account.pk, contact, by=self.collector)
        if self.outcomes[code].point_becomes:
            self.__dict__.pop("_points", None)
        self.refresh()

    def _point(self, channel: str) -> UUID | None:
        return next((pk for kind, pk in self._points if kind == contacts.USES.get(Channel(channel))), None)

    @cached_property
    def _points(self) -> list[tuple[str, UUID]]:
        points = ContactPoint.objects.filter(debtor=self.account.debtor_id, status="active").order_by(
            "-is_primary", "pk"
        )
        return list(points.values_list("kind", "pk"))

    def refresh(self) -> None:
        """The account as it is now."""
        self.account = self._with_people(Account.objects.get(pk=self.account.pk))

    def _with_people(self, account: Account) -> Account:
        """The fresh row, without asking again for what does not change."""
        account.debtor, account.creditor = self.account.debtor, self.account.creditor
        return account
