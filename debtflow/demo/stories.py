"""What happened on a demo account? Visits of its collector from the first attempt to where it stands now.

Every step goes through the verb that a page or a job would call, at the moment it is said to have happened, within
the hours and far below the frequency that Regulation F allows (12 CFR 1006.6(b), 1006.14(b)).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from core import balances, clock, moves, timeline
from core.account_states import Status
from core.models import Account, Activity, User
from core.words import money
from debtflow.demo import sentences

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

    def days_ago(self, days: int) -> date:
        """That many days ago, or the working day before."""
        return _weekday(self.today - timedelta(days=days))

    def moment(self, on: date, random: Random) -> datetime:
        """Some minute of that day's office hours; always past."""
        minutes = (CLOSES.hour - OPENS.hour) * 60 + CLOSES.minute - OPENS.minute
        at = datetime.combine(on, OPENS, self.zone) + timedelta(minutes=random.randrange(minutes), seconds=17)
        return min(at, self.now - timedelta(hours=3))

    def spread(self, first: date, last: date, count: int, random: Random) -> list[datetime]:
        """That many moments, in order, evenly spread with some disorder."""
        step = max((last - first).days, 0) / max(count, 1)
        days = [first + timedelta(days=round(step * (i + random.uniform(0.1, 0.8)))) for i in range(count)]
        return sorted(self.moment(min(_weekday(on), self.today), random) for on in days)


def _weekday(on: date) -> date:
    return on - timedelta(days=max(on.weekday() - 4, 0))


@dataclass
class Story:
    """One account on the desk of one collector, told forward in time."""

    account: Account
    collector: User
    admin: User
    random: Random
    calendar: Calendar
    contacted_at: datetime | None = None
    told_until: datetime | None = None
    steps: list[Callable[[], None]] = field(default_factory=list)

    @property
    def debtor(self) -> str:
        return self.account.debtor.full_name.split()[0]

    def say(self, *choices: str) -> str:
        """One of the sentences, filled in; of insurance only where a patient owes."""
        if self.account.account_type != "medical":
            choices = tuple(choice for choice in choices if "insur" not in choice.lower())
        return self.random.choice(choices).format(
            debtor=self.debtor, creditor=self.account.creditor.name, balance=money(self.account.current_balance)
        )

    # --- what a collector does ---------------------------------------------------------------------------------

    def attempt(self) -> None:
        """A call that reached nobody."""
        self._contact(self.say(*sentences.NOBODY_REACHED), "no_answer")

    def talk(self, *said: str) -> None:
        """A conversation with the debtor."""
        self._contact(self.say(*said), "spoke")

    def note(self, *said: str) -> None:
        timeline.add_note(self.account, self.say(*said), by=self.collector)

    def move(self, name: str, by: User | None = None, *, note: str = "", **facts: Any) -> None:
        """One move of the workflow, by the collector unless somebody else is named."""
        self.account = self._with_people(moves.move(self.account.pk, name, by=by or self.collector, note=note, **facts))

    def by_system(self, name: str, note: str = "") -> None:
        self.account = self._with_people(moves.move(self.account.pk, name, by=None, note=note))

    def pay(self, amount: Decimal, method: str) -> None:
        """A payment that arrived; the one that clears the balance also pays the account off."""
        amount = min(amount, self.account.current_balance)
        if not amount:
            return
        self._post("payment", -amount, f"Payment by {method}")
        timeline.record(
            self.account,
            Activity.Kind.PAYMENT,
            by=self.collector,
            body=f"{money(amount)} by {method}. Balance after: {money(self.account.current_balance)}.",
            data={"amount": str(amount), "method": method, "balance": str(self.account.current_balance)},
        )
        if not self.account.current_balance:
            self.by_system("pay_off", "The balance is zero.")

    def waive_the_rest(self) -> None:
        rest = self.account.current_balance
        self._post("waiver", -rest, "Settlement accepted by the creditor")
        timeline.record(
            self.account,
            Activity.Kind.BALANCE,
            by=self.collector,
            body="The settlement was paid; the rest is waived.",
            data={"amount": str(-rest), "balance": str(self.account.current_balance)},
        )

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

    def _contact(self, body: str, outcome: str) -> None:
        timeline.record(
            self.account,
            Activity.Kind.CONTACT,
            by=self.collector,
            body=body,
            data={"channel": "phone", "outcome": outcome},
        )
        self.contacted_at = clock.now()

    def _post(self, kind: str, amount: Decimal, reason: str) -> None:
        self.account = self._with_people(
            balances.post_entry(self.account.pk, kind, amount, by=self.collector, reason=reason)
        )

    def _with_people(self, account: Account) -> Account:
        """The fresh row, without asking again for what does not change."""
        account.debtor, account.creditor = self.account.debtor, self.account.creditor
        return account


# --- how an account came to its status -------------------------------------------------------------------------------


def tell(story: Story, status: str, placed: date) -> None:
    """Bring an assigned account to that status, between its placement and now, and leave the desk in order."""
    first = placed + timedelta(days=4)
    last = story.calendar.days_ago(story.random.randrange(1, 12))
    TOLD[status](story, first, max(first, last))
    _leave_desk(story)


def _assigned(story: Story, first: date, last: date) -> None:
    days = (last - first).days
    for _ in range(story.random.randrange(min(4, 1 + days // 5) + 1)):
        story.visit(story.attempt)
    story.tell(first, last)


def _reach(story: Story) -> None:
    """Attempts, then the first conversation."""
    for _ in range(story.random.randrange(3)):
        story.visit(story.attempt)
    story.visit(partial(story.talk, *sentences.FIRST_CONVERSATION), partial(story.move, "start_contact"))


def _in_contact(story: Story, first: date, last: date) -> None:
    _reach(story)
    if (last - first).days > 60 and story.random.random() < 0.2:
        _dispute_and_resolve(story)
    for _ in range(story.random.randrange(1, 3)):
        told = (
            story.attempt,
            partial(story.talk, *sentences.LATER_CONVERSATION),
            partial(story.note, *sentences.NOTES),
        )
        story.visit(story.random.choice(told))
    story.tell(first, last)


def _dispute_and_resolve(story: Story) -> None:
    reason = story.say(*sentences.DISPUTES)
    story.visit(partial(story.move, "dispute", reason=reason))
    story.visit(
        partial(story.note, *sentences.VERIFIED),
        partial(story.move, "resolve_dispute", story.admin, note="Verification was sent; the claim stands."),
    )


def _negotiate(story: Story) -> None:
    _reach(story)
    story.visit(
        partial(story.talk, *sentences.HARDSHIP),
        partial(story.move, "negotiate"),
        partial(story.note, *sentences.OFFERS),
    )


def _negotiating(story: Story, first: date, last: date) -> None:
    _negotiate(story)
    if (last - first).days > 60 and story.random.random() < 0.3:
        story.visit(partial(_agree, story, 10, "monthly"), partial(_pay_share, story, 10))
        story.visit(partial(story.by_system, "break_plan", "The second instalment was missed; grace days are over."))
    elif story.random.random() < 0.4:
        story.visit(partial(_pay_share, story, story.random.choice((8, 12, 20))))
    story.visit(partial(story.talk, *sentences.LATER_CONVERSATION))
    story.tell(first, last)


def _instalment(story: Story, count: int) -> Decimal:
    whole = (story.account.current_balance / count).quantize(Decimal(1), ROUND_HALF_UP)
    return min(max(whole, Decimal(10)), story.account.current_balance).quantize(CENT)


def _pay_share(story: Story, count: int) -> None:
    story.pay(_instalment(story, count), story.random.choice(sentences.METHODS))


def _agree(story: Story, count: int, frequency: str) -> None:
    story.move(
        "agree_plan",
        instalment=_instalment(story, count),
        frequency=frequency,
        first_due=clock.today() + timedelta(days=5),
    )


def _payment_plan(story: Story, first: date, last: date) -> None:
    """Negotiated early, then an instalment each month or every two weeks until now."""
    _negotiate(story)
    agreed = first + (last - first) / 3
    story.tell(first, agreed)
    frequency, every = story.random.choice((("monthly", 30), ("biweekly", 14)))
    count = story.random.choice((10, 12, 16))
    agreed_at = story.calendar.moment(_weekday(agreed), story.random)
    story.at(agreed_at, partial(_talk_and_agree, story, count, frequency))
    amount, method = _instalment(story, count), story.random.choice(sentences.METHODS)
    due = agreed + timedelta(days=5)
    while due < story.calendar.today and story.account.current_balance > amount:
        story.at(story.calendar.moment(due, story.random), partial(story.pay, amount, method))
        due += timedelta(days=every)
    story.account.next_action = f"Instalment of {money(min(amount, story.account.current_balance))} due"
    story.account.next_action_at = datetime.combine(due, time(9), story.calendar.zone)


def _talk_and_agree(story: Story, count: int, frequency: str) -> None:
    story.talk(*sentences.AGREED)
    _agree(story, count, frequency)


def _settled(story: Story, first: date, last: date) -> None:
    _negotiate(story)
    if story.random.random() < 0.5:
        for _ in range(story.random.randrange(1, 4)):
            story.visit(partial(_pay_share, story, 4))
        story.visit(lambda: story.pay(story.account.current_balance, story.random.choice(sentences.METHODS)))
    else:
        story.visit(partial(story.talk, *sentences.SETTLEMENT_OFFERED))
        story.visit(partial(_settle_for_less, story))
    story.tell(first, last)


def _settle_for_less(story: Story) -> None:
    share = Decimal(story.random.randrange(50, 80)) / 100
    story.pay((story.account.current_balance * share).quantize(CENT), "bank transfer")
    story.waive_the_rest()
    story.move("settle", note=f"Settled for {share:.0%} of the balance.")


def _closed(story: Story, first: date, last: date) -> None:
    ending = story.random.random()
    if ending < 0.5:
        middle = first + (last - first) * 2 / 3
        _settled(story, first, middle)
        story.visit(partial(story.move, "close", note="The creditor was told; nothing is left to do."))
        story.tell(max(middle, story.calendar.today - timedelta(days=60)), last)
    elif ending < 0.85:
        _reach(story)
        reason = story.random.choice(list(sentences.WITHDRAWALS))
        story.visit(
            partial(story.note, *sentences.WITHDRAWALS[reason]),
            partial(story.move, "withdraw", story.admin, reason=reason),
        )
        story.tell(first, last)
    else:
        _reach(story)
        story.visit(partial(story.move, "dispute", reason=story.say(*sentences.DISPUTES)))
        story.visit(partial(story.move, "uphold_dispute", story.admin, note="The creditor could not verify the claim."))
        story.tell(first, last)


def _disputed(story: Story, first: date, last: date) -> None:
    _reach(story)
    reason = story.say(*sentences.DISPUTES)
    story.visit(partial(story.talk, *sentences.DISPUTE_RAISED), partial(story.move, "dispute", reason=reason))
    story.tell(first, last)


TOLD: dict[str, Callable[[Story, date, date], None]] = {
    Status.ASSIGNED: _assigned,
    Status.IN_CONTACT: _in_contact,
    Status.NEGOTIATING: _negotiating,
    Status.PAYMENT_PLAN: _payment_plan,
    Status.SETTLED: _settled,
    Status.CLOSED: _closed,
    Status.DISPUTED: _disputed,
}


# --- how it is left -----------------------------------------------------------------------------------------------


def _leave_desk(story: Story) -> None:
    """When it was last contacted, how urgent it is, and what comes next and when."""
    account = story.account
    account.last_contact_at = story.contacted_at
    account.priority = _priority(account, story.random)
    if account.is_open and not account.next_action and story.random.random() < 0.88:
        account.next_action = story.say(*sentences.NEXT[account.status])
        account.next_action_at = _follow_up(story.calendar, story.random)
    account.save(update_fields=["last_contact_at", "priority", "next_action", "next_action_at", "updated_at"])


def _priority(account: Account, random: Random) -> int:
    weight = random.random() + min(float(account.current_balance) / 8000, 0.5)
    return 3 if weight > 1.2 else 2 if weight > 0.95 else 1 if weight > 0.45 else 0


def _follow_up(calendar: Calendar, random: Random) -> datetime:
    """Late, today or later, at a quarter of an hour of the working day."""
    days = random.choices((-random.randrange(1, 7), 0, random.randrange(1, 15)), (20, 25, 55))[0]
    at = time(random.randrange(9, 17), random.choice((0, 15, 30, 45)))
    return datetime.combine(calendar.today + timedelta(days=days), at, calendar.zone)


def placed_on_nobodys_desk(account: Account, random: Random) -> None:
    """A new account that the manager has already marked."""
    if priority := _priority(account, random):
        account.priority = priority
        account.save(update_fields=["priority", "updated_at"])


def calendar_of(zone: ZoneInfo) -> Calendar:
    """The calendar of this moment."""
    return Calendar(zone, timezone.now())
