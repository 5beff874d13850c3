"""The kernel's tables, one aggregate a file."""

from core.models.accounts import Account
from core.models.agencies import Agency, AgencySettings
from core.models.audit import AuditLog
from core.models.balances import BalanceEntry
from core.models.calling_groups import CallingGroup
from core.models.contacts import ContactAttempt, Disposition, Promise
from core.models.creditors import Creditor
from core.models.debtors import ContactPoint, Debtor, DebtorChange, PinnedNote
from core.models.holds import Hold
from core.models.people import Collector, User
from core.models.tallies import AccountTally
from core.models.timeline import Activity

__all__ = [
    "Account",
    "AccountTally",
    "Activity",
    "Agency",
    "AgencySettings",
    "AuditLog",
    "BalanceEntry",
    "CallingGroup",
    "Collector",
    "ContactAttempt",
    "ContactPoint",
    "Creditor",
    "Debtor",
    "DebtorChange",
    "Disposition",
    "Hold",
    "PinnedNote",
    "Promise",
    "User",
]
