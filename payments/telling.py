"""How is money told in the timeline and the journal? In plain words, with the facts beside them."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from core import timeline
from core.models import Activity
from core.words import money
from payments.models import Payment

if TYPE_CHECKING:
    from core.models import User


def tell(payment: Payment, what: str, body: str, *, by: "User | None", **facts: Any) -> None:
    """One entry of the account's timeline about a payment."""
    data = {"payment": str(payment.pk), "what": what, "amount": str(payment.amount), "method": payment.method}
    timeline.record(payment.account, Activity.Kind.PAYMENT, by=by, body=body, data=data | facts)


def came(payment: Payment, credit: Decimal) -> str:
    """`$250.00 by Visa ending in 4242`, with what is more than was owed."""
    more = f"; {money(credit)} more than was owed: a refund is due" if credit else ""
    return f"{money(payment.amount)} by {means(payment)}{more}"


def means(payment: Payment) -> str:
    """`Visa ending in 4242`, `check 1042`, `cash`."""
    facts = payment.metadata
    if last4 := facts.get("last4"):
        return f"{facts.get('brand') or payment.get_method_display()} ending in {last4}"
    reference = facts.get("reference")
    return f"{payment.get_method_display().lower()}{f' {reference}' if reference else ''}"


def reason(payment: Payment) -> str:
    """What the journal says of it."""
    return means(payment)[:1].upper() + means(payment)[1:]
