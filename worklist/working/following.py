"""How does a collector look at the debtor's other accounts without losing his place in the queue?"""

from uuid import UUID

from core import tenancy
from core.models import User
from worklist.models import Lease
from worklist.working import leases


def follow(account_id: UUID, via: UUID, user: User) -> bool:
    """Lease an account that is opened from another of the same debtor, with that one's place in the queue.

    "Next" goes on behind that place then. False, and nothing is done, when the user does not have the other one, when
    it is another debtor's, or when somebody else has this one open.
    """
    with tenancy.transaction():
        left = Lease.objects.filter(account=via, holder=user, account__debtor__accounts=account_id).first()
        if left is None or leases.take(account_id, user) is not None:
            return False
        Lease.objects.filter(account=account_id, holder=user).update(place=left.place)
    return True
