"""How does an account change its status? One verb for every move, from a page, a job or the admin."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django_fsm import can_proceed, get_available_user_FIELD_transitions

from core import accounts, meanwhile, tenancy, timeline
from core.account_states import MoveRefused, Status
from core.models import Account, Activity
from core.refusals import ChangedMeanwhile

if TYPE_CHECKING:
    from core.models import User


class StatusChanged(MoveRefused, ChangedMeanwhile):
    """Somebody else moved the account since the user last saw it."""


@dataclass(frozen=True)
class Move:
    """One entry of the status menu."""

    name: str
    label: str
    target: str


# What hangs on the status of an account and is not the kernel's: done after every move, in its transaction.
_followers: list[Callable[[Account], None]] = []


def followed_by(act: Callable[[Account], None]) -> None:
    """Have `act` see every account that was moved."""
    _followers.append(act)


def possible(account: Account, by: "User | None") -> list[Move]:
    """The moves that this user may make by hand now, guards included, in the order of the workflow."""
    order = list(Status)
    user: Any = by  # None is the system, which the package's types do not know
    moves = [
        Move(t.name, t.custom["label"], str(t.target))
        for t in get_available_user_FIELD_transitions(account, user, Account.status.field)
        if t.custom["by_hand"]
    ]
    return sorted(moves, key=lambda m: (order.index(Status(m.target)), m.name))


def move(
    account_id: UUID, name: str, *, by: "User | None", expected: str = "", note: str = "", **facts: Any
) -> Account:
    """Make one move: lock, check, change, save, record. `by=None` is the system.

    `expected` is the status the user saw; a different one raises StatusChanged. A move that is not possible from
    here, or not for this user, or with wrong facts, raises MoveRefused with a sentence; nothing is changed then.
    """
    with tenancy.transaction():
        account = accounts.locked(account_id)
        if expected and account.status != expected:
            raise StatusChanged(f"{meanwhile.on_status(account, by)} {_ways_on(account, by)}")
        make(account, name, by=by, note=note, **facts)
    return account


def make(
    account: Account, name: str, *, by: "User | None", note: str = "", saved_too: Iterable[str] = (), **facts: Any
) -> None:
    """The same for an account that the caller has locked, in a transaction that ends when this raises.

    Only what the move changes is saved, and with it the fields `saved_too` that the caller has changed.
    """
    before = _values(account)
    method = _checked(account, name, by)
    if "by" in inspect.signature(method).parameters:
        facts["by"] = by
    try:
        method(**facts)
    except TypeError as error:
        raise MoveRefused("Something is missing for this change of status.") from error
    changed = [field for field, value in _values(account).items() if value != before[field]]
    account.save(update_fields=[*changed, *saved_too, "updated_at"])
    facts.pop("by", None)
    timeline.record(
        account,
        Activity.Kind.STATUS,
        by=by,
        body=note or str(facts.get("reason", "")),
        # The move's own words come last: `assign` has a fact `to` as well, the collector.
        data=_plain(facts) | {"move": name, "from": before["status"], "to": account.status},
    )
    for follow in _followers:
        follow(account)


def _values(account: Account) -> dict[str, Any]:
    return {field.name: getattr(account, field.attname) for field in Account._meta.concrete_fields}


def _checked(account: Account, name: str, by: Any) -> Any:
    known = {t.name for t in Account.status.field.get_all_transitions(Account)}
    if name not in known:
        raise MoveRefused(f"There is no such change of status. {_ways_on(account, by)}")
    method = getattr(account, name)
    sources = [t for t in Account.status.field.get_all_transitions(Account) if t.name == name]
    here = [t for t in sources if t.source == account.status]
    label = sources[0].custom["label"]
    if not here:
        raise MoveRefused(
            f"“{label}” is not possible: the account is {account.get_status_display()}. {_ways_on(account, by)}"
        )
    if not here[0].has_perm(account, by):  # the package's has_transition_perm asks the guard too
        raise MoveRefused(f"“{label}” is not yours to do. {_ways_on(account, by)}")
    if not can_proceed(method):
        raise MoveRefused(f"“{label}” is not possible now. {here[0].custom['unless']} {_ways_on(account, by)}")
    return method


def _ways_on(account: Account, by: "User | None") -> str:
    labels = [m.label for m in possible(account, by)]
    return f"Possible from here: {', '.join(labels)}." if labels else "No change of status is possible from here."


def _plain(facts: dict[str, Any]) -> dict[str, str]:
    return {key: str(getattr(value, "pk", value)) for key, value in facts.items()}
