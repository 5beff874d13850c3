"""What would a plan be? Its rows and its authorization, checked against what may be agreed; nothing is stored."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from core import calendar, tenancy
from core.account_states import Status
from core.models import Account, Agency
from core.refusals import FieldRefused
from core.words import count, money
from payments import authorization, received, taking
from payments.models import SavedMethod, SettlementOffer
from payments.schedule import NoSchedule, Row, rows

LATEST_FIRST = timedelta(days=60)
MONTH = timedelta(days=31)
# From where an account comes to a plan, by which moves.
STEPS: dict[str, tuple[str, ...]] = {
    Status.ASSIGNED: ("start_contact", "negotiate"),
    Status.IN_CONTACT: ("negotiate",),
    Status.NEGOTIATING: (),
}


class PlanRefused(FieldRefused):
    """No plan was agreed, or it was not ended."""


@dataclass(frozen=True)
class Terms:
    """What was agreed: an amount for each instalment, or their number; of all that is owed unless a total is told.

    `offer` is the settlement whose amount is paid by it; then that is the total.
    """

    frequency: str
    first_due: date
    amount: Decimal | None = None
    number: int | None = None
    total: Decimal | None = None
    saved_method: UUID | None = None
    offer: UUID | None = None


@dataclass(frozen=True)
class Draft:
    """What a plan would be: its rows and the words of the authorization."""

    total: Decimal
    rows: list[Row]
    words: str
    method: SavedMethod | None = None
    offer: SettlementOffer | None = None

    @property
    def version(self) -> str:
        return authorization.version(self.words)


def draft(account: Account, terms: Terms) -> Draft:
    """The plan that these terms would make; nothing is stored. Raises PlanRefused."""
    agency = Agency.objects.get(pk=tenancy.current_agency_id())
    today = calendar.today_in(agency.zone)
    refuse_account(account)
    offer = _offer(account, terms, today)
    if offer and (pending := taking.reserved(account.pk)):
        raise PlanRefused("", f"{money(pending)} is pending. Agree the plan of the settlement when that is decided.")
    most = owed(account, offer)
    total = most if terms.total is None or offer else terms.total
    if not Decimal(0) < total <= most:
        raise PlanRefused("total", f"Enter a total of more than zero and at most {money(most)}.")
    if not today <= terms.first_due <= today + LATEST_FIRST:
        raise PlanRefused("first_due", "Enter a first day between today and 60 days from now.")
    try:
        made = rows(total, terms.frequency, terms.first_due, amount=terms.amount, number=terms.number)
    except NoSchedule as refusal:
        raise PlanRefused(refusal.field, str(refusal)) from refusal
    _refuse_beyond_limits(made, terms, agency, today, offer)
    method = _method(account, terms, today)
    text = authorization.words(
        agency.name, account.debtor.full_name, account.creditor.name, made, terms.frequency, method
    )
    return Draft(total, made, text, method, offer)


def owed(account: Account, offer: SettlementOffer | None = None) -> Decimal:
    """What a plan may be about: the balance less what is on its way, or what is still to come of a settlement."""
    left = max(account.current_balance - taking.reserved(account.pk), Decimal(0))
    if offer is None:
        return left
    return min(max(offer.amount - received.since(account.pk, offer.created_at), Decimal(0)), left)


def refuse_account(account: Account) -> None:
    """Raises PlanRefused where nothing may be agreed, whatever the terms."""
    if account.status not in (*STEPS, Status.PAYMENT_PLAN):
        status = account.get_status_display().lower()
        raise PlanRefused("", f"The account is {status}; a plan is agreed on one that is being worked.")
    if hold := taking.forbidding(account):
        raise PlanRefused("", f"No plan is agreed while this hold stands: {hold.get_kind_display()}.")


def _offer(account: Account, terms: Terms, today: date) -> SettlementOffer | None:
    if terms.offer is None:
        return None
    offer = SettlementOffer.objects.filter(pk=terms.offer, account=account.pk).first()
    if offer is None or offer.status not in ("offered", "accepted"):
        raise PlanRefused("", "The settlement offer does not stand any more. Make a new one.")
    if offer.status == "offered" and offer.expires_on < today:
        raise PlanRefused("", "The settlement offer has expired. Make a new one.")
    return offer


def _refuse_beyond_limits(
    made: list[Row], terms: Terms, agency: Agency, today: date, offer: SettlementOffer | None
) -> None:
    field = "number" if terms.number is not None else "amount"
    limits = agency.choices
    if offer and len(made) > offer.instalments:
        raise PlanRefused(field, f"The settlement was offered in at most {count(offer.instalments, 'instalment')}.")
    if len(made) > 1 and min(row.amount for row in made[:-1]) < limits.plan_smallest_instalment:
        raise PlanRefused(field, f"An instalment is at least {money(limits.plan_smallest_instalment)}.")
    if made[-1].due > today + limits.plan_longest_months * MONTH:
        months = count(limits.plan_longest_months, "month")
        raise PlanRefused(field, f"A plan ends within {months}; this one would end on {made[-1].due:%B %-d, %Y}.")


def _method(account: Account, terms: Terms, today: date) -> SavedMethod | None:
    if terms.saved_method is None:
        return None
    found = SavedMethod.objects.filter(pk=terms.saved_method, debtor=account.debtor_id, is_active=True).first()
    if found is None or (found.expires and found.expires < max(today, terms.first_due)):
        raise PlanRefused("saved_method", "Choose a saved card or bank account of this debtor that has not run out.")
    return found
