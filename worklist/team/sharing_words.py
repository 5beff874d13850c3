"""What does a page say of a plan that shares accounts out: rows of desks, what is left over and why?"""

from dataclasses import dataclass
from decimal import Decimal

from core.absence import NOBODY, OTHERS, Clearing
from core.sharing import Plan, Share
from core.words import count


@dataclass(frozen=True)
class Row:
    """One desk: now and after."""

    share: Share

    @property
    def gets(self) -> int:
        """Accounts that are added."""
        return len(self.share.accounts)

    @property
    def accounts_after(self) -> int:
        """Open accounts on it afterwards."""
        return self.share.count

    @property
    def money_after(self) -> Decimal:
        """What is owed on it afterwards."""
        return self.share.total

    @property
    def load_words(self) -> str:
        """For the meter: `12 now, 20 after, 200 at most`."""
        desk = self.share.desk
        return f"{desk.accounts:,} now, {self.share.count:,} after, {desk.capacity:,} at most"

    @property
    def within(self) -> int:
        """What the meter shows as there: never more than its length."""
        return min(self.share.desk.accounts, self.share.desk.capacity)


def rows(plan: Plan, *, all_desks: bool) -> list[Row]:
    """The desks by name; only those that get something unless all are wanted."""
    shares = [share for share in plan.shares if all_desks or share.accounts]
    return [Row(share) for share in sorted(shares, key=lambda s: (s.desk.name.lower(), s.desk.id))]


@dataclass(frozen=True)
class Distribution:
    """The page of waiting accounts."""

    plan: Plan
    is_automatic: bool
    # Is there no desk at all? Desks without a single place are in no plan.
    nobody_is_active: bool = False
    problem: str = ""

    @property
    def rows(self) -> list[Row]:
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

    @property
    def rows(self) -> list[Row]:
        """The desks that get something."""
        return rows(self.clearing.plan, all_desks=False) if self.clearing else []

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
