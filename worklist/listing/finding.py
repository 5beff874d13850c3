"""Which accounts does somebody mean who types into the finder? The best few, of any status."""

from dataclasses import dataclass

from django.utils import timezone

from core.models import User
from core.words import money
from worklist import people
from worklist.listing import ordering, queue
from worklist.listing.rows import STATUS_LABELS

FEW = 8


@dataclass(frozen=True)
class Hit:
    """One line of the finder."""

    id: object
    name: str
    ref: str
    creditor: str
    status: str
    status_label: str
    balance: str


def find_accounts(user: User, words: str) -> list[Hit]:
    """The newest few that match; none for fewer than two characters."""
    if len(words) < 2:
        return []
    everywhere = user.is_admin or user.is_readonly
    accounts = queue.visible_to(user)
    accounts = queue.found_by_search(accounts) if everywhere else queue.found_on_desk(accounts, words)
    page = queue.fetch(accounts, ordering.RECORD, timezone.now(), None, words if everywhere else "")
    names = people.names().creditors
    return [
        Hit(
            a.id, a.debtor, a.external_ref, names.get(a.creditor_id, ""), a.status, STATUS_LABELS[a.status],
            money(a.current_balance),
        )
        for a in page.rows[:FEW]
    ]  # fmt: skip
