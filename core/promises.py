"""A promise to pay: made once per account at a time, judged by what was paid until its grace days are over."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Sum

from core import accounts, calendar, clock, crossings, meanwhile, tenancy, timeline
from core.models import Account, Activity, BalanceEntry, Promise
from core.refusals import ChangedMeanwhile, FieldRefused
from core.words import day, money

if TYPE_CHECKING:
    from core.models import User

LATEST = timedelta(days=60)
# Days after the due date on which the money may still come: mail is slow (DOMAIN 6).
GRACE = {"card": 1, "bank_transfer": 3, "check": 5, "cash": 1}
MORNING = time(9)
# What pays a promise, and what takes it back.
PAID_BY = ("payment", "refund", "chargeback")
Status = Promise.Status


class PromiseRefused(FieldRefused):
    """No promise was recorded."""


@dataclass(frozen=True)
class Terms:
    """What was promised."""

    amount: Decimal
    due_date: date
    method: str


def make(account: Account, terms: Terms, *, by: "User") -> Promise:
    """Record a promise on an account whose row the caller has locked; one that is open is withdrawn for it.

    Raises PromiseRefused: more than the balance, not positive, a day in the past or more than 60 days away.
    """
    today = calendar.today()
    if not Decimal(0) < terms.amount <= account.current_balance or terms.amount != round(terms.amount, 2):
        raise PromiseRefused(
            "promise_amount", f"Enter an amount of more than zero and at most {money(account.current_balance)}."
        )
    if not today <= terms.due_date <= today + LATEST:
        raise PromiseRefused("promise_due", "Enter a day between today and 60 days from now.")
    if terms.method not in Promise.Method.values:
        raise PromiseRefused("promise_method", "Choose how the debtor will pay.")
    Promise.objects.filter(account=account, status=Status.OPEN).update(status=Status.WITHDRAWN, judged_at=clock.now())
    promise = Promise.objects.create(
        account=account, amount=terms.amount, due_date=terms.due_date, method=terms.method, made_by=by, **clock.born()
    )
    Account.objects.filter(pk=account.pk, broken_promise_at__isnull=False).update(broken_promise_at=None)
    _tell(promise, f"{money(terms.amount)} by {day(terms.due_date, today)}", "made", by=by)
    return promise


def open_on(account: Account) -> str:
    """The id of the promise that is open on an account, empty when there is none."""
    found = Promise.objects.filter(account=account, status=Status.OPEN).values_list("pk", flat=True).first()
    return str(found or "")


def withdraw(promise_id: UUID, *, by: "User") -> Promise:
    """Take an open promise back. Raises ChangedMeanwhile when it is not open any more."""
    with tenancy.transaction():
        promise = Promise.objects.locked().get(pk=promise_id)
        if promise.status != Status.OPEN:
            raise ChangedMeanwhile(meanwhile.on_account(promise.account_id, meanwhile.PROMISED, by))
        promise.status, promise.judged_at = Status.WITHDRAWN, clock.now()
        promise.save(update_fields=["status", "judged_at"])
        _tell(promise, money(promise.amount), "withdrawn", by=by)
    return promise


def follow_up_at(due: date) -> datetime:
    """When a promise comes up on its collector's list: on the morning of its day, in the agency's zone."""
    return datetime.combine(due, MORNING, calendar.zone())


def judge_all() -> None:
    """Judge every open promise that is kept already, or whose grace days are over (a recurring job)."""
    for agency_id in crossings.active_agencies():
        with tenancy.working_for(agency_id):
            judge_due()


def judge_due() -> int:
    """The same for the current agency; gives the number of promises that are open no more."""
    judged = 0
    with tenancy.transaction():
        due = Promise.objects.filter(status=Status.OPEN, due_date__lte=calendar.today())
        found = list(due.values_list("pk", flat=True))
    for pk in found:
        with tenancy.transaction():
            judged += _judge(pk)
    return judged


def _judge(pk: UUID) -> bool:
    # The account first, as everybody who moves money does.
    account_id = Promise.objects.values_list("account_id", flat=True).get(pk=pk)
    account = accounts.locked(account_id)
    promise = Promise.objects.locked().get(pk=pk)
    if promise.status != Status.OPEN:
        return False
    received = received_since(promise)
    over = calendar.today() > promise.due_date + timedelta(days=GRACE[promise.method])
    if received < promise.amount and not over:
        return False
    promise.received, promise.judged_at = received, clock.now()
    promise.status = Status.KEPT if received >= promise.amount else Status.PARTIAL if received else Status.BROKEN
    promise.save(update_fields=["status", "received", "judged_at"])
    _tell(promise, f"{money(received)} of {money(promise.amount)} came", promise.status, by=None)
    if promise.status != Status.KEPT:
        account.next_action = f"Broken promise of {money(promise.amount - received)}"
        account.next_action_at = clock.now()
        account.broken_promise_at = promise.judged_at
        account.save(update_fields=["next_action", "next_action_at", "broken_promise_at", "updated_at"])
    return True


def received_since(promise: Promise) -> Decimal:
    """What was paid on the account since the promise was made, less what was taken back. Never below zero."""
    entries = BalanceEntry.objects.filter(
        account=promise.account_id, kind__in=PAID_BY, created_at__gte=promise.created_at
    )
    paid = entries.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return max(-paid, Decimal(0))


def _tell(promise: Promise, body: str, what: str, *, by: "User | None") -> None:
    data = {"promise": str(promise.pk), "what": what, "amount": str(promise.amount), "due": str(promise.due_date)}
    timeline.record(promise.account, Activity.Kind.PROMISE, by=by, body=body, data=data)
