"""What needs a manager now, and where is it? The whole agency's, whatever the filters of the page say."""

from dataclasses import dataclass
from urllib.parse import urlencode

from core.addresses import address
from reports import attention
from reports.attention import Attention
from reports.dashboard.drill import Drill
from reports.scope import Scope


@dataclass(frozen=True)
class Need:
    """One kind of matter; `is_pressing` when somebody waits or money is at stake."""

    label: str
    icon: str
    number: Drill
    is_pressing: bool = False

    @property
    def is_there(self) -> bool:
        """Is there any?"""
        return bool(self.number.value)


def needs(scope: Scope, found: Attention) -> list[Need]:
    """Always the same ones at the same place, so that they are found by habit."""
    days = attention.LONG_DISPUTE_DAYS
    return [
        Need("Broken promises, no contact since", "clock", _accounts(found.broken, broken="1"), is_pressing=True),
        Need("Failed payments to retry", "card", _payments(found.failed_payments, "failed"), is_pressing=True),
        Need("Not known whether charged", "info", _payments(found.unknown_payments, "unknown"), is_pressing=True),
        Need("Credits due to debtors", "cash", _payments(found.credits_due, "credits")),
        Need("Settlements to approve", "check", _settlements(found.awaiting_settlements)),
        Need("Files with errors, last 7 days", "alert", _files(found.files_with_errors, scope), is_pressing=True),
        Need("Accounts without a collector", "users", _accounts(found.unassigned, open="1", collector="nobody")),
        Need(f"Disputes past {days} days", "shield", _accounts(found.disputed, disputed_over=str(days))),
        Need("Collectors over their limit", "user", _desks(found.over_limit)),
        Need("Scheduled reports not sent", "mail", _mails(found.unsent_reports)),
    ]


def _accounts(number: int, **which: str) -> Drill:
    return Drill.count(number, f"{address('reports:accounts')}?{urlencode(which)}")


def _payments(number: int, section: str) -> Drill:
    return Drill.count(number, f"{address('payments:attention')}#{section}", section)


def _settlements(number: int) -> Drill:
    return Drill.count(number, address("payments:settlements"), "settlements")


def _files(number: int, scope: Scope) -> Drill:
    which = {"errors": "1", "received_from": attention.recent_since(scope.today).isoformat()}
    return Drill.count(number, f"{address('imports:list')}?{urlencode(which)}", "files")


def _desks(number: int) -> Drill:
    return Drill.count(number, f"{address('team:list')}?over=1", "collectors")


def _mails(number: int) -> Drill:
    return Drill.count(number, f"{address('schedules:list')}?unsent=1", "schedules")
