"""What does somebody mean who types into the command palette? The best few accounts, of any status, and acts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse
from django.utils import timezone

from core import people
from core.models import Account, User
from core.words import count, money
from worklist import palette
from worklist.accounts import acts
from worklist.listing import ordering, queue, saved_views
from worklist.listing.rows import STATUS_LABELS
from worklist.palette import Group

FEW = 8
# Fewer letters than these name nobody.
SHORTEST = 2


@dataclass(frozen=True)
class Hit:
    """One account of the palette."""

    id: object
    name: str
    ref: str
    creditor: str
    status: str
    status_label: str
    balance: str


class Found:
    """One user's palette, for what was typed on this page; `account` is the one that is open there, if any."""

    def __init__(self, user: User, asked: Mapping[str, str], session: SessionBase, cookies: Mapping[str, str]) -> None:
        self.user, self.session, self.cookies = user, session, cookies
        self.words = " ".join(asked.get("q", "").replace("\x00", "").split())[: palette.LONGEST]
        self.origin = asked.get("list", "")[:2000]
        self.here = asked.get("here", "")[:2000]
        self.account = _open_account(user, asked.get("account", ""))
        facts: dict[str, Any] = {"user": user.pk, "is_admin": user.is_admin}
        self._names, (self._views,) = people.names_and(saved_views.COLUMN, **facts)

    @cached_property
    def groups(self) -> list[Group]:
        """The acts that are meant."""
        views = saved_views.read(self._views, "-")
        theme, density = self.cookies.get("theme", ""), self.cookies.get("density", "")
        made = [
            *palette.ways(self.user, [*views.built_in, *views.saved]),
            *palette.settings(self.user, self.here, theme, density),
        ]
        if self.account is not None:
            made = [*acts.acts(self.user, self.account, self._names, self.session, self.origin), *made]
        return palette.found(made, self.words)

    @cached_property
    def hits(self) -> list[Hit]:
        """The newest few accounts that match; none for fewer than two characters."""
        if len(self.words) < SHORTEST:
            return []
        everywhere = self.user.is_admin or self.user.is_readonly
        accounts = queue.visible_to(self.user)
        accounts = queue.found_by_search(accounts) if everywhere else queue.found_on_desk(accounts, self.words)
        page = queue.fetch(accounts, ordering.RECORD, timezone.now(), None, self.words if everywhere else "")
        creditors = self._names.creditors
        return [
            Hit(
                a.id, a.debtor, a.external_ref, creditors.get(a.creditor_id, ""), a.status, STATUS_LABELS[a.status],
                money(a.current_balance),
            )
            for a in page.rows[:FEW]
        ]  # fmt: skip

    @property
    def asks_for_accounts(self) -> bool:
        return len(self.words) >= SHORTEST

    @property
    def all_of_them(self) -> str:
        """The worklist's own search for the same words, in every status."""
        return f"{reverse('worklist:list')}?{urlencode({'q': self.words, 'status': 'any'})}"

    @property
    def summary(self) -> str:
        """What a screen reader hears."""
        acts = sum(len(group.acts) for group in self.groups)
        return f"{count(len(self.hits), 'account')}, {count(acts, 'action')}."


def _open_account(user: User, text: str) -> Account | None:
    """The account of that id, if this user may see it."""
    try:
        return queue.visible_to(user).filter(pk=UUID(text)).first()
    except ValueError:
        return None
