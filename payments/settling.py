"""What follows from an offer once money came, time passed, or its plan broke? The rest is waived, or owed again.

Worked out from all that came since the offer was made, so that the order in which it is told does not matter.
"""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from core import accounts, balances, calendar, clock, crossings, moves, tenancy, timeline
from core.account_states import OPEN
from core.models import Account, Activity, BalanceEntry
from core.words import money
from payments import calling, filling, received
from payments.models import Payment, PaymentPlan, SettlementOffer

Status = SettlementOffer.Status
STANDING = (Status.AWAITING, Status.OFFERED, Status.ACCEPTED)
# Days for the mail after the day by which a single payment must have come.
GRACE = timedelta(days=5)
BROKEN = "Broken settlement"


def follow(account_id: UUID) -> None:
    """Bring the account's offer in line with what came. The caller has locked the account."""
    offer = newest(account_id)
    if offer is None or offer.status not in (Status.OFFERED, Status.ACCEPTED, Status.PAID, Status.BROKEN):
        return
    if offer.status == Status.BROKEN and not offer.was_paid:
        return
    before, came = offer.received, received.since(account_id, offer.created_at)
    if came != before:
        offer.received = came
        offer.save(update_fields=["received", "updated_at"])
    if came >= offer.amount and offer.status != Status.PAID:
        _pay(offer)
    elif came < offer.amount and offer.status == Status.PAID:
        _undo(offer)
    elif came < before and offer.status == Status.PAID:
        _waive(offer, before - came)


def newest(account_id: UUID) -> SettlementOffer | None:
    """The offer that counts, if there was any."""
    return SettlementOffer.objects.filter(account=account_id).order_by("-created_at", "-id").first()


def tell(offer: SettlementOffer, what: str, body: str, *, by: object = None) -> None:
    """One entry of the account's timeline about an offer."""
    data = {"offer": str(offer.pk), "offer_was": what}
    timeline.record(offer.account, Activity.Kind.SYSTEM, by=by, body=body, data=data)  # type: ignore[arg-type]


def end(offer: SettlementOffer, status: str) -> None:
    """It counts no more, unless it was paid."""
    offer.status, offer.ended_at = status, clock.now()
    offer.save(update_fields=["status", "ended_at", "updated_at"])


def broken_with(plan: PaymentPlan) -> None:
    """The plan of an offer ended unpaid: what was waived by it stands again, which is all that is left."""
    offer = SettlementOffer.objects.filter(plan=plan, status=Status.ACCEPTED).first()
    if offer:
        end(offer, Status.BROKEN)
        tell(offer, "broken", f"The settlement of {money(offer.amount)} is broken; the whole balance stands.")


def _pay(offer: SettlementOffer) -> None:
    offer.was_paid = True
    offer.save(update_fields=["was_paid", "updated_at"])
    end(offer, Status.PAID)
    _waive(offer, Account.objects.get(pk=offer.account_id).current_balance)
    tell(offer, "paid", f"The settlement is paid: {money(offer.received)} came, {money(offer.waived)} is waived.")
    filling.follow(offer.account_id)


def _waive(offer: SettlementOffer, rest: Decimal) -> None:
    """Nothing more is owed: the rest of the balance, or as much of it as was given back of what came beyond the
    amount."""
    account = Account.objects.get(pk=offer.account_id)
    rest = min(rest, account.current_balance)
    if rest and account.is_open:
        reason = f"Settlement of {money(offer.amount)}"
        account = balances.post_entry(account.pk, BalanceEntry.Kind.WAIVER, -rest, by=None, reason=reason)
        offer.waived += rest
        offer.save(update_fields=["waived", "updated_at"])
    if account.current_balance == 0 and account.status in OPEN:
        moves.move(account.pk, "pay_off", by=None)


def _undo(offer: SettlementOffer) -> None:
    waived, offer.waived = offer.waived, Decimal(0)
    offer.save(update_fields=["waived", "updated_at"])
    end(offer, Status.BROKEN)
    account = Account.objects.get(pk=offer.account_id)
    if waived:
        reason = f"Settlement of {money(offer.amount)} undone: money was taken back"
        account = balances.post_entry(account.pk, BalanceEntry.Kind.WAIVER, waived, by=None, reason=reason)
    body = f"Money of the settlement was taken back: {money(waived)} that was waived is owed again."
    tell(offer, "broken", body)
    if account.current_balance > 0 and (account.status == "settled" or account.closed_reason == "paid"):
        moves.move(account.pk, "reopen", by=None)


# --- time ------------------------------------------------------------------------------------------------------


def expire_all() -> None:
    """Every agency's offers whose day is over (a recurring job)."""
    for agency_id in crossings.active_agencies():
        with tenancy.working_for(agency_id):
            expire_due()


def expire_due() -> int:
    """The same for the current agency; gives how many ended."""
    with tenancy.transaction():
        today = calendar.today()
        due = SettlementOffer.objects.filter(status__in=STANDING, plan=None, expires_on__lt=today)
        found = list(due.values_list("pk", "account_id"))
    ended = 0
    for pk, account_id in found:
        with tenancy.transaction():
            account = accounts.locked(account_id)
            offer = SettlementOffer.objects.locked().get(pk=pk)
            offer.account = account
            if offer.status in STANDING and offer.plan_id is None:
                ended += _expire(offer, over=today > offer.expires_on + GRACE)
    return ended


def _expire(offer: SettlementOffer, *, over: bool) -> bool:
    """An accepted one waits for the mail, and for a payment that is not decided yet."""
    if offer.status != Status.ACCEPTED:
        end(offer, Status.EXPIRED)
        tell(offer, "expired", f"The offer of {money(offer.amount)} has expired.")
        return True
    undecided = Payment.objects.filter(account=offer.account_id, status__in=["pending", "unknown"])
    if not over or undecided.exists():
        return False
    end(offer, Status.BROKEN)
    short = offer.amount - offer.received
    tell(offer, "broken", f"The settlement is broken: {money(short)} of {money(offer.amount)} did not come in time.")
    calling.call_for(offer.account, BROKEN)
    return True
