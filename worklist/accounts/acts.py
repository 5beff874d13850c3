"""What can be done with this account from the command palette? Only what this user may do with it now."""

from urllib.parse import quote

from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse

from core import moves
from core.account_states import WORKING
from core.models import Account, User
from core.people import Names
from worklist.accounts.move_forms import FORMS
from worklist.palette import Act
from worklist.working import trail

GROUP = "On this account"


def acts(user: User, account: Account, names: Names, session: SessionBase, origin: str = "") -> list[Act]:
    """In the order of their use; `origin` is the query string of the list that the account was opened from."""
    page = reverse("worklist:account", args=[account.pk])
    back = f"list={quote(origin, safe='')}" if origin else ""
    printed = Act("Print the account", "print", GROUP, "paper", href=reverse("worklist:print", args=[account.pk]))
    to = _address(reverse("worklist:debtor", args=[account.debtor_id]), f"via={account.pk}", back)
    debtor = Act("Go to the debtor", "user", GROUP, "all accounts numbers address", href=to)
    if user.is_readonly:
        return [debtor, printed]
    return [
        *_told(account, page, back),
        *_paid(account, back),
        *_dealt(account, back),
        *_moves(user, account, page, back, origin),
        *_on(account, session, back, origin),
        *_planned(account, page, back),
        debtor,
        printed,
        *(_assignments(account, names, origin) if user.is_admin and account.is_open else ()),
    ]


def _address(page: str, *queries: str, place: str = "") -> str:
    query = "&".join(filter(None, queries))
    return f"{page}{f'?{query}' if query else ''}{f'#{place}' if place else ''}"


def _told(account: Account, page: str, back: str) -> list[Act]:
    """Contacts and notes: the composer, with its channel chosen."""
    wanted = [("call", "Log a call", "phone", "phoned", "C"), ("email", "Log an e-mail", "mail", "email sent", "")]
    wanted = [*(wanted if account.is_open else ()), ("note", "Add a note", "note", "write", "N")]
    return [
        Act(label, icon, GROUP, words, key=key, href=_address(page, f"log={mode}", back, place="compose"),
            script=("compose", mode))
        for mode, label, icon, words, key in wanted
    ]  # fmt: skip


def _paid(account: Account, back: str) -> list[Act]:
    if not account.is_open or account.current_balance <= 0:
        return []
    to = _address(reverse("worklist:payment_new", args=[account.pk]), back)
    words = "pay charge card cash check record"
    return [Act("Take a payment", "card", GROUP, words, key="P", href=to, script=("pay", ""))]


def _dealt(account: Account, back: str) -> list[Act]:
    """A plan and a settlement, where one may be agreed; the forms say why when it may not be now."""
    if account.status not in WORKING or account.current_balance <= 0:
        return []
    deals = [
        ("Agree a plan…", "clock", "plan instalments schedule", "worklist:plan_new"),
        ("Offer a settlement…", "check", "settle for less waive offer", "worklist:offer_new"),
    ]
    return [
        Act(label, icon, GROUP, words, href=_address(reverse(name, args=[account.pk]), back))
        for label, icon, words, name in deals
    ]


def _moves(user: User, account: Account, page: str, back: str, origin: str) -> list[Act]:
    """The status menu: a move that must be told something leads to its form."""
    found = []
    for move in moves.possible(account, user):
        verbs = f"status move change {move.name.replace('_', ' ')}"
        if move.name == "agree_plan":
            continue  # a deal of its own
        if move.name in FORMS:
            to = _address(page, f"move={move.name}", back, place="move")
            found.append(Act(f"{move.label}…", "swap", GROUP, verbs, href=to))
        else:
            fields = (("move", move.name), ("expected", account.status), ("list", origin))
            post = reverse("worklist:status", args=[account.pk])
            found.append(Act(move.label, "swap", GROUP, verbs, post=post, fields=fields))
    return found


def _planned(account: Account, page: str, back: str) -> list[Act]:
    if not account.is_open:
        return []
    words, to = "plan next action call back later", _address(page, back, place="next")
    return [Act("Schedule a follow-up", "clock", GROUP, words, href=to, script=("unfold", "next"))]


def _on(account: Account, session: SessionBase, back: str, origin: str) -> list[Act]:
    """On to the next account of the queue, and back to the one before."""
    fields = (("after", str(account.pk)), ("list", origin))
    found = [Act("Next account", "right", GROUP, "work", key="J", post=reverse("worklist:next"), fields=fields)]
    if before := trail.previous(session, account.pk):
        to = _address(reverse("worklist:account", args=[before]), back)
        found.append(Act("Previous account", "left", GROUP, "back", key="K", href=to))
    return found


def _assignments(account: Account, names: Names, origin: str) -> list[Act]:
    """To each collector who can be given accounts: found by the verb, never by a name alone."""
    now = str(account.assigned_to_id or "")
    post = reverse("worklist:assignment", args=[account.pk])
    desks = [(str(pk), name) for pk, name in names.collectors.items() if pk in names.active and str(pk) != now]
    return [
        Act(
            "Assign to", "user", GROUP, "reassign give", about=name, post=post, is_useful=False,
            fields=(("collector", pk), ("expected", now), ("list", origin)),
        )
        for pk, name in desks
    ]  # fmt: skip
