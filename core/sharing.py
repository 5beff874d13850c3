"""Who gets which accounts? A fair plan, pure: the same accounts and desks give the same plan.

Most urgent and largest first, each to the desk with the lowest load for its capacity, among equals to the one with the
least money; a debtor's accounts stay together, and go where he is known. A desk is never filled above its capacity.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from heapq import heapify, heappop, heapreplace
from math import lcm
from operator import itemgetter
from uuid import UUID


@dataclass(frozen=True)
class Waiting:
    """An account that needs a desk."""

    id: UUID
    debtor_id: UUID
    priority: int
    balance: Decimal


@dataclass(frozen=True)
class Desk:
    """An active collector: how many open accounts fit, how many are there, and what is owed on them."""

    id: UUID
    name: str
    capacity: int
    accounts: int = 0
    balance: Decimal = Decimal(0)
    # Of the waiting accounts' debtors, those who have an open account here.
    debtors: frozenset[UUID] = frozenset()

    @property
    def free(self) -> int:
        """Places left."""
        return max(self.capacity - self.accounts, 0)


@dataclass
class Share:
    """What one desk gets."""

    desk: Desk
    accounts: list[UUID] = field(default_factory=list)
    balance: Decimal = Decimal(0)

    @property
    def count(self) -> int:
        """Open accounts on the desk afterwards."""
        return self.desk.accounts + len(self.accounts)

    @property
    def total(self) -> Decimal:
        """What is owed on the desk afterwards."""
        return self.desk.balance + self.balance

    def has_room_for(self, accounts: int) -> bool:
        """Do so many more fit?"""
        return self.count + accounts <= self.desk.capacity


@dataclass(frozen=True)
class Plan:
    """Who gets what, and which accounts find no place."""

    shares: list[Share]
    left: list[UUID]
    # Waiting accounts that were not looked at, and those that a hold keeps back.
    beyond: int = 0
    held: int = 0

    @property
    def placed(self) -> int:
        """Accounts that get a desk."""
        return sum(len(share.accounts) for share in self.shares)

    @property
    def digest(self) -> str:
        """What is the same only for the same plan: carried from the preview to the decision."""
        text = "".join(f"{share.desk.id}:{','.join(map(str, share.accounts))};" for share in self.shares)
        return hashlib.sha256(text.encode()).hexdigest()


def plan(waiting: Iterable[Waiting], desks: Iterable[Desk], *, beyond: int = 0, held: int = 0) -> Plan:
    """Distribute the accounts over the desks.

    A debtor whose accounts fit on no desk together is left whole, unless no desk could ever hold them all: then his
    accounts are placed one by one.
    """
    shares = [Share(desk) for desk in sorted(desks, key=lambda desk: desk.id) if desk.capacity > 0]
    by_load = _ByLoad(shares)
    home = {debtor: share for share in shares for debtor in share.desk.debtors}
    largest = max((share.desk.capacity for share in shares), default=0)
    left: list[UUID] = []
    for group, worth in _groups(waiting):
        parts = [(group, worth)] if len(group) <= largest else [([account], account.balance) for account in group]
        for part, balance in parts:
            known = home.get(part[0].debtor_id)
            share = known if known and known.has_room_for(len(part)) else by_load.lowest(len(part))
            if share is None:
                left += [account.id for account in part]
                continue
            share.accounts += [account.id for account in part]
            share.balance += balance
            home[part[0].debtor_id] = share
    return Plan(shares, left, beyond, held)


def _groups(waiting: Iterable[Waiting]) -> list[tuple[list[Waiting], Decimal]]:
    """Each debtor's accounts together with what he owes on them, the most urgent and largest first."""
    groups: dict[UUID, list[Waiting]] = defaultdict(list)
    for account in waiting:
        groups[account.debtor_id].append(account)
    ranked = []
    for group in groups.values():
        if len(group) > 1:
            group.sort(key=lambda account: (-account.priority, -account.balance, account.id))
        worth = sum([account.balance for account in group[1:]], group[0].balance)
        ranked.append((-group[0].priority, -worth, group[0].id, group, worth))
    ranked.sort(key=itemgetter(0, 1, 2))
    return [(group, worth) for *_, group, worth in ranked]


class _ByLoad:
    """Finds the desk with the lowest load, among equals the one with the least money, that has room for so many.

    One heap for each number of accounts. Desks only fill: an entry that is out of date stands too far ahead, never too
    far behind, and is put right when it is met; a desk without room for so many never has room again.
    """

    def __init__(self, shares: list[Share]) -> None:
        self.shares = shares
        # Whole numbers instead of fractions: exact, so that equals are equal, and fast.
        self.places = lcm(*(share.desk.capacity for share in shares))
        self.heaps: dict[int, list[tuple[int, Decimal, UUID, Share]]] = {}

    def _entry(self, share: Share) -> tuple[int, Decimal, UUID, Share]:
        return share.count * (self.places // share.desk.capacity), share.total, share.desk.id, share

    def lowest(self, accounts: int) -> Share | None:
        """The desk for so many accounts, None when they fit nowhere."""
        heap = self.heaps.get(accounts)
        if heap is None:
            heap = self.heaps[accounts] = [self._entry(share) for share in self.shares]
            heapify(heap)
        while heap:
            entry = heap[0]
            share = entry[3]
            if not share.has_room_for(accounts):
                heappop(heap)
            elif (now := self._entry(share)) != entry:
                heapreplace(heap, now)
            else:
                return share
        return None
