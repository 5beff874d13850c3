"""Which keys are there, where, and what do they do? The list under `?` and the script both read this table.

A page carries the keys of its user as `data-` attributes of that list; the script knows acts (`focus`, `click`, …) and
no keys. What has no act is the browser's own, or works everywhere and is never switched off (UX §4).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from core.addresses import address
from core.models import User

LIST, ACCOUNT, ANYWHERE = "In a list", "On an account", "Anywhere"


def _everybody(_: User) -> bool:
    return True


def _works(user: User) -> bool:
    return bool(user.desk)


def _changes(user: User) -> bool:
    return not user.is_readonly


def _assigns(user: User) -> bool:
    return user.is_admin


def _manages(user: User) -> bool:
    return user.is_admin or user.is_readonly


@dataclass(frozen=True)
class Key:
    """One key, or two one after the other (`g w`); `act` is done by the script on `target`."""

    keys: str
    label: str
    where: str
    act: str = ""
    target: str = ""
    who: Callable[[User], bool] = _everybody

    @property
    def caps(self) -> list[str]:
        """What stands on the keys: `["G", "W"]`, `["Ctrl", "K"]`."""
        return [cap.upper() if len(cap) == 1 else cap for cap in self.keys.replace("+", " ").split()]

    @property
    def joint(self) -> str:
        """The word between two keys that are pressed one after the other."""
        return "then" if " " in self.keys else ""

    @property
    def where_to(self) -> str:
        """The target; of `go` it is the address of a page."""
        return address(self.target) if self.act == "go" else self.target


KEYS = (
    Key("j", "Next row", LIST, "next", "#next-account"),
    Key("k", "Previous row", LIST, "previous", "#previous-account"),
    Key("Enter", "Open the row", LIST),
    Key("x", "Select the row", LIST, "select", who=_assigns),
    Key("Shift+click", "Select a range", LIST, who=_assigns),
    Key("/", "Search this list", LIST, "focus", "#q"),
    Key("w", "Start working", LIST, "click", "#start-working", _works),
    Key("j", "Next account", ACCOUNT, "next", "#next-account", _changes),
    Key("k", "Previous account", ACCOUNT, "previous", "#previous-account", _changes),
    Key("c", "Log a call", ACCOUNT, "compose", "call", _changes),
    Key("n", "Add a note", ACCOUNT, "compose", "note", _changes),
    Key("p", "Take a payment", ACCOUNT, "click", "#pay-link", _changes),
    Key("s", "Change the status", ACCOUNT, "menu", ".bar .menu", _changes),
    Key("g d", "Go to the debtor", ACCOUNT, "click", "#debtor-link"),
    Key("Ctrl+k", "Find an account, or do something", ANYWHERE),
    Key("g w", "Go to the worklist", ANYWHERE, "go", "worklist:list"),
    Key("g h", "Go to the dashboard", ANYWHERE, "go", "reports:dashboard", _manages),
    Key("g r", "Go to the reports", ANYWHERE, "go", "reports:index", _manages),
    Key("g i", "Go to the imports", ANYWHERE, "go", "imports:list", _manages),
    Key("g t", "Go to the team", ANYWHERE, "go", "team:list", _manages),
    Key("Ctrl+Enter", "Save what is typed", ANYWHERE),
    Key("Esc", "Close, or clear the selection", ANYWHERE),
    Key("?", "Show this list", ANYWHERE, "dialog", "keys"),
)


@dataclass(frozen=True)
class Group:
    """The keys of one place."""

    where: str
    keys: tuple[Key, ...]


def keys_of(user: User) -> tuple[Group, ...]:
    """The keys that do something for this user, by place."""
    return _by_place(tuple(key for key in KEYS if key.who(user)))


@lru_cache(maxsize=32)
def _by_place(known: tuple[Key, ...]) -> tuple[Group, ...]:
    return tuple(Group(where, tuple(keys)) for where, keys in groupby(known, key=lambda key: key.where))
