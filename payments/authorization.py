"""To what exactly does a debtor agree with a plan? The words are made of its terms, read to him, and stored.

A debit that recurs needs the debtor's authorization, its terms evident and readily understood, with a copy for him
(Regulation E, 12 CFR 1005.10(b)); he may stop any of them up to three business days before
(1005.10(c)), and this says so.
"""

from collections.abc import Sequence

from core.meanwhile import version_of
from core.words import money
from payments.models import PaymentPlan, SavedMethod
from payments.schedule import Row


def words(
    agency: str, debtor: str, creditor: str, rows: Sequence[Row], frequency: str, method: SavedMethod | None
) -> str:
    """The whole text, in English, with every date and amount."""
    total = money(sum(row.amount for row in rows))
    often = PaymentPlan.Frequency(frequency).label.lower()
    each = "; ".join(f"{row.due:%B} {row.due.day}, {row.due.year}: {money(row.amount)}" for row in rows)
    terms = f"{total} in {len(rows)} {'payment' if len(rows) == 1 else f'payments, {often}'}"
    if method is None:
        return (
            f"I, {debtor}, agree to pay {agency} {terms}, for my account with {creditor}. "
            f"I will pay each by its day: {each}."
        )
    return (
        f"I, {debtor}, authorize {agency} to charge my {method} {terms}, for my account with {creditor}. "
        f"The charges are made on or after these days: {each}. One that is declined may be tried twice more. "
        f"I can stop a charge, or take this back, by telling {agency} at least three business days before its day."
    )


def version(text: str) -> str:
    """The mark of the words that were shown."""
    return version_of(text)
