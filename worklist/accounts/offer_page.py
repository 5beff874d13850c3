"""What does the form of a settlement show?"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from core import calendar
from core.access import SignedInRequest
from core.models import Account
from core.refusals import FieldRefused
from core.words import money
from payments import drafting, settlements
from worklist.accounts.offer_form import OfferForm
from worklist.origin import OnWay


@dataclass
class OfferPage(OnWay):
    """One user's form for one account; `bound` after a refusal."""

    request: SignedInRequest
    account: Account
    bound: OfferForm | None = None

    @cached_property
    def today(self) -> date:
        return calendar.today_of(self.request.user)

    @cached_property
    def refusal(self) -> str:
        """Why there is no form at all; empty when there is one."""
        try:
            drafting.refuse_account(self.account)
        except FieldRefused as refusal:
            return str(refusal)
        if settlements.open_on(self.account.pk):
            return "An offer stands already. Withdraw it first."
        return "" if self.account.current_balance > 0 else "Nothing is owed on this account any more."

    @property
    def authority(self) -> str:
        """Down to what the user offers alone."""
        if self.request.user.is_admin:
            return "As an admin you approve it by offering it."
        share = settlements.floor(self.account)
        least = money(share * self.account.current_balance)
        return f"You offer alone down to {least} ({share:.0%}); an admin approves anything below."

    @cached_property
    def form(self) -> OfferForm:
        """Bound after a refusal; else new."""
        return self.bound or OfferForm(today=self.today)


def page_of(request: SignedInRequest, pk: UUID) -> OfferPage:
    """The form for an account that the user may change."""
    return OfferPage(request, Account.objects.select_related("debtor", "creditor").get(pk=pk))
