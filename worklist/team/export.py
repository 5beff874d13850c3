"""Which facts of the team leave as a file? What its page shows of each collector now."""

from django.http import QueryDict

from core import calendar
from core.account_states import Status
from core.addresses import address
from core.exportable import Exportable, managers
from core.models import User
from core.sheet import Column, Kind, Sheet
from worklist.team.roster import SHOWN, Member, team

COLUMNS = (
    Column("collector", "Collector"),
    Column("active", "Gets accounts"),
    Column("accounts", "Accounts", Kind.NUMBER, "Open ones on the desk"),
    Column("capacity", "Places", Kind.NUMBER),
    Column("balance", "Balance", Kind.MONEY, "Of these accounts"),
    *(Column(status.value, status.label, Kind.NUMBER) for status in SHOWN),
    Column("due", "Follow-ups due", Kind.NUMBER),
    Column("worked", "Worked today", Kind.NUMBER, "Accounts that the collector contacted today"),
    Column("promises_open", "Promises open", Kind.NUMBER, "Due in this month"),
    Column("promises_kept", "Promises kept", Kind.NUMBER, "Due in this month"),
    Column("promises_broken", "Promises broken", Kind.NUMBER, "Due in this month"),
    Column("rate", "Commission rate", Kind.PERCENT),
)


def _team(user: User, _: QueryDict) -> list[Sheet]:
    found = team(calendar.zone_of(user))
    rows = [_row(member) for member in found.members]
    notes = [f"{found.waiting:,} new accounts are on no desk."] if found.waiting else []
    return [Sheet("Team", COLUMNS, rows, notes=notes)]


def _row(member: Member) -> list[object]:
    return [
        member.name, "yes" if member.is_active else "no", member.accounts, member.capacity, member.balance,
        *(member.statuses.get(Status(status), 0) for status in SHOWN), member.due, member.worked,
        member.promises_open, member.promises_kept, member.promises_broken, member.rate,
    ]  # fmt: skip


LISTS = (Exportable("team.list", "Team", managers, _team, lambda: address("team:list")),)
