"""What does the form of a plan show? Its terms, the schedule they make, and the words that are read to the debtor."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from core import calendar
from core.access import SignedInRequest
from core.models import Account
from core.refusals import FieldRefused
from core.words import day, money
from payments import drafting, linking, plans, processors, settlements, taking
from payments.drafting import Draft
from payments.models import PaymentPlan, SavedMethod, SettlementOffer
from worklist.accounts.plan_form import BY_HAND, PlanForm
from worklist.origin import OnWay

STANDS_NOT = "Nothing can be agreed on this account now."


@dataclass
class PlanPage(OnWay):
    """One user's form for one account. `draft` is what the terms would make; `problem` why they make nothing."""

    request: SignedInRequest
    account: Account
    bound: PlanForm | None = None
    draft: Draft | None = None
    problem: str = ""

    @cached_property
    def today(self) -> date:
        return calendar.today_of(self.request.user)

    # --- may anything be agreed? -------------------------------------------------------------------------------
    @cached_property
    def refusal(self) -> str:
        """Why there is no form at all; empty when there is one."""
        try:
            drafting.refuse_account(self.account)
        except FieldRefused as refusal:
            return str(refusal)
        return "" if self.owed > 0 else "Nothing is left to be planned on this account."

    @cached_property
    def standing(self) -> PaymentPlan | None:
        """The plan that a new one would replace."""
        return plans.active(self.account.pk)

    @cached_property
    def offer(self) -> SettlementOffer | None:
        """The settlement whose instalments are agreed: the one that was asked for, or whose plan stands."""
        asked = self.request.POST.get("offer") or self.request.GET.get("offer", "")
        found = settlements.open_on(self.account.pk)
        if found is None or found.status == SettlementOffer.Status.AWAITING:
            return None
        mine = str(found.pk) == asked or (self.standing is not None and found.plan_id == self.standing.pk)
        return found if mine else None

    @cached_property
    def owed(self) -> Decimal:
        """What the plan is about."""
        return drafting.owed(self.account, self.offer)

    @cached_property
    def pending(self) -> Decimal:
        """What is on its way already."""
        return taking.reserved(self.account.pk)

    # --- the form ------------------------------------------------------------------------------------------------
    @cached_property
    def saved(self) -> list[SavedMethod]:
        """What the debtor allowed to be charged again, at the processor in use."""
        online = processors.online()
        if online is None:
            return []
        mine = SavedMethod.objects.filter(debtor=self.account.debtor_id, is_active=True, processor=online)
        return [method for method in mine if method.expires is None or method.expires >= self.today]

    @cached_property
    def form(self) -> PlanForm:
        """Bound after a refusal; else new."""
        return self.bound or self.made(initial=self._initial)

    def made(self, data: object = None, **more: object) -> PlanForm:
        """The form for this account."""
        return PlanForm(data, saved=self.saved, emails=linking.addresses(self.account), today=self.today, **more)

    @property
    def _initial(self) -> dict[str, object]:
        return {
            "frequency": "monthly",
            "first_due": self.today + timedelta(days=14),
            "number": self.offer.instalments if self.offer else None,
            "method": str(self.saved[0].pk) if self.saved else BY_HAND,
            "replaces": str(self.standing.pk) if self.standing else "",
            "offer": self.offer.pk if self.offer else None,
        }

    def try_draft(self, form: PlanForm) -> None:
        """Work out what the typed terms would make, or why they make nothing."""
        self.bound = form
        if not form.is_valid():
            self.problem = " ".join(str(error) for errors in form.errors.values() for error in errors)
            return
        try:
            self.draft = drafting.draft(self.account, form.terms())
        except FieldRefused as refusal:
            self.problem = str(refusal)

    # --- the schedule ----------------------------------------------------------------------------------------------
    @property
    def lines(self) -> list[tuple[int, date, str, str]]:
        """(number, due, its words, amount) of each row."""
        rows = self.draft.rows if self.draft else []
        return [(row.number, row.due, day(row.due, self.today), money(row.amount)) for row in rows]


def page_of(request: SignedInRequest, pk: UUID) -> PlanPage:
    """The form for an account that the user may change."""
    return PlanPage(request, Account.objects.select_related("debtor", "creditor").get(pk=pk))
