"""How is a settlement offered, approved, accepted or withdrawn? By whose authority, and only one at a time."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from core import accounts, calendar, clock, meanwhile, moves, tenancy
from core.account_states import MoveRefused, Status
from core.models import Account, Agency
from core.refusals import ChangedMeanwhile, FieldRefused
from core.words import count, money
from payments import calling, plans, settling, taking
from payments.models import SettlementOffer

if TYPE_CHECKING:
    from core.models import User

CENT = Decimal("0.01")
LONGEST = timedelta(days=90)
MOST_INSTALMENTS = 12
Offer = SettlementOffer.Status


class SettlementRefused(FieldRefused):
    """Nothing was offered, decided or accepted."""


@dataclass(frozen=True)
class Terms:
    """What is offered: an amount, or a percentage of the balance; in at most so many instalments; until when.

    A single payment must have come by `expires_on`; of several, the plan must be agreed by then.
    """

    expires_on: date
    amount: Decimal | None = None
    percent: Decimal | None = None
    instalments: int = 1
    note: str = ""  # why so little, for whoever approves it


def floor(account: Account) -> Decimal:
    """The share of the balance down to which a collector may offer alone: the creditor's, or else the agency's."""
    if account.creditor.settlement_floor is not None:
        return account.creditor.settlement_floor
    return Agency.objects.get(pk=tenancy.current_agency_id()).choices.settlement_floor


def offer(account_id: UUID, terms: Terms, *, by: "User") -> SettlementOffer:
    """Make an offer; one below the collector's authority awaits an admin. An admin's is approved with it.

    Raises SettlementRefused, and ChangedMeanwhile when an offer stands already.
    """
    with tenancy.transaction():
        account = Account.objects.locked().select_related("creditor").get(pk=account_id)
        if standing := open_on(account_id):
            raise ChangedMeanwhile(f"{_who_made(standing, by)} Withdraw it first.")
        amount = _checked(account, terms)
        within = by.is_admin or amount >= (floor(account) * account.current_balance).quantize(CENT, ROUND_HALF_UP)
        made = SettlementOffer.objects.create(
            account=account,
            balance=account.current_balance,
            amount=amount,
            instalments=terms.instalments,
            expires_on=terms.expires_on,
            note=terms.note.strip()[:255],
            status=Offer.OFFERED if within else Offer.AWAITING,
            made_by=by,
            decided_by=by if within and by.is_admin else None,
            decided_at=clock.now() if within and by.is_admin else None,
            created_at=clock.now(),
        )
        state = "" if within else "; it awaits the approval of an admin"
        what = f"Settlement of {money(amount)} for {money(account.current_balance)}"
        times = f" in {count(terms.instalments, 'instalment')}" if terms.instalments > 1 else ""
        settling.tell(made, "made", f"{what}{times}, until {terms.expires_on:%B %-d}{state}", by=by)
    return made


def open_on(account_id: UUID) -> SettlementOffer | None:
    """The offer that stands."""
    standing = SettlementOffer.objects.filter(account=account_id, status__in=settling.STANDING)
    return standing.select_related("made_by").first()


def decide(offer_id: UUID, *, approve: bool, by: "User", reason: str = "") -> SettlementOffer:
    """An admin approves or refuses an offer that awaits it, and the collector is called to the account.

    Raises SettlementRefused and ChangedMeanwhile.
    """
    if not by.is_admin:
        raise SettlementRefused("", "Only an admin of the agency approves this settlement.")
    with tenancy.transaction():
        account, made = _lock(offer_id)
        _must_be(made, Offer.AWAITING)
        made.decided_by, made.decided_at = by, clock.now()
        made.status = Offer.OFFERED if approve else Offer.REFUSED
        made.ended_at = None if approve else clock.now()
        made.save()
        said = "approved" if approve else "not approved"
        why = f": {reason.strip()[:255]}" if reason.strip() else "."
        settling.tell(made, made.status, f"The settlement of {money(made.amount)} is {said}{why}", by=by)
        calling.call_for(account, f"Settlement {said}")
    return made


def accept(offer_id: UUID, *, by: "User") -> SettlementOffer:
    """The debtor accepts to pay it at once: it must have come by its day. Instalments are a plan instead."""
    with tenancy.transaction():
        account, made = _lock(offer_id)
        _must_be(made, Offer.OFFERED)
        if made.expires_on < calendar.today():
            raise SettlementRefused("", "The offer has expired. Make a new one.")
        if hold := taking.forbidding(account):
            raise SettlementRefused("", f"Nothing is agreed while this hold stands: {hold.get_kind_display()}.")
        if made.instalments > 1:
            raise SettlementRefused("", "It is paid in instalments: agree their plan.")
        made.status, made.accepted_at = Offer.ACCEPTED, clock.now()
        made.save()
        if standing := plans.active(account.pk):
            plans.cancel(standing.pk, "A settlement was accepted", by=by)
        body = f"The debtor accepted to settle with {money(made.amount)} by {made.expires_on:%B %-d}."
        settling.tell(made, "accepted", body, by=by)
        _negotiate(account, by)
    return made


def withdraw(offer_id: UUID, *, by: "User") -> SettlementOffer:
    """Take an offer back. Raises SettlementRefused when its plan stands, and ChangedMeanwhile when it has ended."""
    with tenancy.transaction():
        _, made = _lock(offer_id)
        _must_be(made, *settling.STANDING)
        if made.plan_id:
            raise SettlementRefused("", "Its plan stands. Cancel the plan; the settlement ends with it.")
        settling.end(made, Offer.WITHDRAWN)
        settling.tell(made, "withdrawn", f"The settlement offer of {money(made.amount)} is withdrawn.", by=by)
    return made


def _checked(account: Account, terms: Terms) -> Decimal:
    if account.status not in (*plans.STEPS, Status.PAYMENT_PLAN):
        status = account.get_status_display().lower()
        raise SettlementRefused("", f"The account is {status}; a settlement is offered on one that is being worked.")
    if hold := taking.forbidding(account):
        raise SettlementRefused("", f"Nothing is offered while this hold stands: {hold.get_kind_display()}.")
    amount = _amount(account, terms)
    if not 1 <= terms.instalments <= MOST_INSTALMENTS:
        raise SettlementRefused("instalments", f"Enter between 1 and {MOST_INSTALMENTS} instalments.")
    today = calendar.today()
    if not today <= terms.expires_on <= today + LONGEST:
        raise SettlementRefused("expires_on", f"Enter a day between today and {LONGEST.days} days from now.")
    return amount


def _amount(account: Account, terms: Terms) -> Decimal:
    if (terms.amount is None) == (terms.percent is None):
        raise SettlementRefused("amount", "Enter either an amount or a percentage of the balance.")
    field, amount = "amount", terms.amount
    if terms.percent is not None:
        field = "percent"
        amount = (account.current_balance * terms.percent / 100).quantize(CENT, ROUND_HALF_UP)
    if amount is None or not 0 < amount < account.current_balance or amount != amount.quantize(CENT):
        raise SettlementRefused(
            field, f"Enter more than zero and less than the balance of {money(account.current_balance)}."
        )
    return amount


def _lock(offer_id: UUID) -> tuple[Account, SettlementOffer]:
    account_id = SettlementOffer.objects.values_list("account_id", flat=True).get(pk=offer_id)
    account = accounts.locked(account_id)
    made = SettlementOffer.objects.locked().get(pk=offer_id)
    made.account = account
    return account, made


def _must_be(made: SettlementOffer, *statuses: str) -> None:
    if made.status not in statuses:
        last = f" ({meanwhile.how_long_ago(made.updated_at)})"
        raise ChangedMeanwhile(f"The offer is {made.get_status_display().lower()} by now{last}.")


def _who_made(made: SettlementOffer, by: "User") -> str:
    who = "You" if made.made_by_id == by.pk else str(made.made_by or "DebtFlow")
    return f"{who} offered to settle for {money(made.amount)} {meanwhile.how_long_ago(made.created_at)}."


def _negotiate(account: Account, by: "User") -> None:
    account.refresh_from_db()
    try:
        for step in plans.STEPS.get(account.status, ()):
            moves.move(account.pk, step, by=by)
    except MoveRefused as refusal:
        raise SettlementRefused("", str(refusal)) from refusal
