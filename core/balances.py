"""How does a balance change? Only by an entry; the database adds it to the account under the row's lock."""

from decimal import Decimal
from typing import TYPE_CHECKING

from core import accounts, clock, tenancy
from core.models import Account, BalanceEntry

if TYPE_CHECKING:
    from uuid import UUID

    from core.models import User


class BelowZero(ValueError):
    """The entry would make the balance negative; `str()` is the sentence for the user."""


def post_entry(
    account_id: "UUID",
    kind: str,
    amount: Decimal,
    *,
    by: "User | None",
    bucket: str = BalanceEntry.Bucket.PRINCIPAL,
    reason: str = "",
    payment: "UUID | None" = None,
) -> Account:
    """Append one signed entry (agency's currency, two decimals) and give the account with its new balance.

    `payment` is the payment whose money it is.

    Locks the account first, so that entries posted at once follow each other. Raises BelowZero.
    """
    with tenancy.transaction():
        account = accounts.locked(account_id)
        if account.current_balance + amount < 0:
            raise BelowZero(f"The balance is {account.current_balance:,.2f}; it cannot fall by {-amount:,.2f}.")
        BalanceEntry.objects.create(
            agency_id=account.agency_id,
            account=account,
            kind=kind,
            bucket=bucket,
            amount=amount,
            reason=reason,
            payment=payment,
            actor=by,
            **clock.born(),
        )
        account.refresh_from_db()
    return account
