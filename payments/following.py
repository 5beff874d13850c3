"""What ends with an account's work? A plan and an offer do not outlive the account that they are about."""

from core.models import Account
from payments import filling, plans, settling
from payments.models import SettlementOffer


def follow(account: Account) -> None:
    """After any move, in its transaction: what stands on an account that is not open any more has ended."""
    if account.is_open:
        return
    standing = plans.active(account.pk)
    settling.follow(account.pk)
    filling.follow(account.pk)
    if standing:
        plans.call_off(standing)
    for offer in SettlementOffer.objects.filter(account=account.pk, status__in=settling.STANDING):
        settling.end(offer, SettlementOffer.Status.WITHDRAWN)
        state = account.get_status_display().lower()
        settling.tell(offer, "withdrawn", f"The settlement offer is withdrawn: the account is {state}.")
