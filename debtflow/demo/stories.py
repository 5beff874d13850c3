"""What happened on a demo account? Visits of its collector from the first attempt to where it stands now.

Every step goes through the verb that a page or a job would call, at the moment it is said to have happened, within
the hours and far below the frequency that Regulation F allows (12 CFR 1006.6(b), 1006.14(b)).
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from core import calendar
from core.account_states import Status
from core.models import Account
from core.words import money
from debtflow.demo import sentences
from debtflow.demo.story import CENT, Calendar, Story, weekday
from payments import instalments, plans
from payments.drafting import Terms
from payments.models import Instalment, PaymentPlan

LATE_DAYS = 6  # fewer than a plan's days of grace

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
    story.visit(partial(story.talk, *sentences.FIRST_CONVERSATION))


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
    promised = story.random.random()
    if promised < 0.4 and (last - first).days > 25:
        story.tell(first, last - timedelta(days=14))
        _promise_that_ended(story, last - timedelta(days=12))
    elif promised < 0.7:
        story.tell(first, max(first, last - timedelta(days=1)))
        _promise_that_stands(story, last)
    else:
        story.tell(first, last)


def _promise_that_ended(story: Story, on: date) -> None:
    """Kept, kept in part, or broken: judged when its grace days were over."""
    share = _instalment(story, story.random.choice((6, 8, 10)))
    came = story.random.choice((share, share, (share / 2).quantize(CENT), Decimal(0)))
    made = story.calendar.moment(weekday(on), story.random)
    due = (made + timedelta(days=4)).date()
    story.at(made, partial(story.promise, share, due))
    if came:
        story.at(made + timedelta(days=3), partial(story.pay, came, "bank_transfer"))
    story.at(made + timedelta(days=7), story.grace_is_over)
    story.planned = came < share  # a broken one waits on top of the list


def _promise_that_stands(story: Story, on: date) -> None:
    """Due today or in the next days."""
    due = story.calendar.today + timedelta(days=story.random.randrange(9))
    made = story.calendar.moment(weekday(on), story.random)
    story.at(made, partial(story.promise, _instalment(story, story.random.choice((4, 6, 10))), due))
    story.planned = True


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
        partial(story.talk, *sentences.HARDSHIP, outcome="hardship"),
        partial(story.move, "negotiate"),
        partial(story.note, *sentences.OFFERS),
    )


def _negotiating(story: Story, first: date, last: date) -> None:
    _negotiate(story)
    if (last - first).days > 75 and story.random.random() < 0.3:
        first = _broken_plan(story, first)
    elif story.random.random() < 0.4:
        story.visit(partial(_pay_share, story, story.random.choice((8, 12, 20))))
    elif story.random.random() < 0.15:
        story.visit(partial(story.offer_less, Decimal(story.random.randrange(45, 70)) / 100, _why(story)))
    story.visit(partial(story.talk, *sentences.LATER_CONVERSATION))
    story.tell(first, last)


def _why(story: Story) -> str:
    return story.say(*sentences.WHY_SO_LITTLE)


def _instalment(story: Story, count: int) -> Decimal:
    whole = (story.account.current_balance / count).quantize(Decimal(1), ROUND_HALF_UP)
    return min(max(whole, Decimal(25)), story.account.current_balance).quantize(CENT)


def _pay_share(story: Story, count: int) -> None:
    story.pay(_instalment(story, count), story.random.choice(sentences.METHODS))
    if story.random.random() < 0.04:
        story.give_back(_instalment(story, count) / 2, "The insurer had paid a part already")


def _agree(story: Story, count: int, frequency: str) -> None:
    terms = Terms(frequency, calendar.today() + timedelta(days=5), amount=_instalment(story, count))
    plans.agree(story.account.pk, terms, by=story.collector)
    story.refresh()


def _broken_plan(story: Story, first: date) -> date:
    """One whose second instalment never came; gives the day on which the job broke it."""
    agreed = first + timedelta(days=story.random.randrange(8, 15))
    story.tell(first, agreed)
    story.at(story.calendar.moment(weekday(agreed), story.random), partial(_talk_and_agree, story, 10, "monthly"))
    paid, missed = _rows(story)[:2] if len(_rows(story)) > 1 else (None, None)
    if paid is None or missed is None:
        return agreed
    story.at(story.calendar.moment(paid.due_date, story.random), partial(story.pay, paid.amount, "check"))
    over = missed.due_date + timedelta(days=missed.plan.grace_days + 2)
    story.at(story.calendar.moment(over, story.random), partial(_judge, story, missed.plan.pk))
    return over


def _judge(story: Story, plan: UUID) -> None:
    """The job that judges instalments has run."""
    instalments.look_after(plan, story.account.pk)
    story.refresh()


def _payment_plan(story: Story, first: date, last: date) -> None:
    """Negotiated early, then an instalment each month or every two weeks until now."""
    _negotiate(story)
    agreed = first + (last - first) * story.random.randrange(25, 45) / 100
    story.tell(first, agreed)
    frequency = story.random.choice(("monthly", "biweekly"))
    count = story.random.choice((10, 12, 16))
    agreed_at = story.calendar.moment(weekday(agreed), story.random)
    story.at(agreed_at, partial(_talk_and_agree, story, count, frequency))
    method, today = story.random.choice(sentences.METHODS), story.calendar.today
    rows = _rows(story)
    due = [row for row in rows[:-1] if row.due_date < today]  # one that is paid to the end is told elsewhere
    if due and (today - due[-1].due_date).days < LATE_DAYS and story.random.random() < 0.6:
        due.pop()  # it is late, and still within its days of grace
    for row in due:
        story.at(story.calendar.moment(row.due_date, story.random), partial(story.pay, row.amount, method))
    story.planned = True
    if following := next((row for row in _rows(story) if row.status == "scheduled" and row.due_date >= today), None):
        story.account.next_action = f"Instalment of {money(following.amount)} due"
        story.account.next_action_at = datetime.combine(following.due_date, time(9), story.calendar.zone)


def _rows(story: Story) -> list[Instalment]:
    """Those of the newest plan, in their order."""
    plan = PaymentPlan.objects.filter(account=story.account).order_by("-created_at").first()
    return list(plan.instalments.order_by("due_date", "number")) if plan else []


def _talk_and_agree(story: Story, count: int, frequency: str) -> None:
    story.talk(*sentences.AGREED)
    _agree(story, count, frequency)


def _settled(story: Story, first: date, last: date) -> None:
    _negotiate(story)
    how = story.random.random()
    if how < 0.3 and (last - first).days > 40:
        _by_plan(story, first, last)
    elif how < 0.5:
        for _ in range(story.random.randrange(1, 4)):
            story.visit(partial(_pay_share, story, 4))
        story.visit(lambda: story.pay(story.account.current_balance, story.random.choice(sentences.METHODS)))
    else:
        story.visit(partial(story.talk, *sentences.SETTLEMENT_OFFERED))
        story.visit(partial(_settle_for_less, story))
    story.tell(first, last)


def _by_plan(story: Story, first: date, last: date) -> None:
    """A short plan that was paid to the end."""
    agreed = first + (last - first) / 3
    story.tell(first, agreed)
    story.at(story.calendar.moment(weekday(agreed), story.random), partial(_talk_and_agree, story, 2, "biweekly"))
    for row in _rows(story):
        story.at(story.calendar.moment(weekday(row.due_date), story.random), partial(story.pay, row.amount, "check"))


def _settle_for_less(story: Story) -> None:
    story.settle_for(Decimal(story.random.randrange(50, 80)) / 100, "bank_transfer")


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
    story.visit(
        partial(story.talk, *sentences.DISPUTE_RAISED, outcome="disputes"),
        partial(story.move, "dispute", reason=reason),
    )
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
    """How urgent it is, and what comes next and when."""
    account = story.account
    account.priority = _priority(account, story.random)
    if not story.planned:
        account.next_action, account.next_action_at = "", None
        if account.is_open and story.random.random() < 0.88:
            account.next_action = story.say(*sentences.NEXT[account.status])
            account.next_action_at = _follow_up(story.calendar, story.random)
    account.save(update_fields=["priority", "next_action", "next_action_at", "updated_at"])


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
