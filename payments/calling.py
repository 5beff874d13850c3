"""Which account must its collector look at now? It comes to the top of the list, with what is to be done."""

from core import clock
from core.models import Account

LATE, DECLINED = "Late instalment", "Declined instalment"


def call_for(account: Account, action: str) -> None:
    """Plan `action` for now, in the place of whatever was planned. The caller has locked the account."""
    if account.next_action == action:
        return
    account.next_action, account.next_action_at = action, clock.now()
    account.save(update_fields=["next_action", "next_action_at", "updated_at"])


def done(account: Account, *actions: str) -> None:
    """Forget it, should one of these still be what is planned."""
    if account.next_action in actions:
        account.next_action, account.next_action_at = "", None
        account.save(update_fields=["next_action", "next_action_at", "updated_at"])
