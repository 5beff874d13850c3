"""What does a page say of a plan that shares accounts out: rows of desks, what is left over and why?"""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.template import engines
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from core.absence import NOBODY, OTHERS, Clearing
from core.sharing import Plan, Share
from core.words import count, money


@dataclass(frozen=True, slots=True)
class Row:
    """One desk now and after, every cell as text; `within` and `added` are percents of its capacity."""

    url: str
    name: str
    gets: str
    accounts: str
    accounts_after: str
    capacity: str
    load_words: str
    within: str
    added: str
    money: str
    money_after: str


def _row(share: Share, head: str, tail: str) -> Row:
    desk, gets = share.desk, len(share.accounts)
    accounts, after, most = f"{desk.accounts:,}", f"{share.count:,}", f"{desk.capacity:,}"
    return Row(
        url=f"{head}{desk.id}{tail}",
        name=desk.name,
        gets=f"{gets:,}" if gets else "",
        accounts=accounts,
        accounts_after=after,
        capacity=most,
        load_words=f"{accounts} now, {after} after, {most} at most",
        # The meter never shows more than its length as there.
        within=f"{min(desk.accounts, desk.capacity) * 100 / desk.capacity:.2f}",
        added=f"{gets * 100 / desk.capacity:.2f}",
        money=money(desk.balance),
        money_after=money(share.total),
    )


def rows(plan: Plan, *, all_desks: bool) -> SafeString:
    """The desks by name as HTML; only those that get something unless all are wanted. Empty without any.

    An agency may have hundreds: as in the worklist, Jinja2 renders them in a fraction of the time.
    """
    shares = [share for share in plan.shares if all_desks or share.accounts]
    shares.sort(key=lambda share: (share.desk.name.lower(), share.desk.id))
    head, tail = reverse("team:member", args=[UUID(int=0)]).split(str(UUID(int=0)))
    template = engines["jinja2"].get_template("worklist/shares.html")
    return mark_safe(template.render({"rows": [_row(share, head, tail) for share in shares]}))  # noqa: S308  (escaped)


@dataclass(frozen=True)
class Distribution:
    """The page of waiting accounts."""

    plan: Plan
    is_automatic: bool
    # Is there no desk at all? Desks without a single place are in no plan.
    nobody_is_active: bool = False
    problem: str = ""

    @cached_property
    def rows(self) -> SafeString:
        """Every active desk with a capacity."""
        return rows(self.plan, all_desks=True)

    @property
    def stays(self) -> int:
        """Accounts that may be worked and find no desk."""
        return len(self.plan.left) + self.plan.beyond

    @property
    def workable(self) -> int:
        """Accounts that wait and may be worked."""
        return self.plan.placed + self.stays

    @property
    def act(self) -> str:
        """The button."""
        return f"Assign {count(self.plan.placed, 'account')}"

    @property
    def why_left(self) -> str:
        """Why some keep waiting; empty when none does."""
        if not self.stays:
            return ""
        return f"{_stay(self.stays, 'waiting')} {_reason(self.plan)}"

    @property
    def why_held(self) -> str:
        """Why some are not offered at all; empty when none is."""
        held = self.plan.held
        if not held:
            return ""
        if held == 1:
            return "1 account is held back: a hold on it or on its debtor must be lifted first."
        return f"{held:,} accounts are held back: a hold on each or on its debtor must be lifted first."


@dataclass(frozen=True)
class Reassignment:
    """The page of a desk that is cleared; without a clearing nothing was chosen yet."""

    clearing: Clearing | None

    @cached_property
    def rows(self) -> SafeString:
        """The desks that get something."""
        return rows(self.clearing.plan, all_desks=False) if self.clearing else SafeString()

    @property
    def act(self) -> str:
        """The button."""
        if self.clearing is None:
            return ""
        verb = "Take back" if self.clearing.to == NOBODY else "Move"
        return f"{verb} {count(self.clearing.moved, 'account')}"

    @property
    def why_left(self) -> str:
        """Why some stay on the desk; empty when none does."""
        if self.clearing is None or not self.clearing.stays:
            return ""
        stay = _stay(self.clearing.stays, "on this desk")
        if self.clearing.to == NOBODY:
            return (
                f"{stay} Their work has begun, so they need somebody who goes on with it: give them to a colleague"
                " or share them out."
            )
        return f"{stay} {_reason(self.clearing.plan, to_one=self.clearing.to != OTHERS)}"


def done(clearing: Clearing) -> str:
    """What was done, for the message."""
    verb = "taken back" if clearing.to == NOBODY else "moved"
    stay = f" {clearing.stays:,} stay on the desk." if clearing.stays else ""
    return f"{count(clearing.moved, 'account')} {verb} from {clearing.collector}.{stay}"


def _stay(number: int, where: str) -> str:
    return f"{count(number, 'account')} {'stays' if number == 1 else 'stay'} {where}."


def _reason(plan: Plan, *, to_one: bool = False) -> str:
    if not plan.shares:
        return "Nobody else can take accounts now."
    if any(share.has_room_for(1) for share in plan.shares):
        return "Their debtors have several accounts, which stay together and fit on no desk as a whole."
    return "That desk is then full." if to_one else "Every desk is then full."
