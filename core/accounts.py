"""How does everybody begin who changes an account? With its row, locked."""

from uuid import UUID

from django.db.models import UUIDField

from core.models import Account
from core.prepared import Prepared, Slot

_LOCKED = Prepared(lambda: Account.objects.locked().filter(pk=Slot("account", UUIDField())))


def locked(account_id: UUID) -> Account:
    """The current agency's account, locked until the transaction ends. Raises Account.DoesNotExist.

    Of what hangs on it nothing is read: a row that is joined is not read anew after the wait for the lock.
    """
    account = _LOCKED.first(account=account_id)
    if account is None:
        raise Account.DoesNotExist
    return account
