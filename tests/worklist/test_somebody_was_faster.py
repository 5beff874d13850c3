"""Two people change the same thing: the second is told who did what, sees it as it is, and keeps what was typed.

One row of the table for each act that changes an account or something shared. An act that only adds (a note, a renewed
lease) conflicts with nothing: it goes through.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from core import assignment, contacts, desks, meanwhile, moves, priorities, promises, timeline
from core.models import Account, Agency, Promise, User
from tests.cast import bring_to, make_account, today
from tests.worklist.pages import HTMX, text
from worklist.models import SavedView


@dataclass
class World:
    """An account that Sarah and Dana have open, with a promise, and a shared view."""

    account: Account
    promise: Promise
    view: SavedView
    dana: User
    sarah: User
    james: User
    otto: User

    @property
    def page(self) -> str:
        return f"/accounts/{self.account.pk}/"


@pytest.fixture
def world(inside: Agency, dana: User, sarah: User, james: User) -> World:
    from tests.cast import make_user

    account = bring_to(make_account(), "in_contact", admin=dana, to=sarah)
    terms = promises.Terms(Decimal(100), today() + timedelta(days=7), "card")
    promise = promises.make(Account.objects.locked().get(pk=account.pk), terms, by=sarah)
    view = SavedView.objects.create(owner=dana, name="Large", query="min=900", is_shared=True)
    otto = make_user(inside, "otto.second", "agency_admin")
    return World(account, promise, view, dana, sarah, james, otto)


def in_days(days: int) -> str:
    return (timezone.now() + timedelta(days=days)).date().isoformat()


def rename(world: World) -> None:
    browser = Client()
    browser.force_login(world.otto)
    browser.post(f"/worklist/views/{world.view.pk}/", {"name": "Larger", "shared": "on"})


@dataclass
class Act:
    """What somebody sends, what another does before, and what the first is told."""

    name: str
    path: Callable[[World], str]
    sent: Callable[[World], dict[str, Any]]
    before: Callable[[World], object]
    told: str
    by: str = "sarah"
    # What was typed and must still be there.
    kept: str = ""
    has_region: bool = True


def seen_plan(world: World) -> str:
    return meanwhile.plan_version(Account.objects.get(pk=world.account.pk))


def negotiate(world: World) -> object:
    return moves.move(world.account.pk, "negotiate", by=world.dana)


def promise_anew(world: World) -> object:
    terms = promises.Terms(Decimal(50), today() + timedelta(days=3), "check")
    return promises.make(Account.objects.locked().get(pk=world.account.pk), terms, by=world.dana)


def hand_over(world: World) -> object:
    return assignment.assign([world.account.pk], to=world.james.collector, by=world.dana)


CONFLICTS = [
    Act(
        "a move", lambda w: f"{w.page}status/", lambda w: {"move": "negotiate", "expected": "in_contact"},
        negotiate, "Dana Whitlock changed the status to Negotiating a minute ago.",
    ),
    Act(
        "a move with words", lambda w: f"{w.page}status/",
        lambda w: {"move": "dispute", "expected": "in_contact", "reason": "Never was a patient"},
        negotiate, "Dana Whitlock changed the status to Negotiating a minute ago.", kept="Never was a patient",
    ),
    Act(
        "a move that is not possible any more", lambda w: f"{w.page}status/",
        lambda w: {"move": "dispute", "expected": "in_contact", "reason": "Never was a patient"},
        lambda w: moves.move(w.account.pk, "dispute", by=w.dana, reason="Not mine"),
        "Dana Whitlock changed the status to Disputed a minute ago.", kept="Never was a patient",
    ),
    Act(
        "a contact", lambda w: f"{w.page}contacts/",
        lambda w: {"channel": "letter", "direction": "in", "outcome": str(letter(w)), "body": "He wrote back.",
                   "expected": "in_contact"},
        negotiate, "Dana Whitlock changed the status to Negotiating a minute ago.", kept="He wrote back.",
    ),
    Act(
        "a contact beside another promise", lambda w: f"{w.page}contacts/",
        lambda w: {"channel": "letter", "direction": "in", "outcome": str(letter(w)), "body": "He wrote back.",
                   "expected": "in_contact", "promised": str(w.promise.pk)},
        promise_anew, "Dana Whitlock recorded a promise a minute ago.", kept="He wrote back.",
    ),
    Act(
        "a follow-up", lambda w: f"{w.page}follow-ups/",
        lambda w: {"follow-next_action": "Ask the employer", "follow-next_day": in_days(3), "expected": seen_plan(w)},
        lambda w: contacts.schedule(w.account.pk, "Call the bank", timezone.now() + timedelta(days=2), by=w.dana),
        "Dana Whitlock planned “Call the bank” a minute ago.", kept="Ask the employer",
    ),
    Act(
        "a withdrawn promise", lambda w: f"{w.page}promise-withdrawals/", lambda w: {"promise": str(w.promise.pk)},
        lambda w: promises.withdraw(w.promise.pk, by=w.dana), "Dana Whitlock withdrew the promise a minute ago.",
    ),
    Act(
        "an assignment", lambda w: f"{w.page}assignment/",
        lambda w: {"collector": "nobody", "expected": str(w.sarah.collector.pk)},
        hand_over, "Dana Whitlock assigned the account to James Carter a minute ago.", by="otto",
    ),
    Act(
        "an assignment of many", lambda w: "/worklist/assignments/",
        lambda w: {"ids": [str(w.account.pk)], "collector": str(w.sarah.collector.pk),
                   "seen": timezone.now().isoformat()},
        hand_over, "1 of the chosen accounts was changed by Dana Whitlock a minute ago.", by="otto", kept="checked",
    ),
    Act(
        "a priority of many", lambda w: "/worklist/priorities/",
        lambda w: {"ids": [str(w.account.pk)], "level": "3", "seen": timezone.now().isoformat()},
        lambda w: priorities.prioritise([w.account.pk], 2, by=w.dana),
        "1 of the chosen accounts was changed by Dana Whitlock a minute ago.", by="otto", kept="checked",
    ),
    Act(
        "a view", lambda w: f"/worklist/views/{w.view.pk}/",
        lambda w: {"name": "Largest of all", "shared": "on", "expected": "x"},
        rename, "Otto Second changed this view a minute ago.", by="dana", kept="Largest of all", has_region=False,
    ),
    Act(
        "a deleted view", lambda w: f"/worklist/views/{w.view.pk}/deletion/", lambda w: {"expected": "x"},
        rename, "Otto Second changed this view a minute ago.", by="dana", has_region=False,
    ),
    Act(
        "a desk", lambda w: f"/team/{w.sarah.collector.pk}/terms/",
        lambda w: {"capacity": "77", "rate": "11", "expected": desks.Terms.of(w.sarah.collector).version},
        lambda w: desks.change_terms(w.sarah.collector.pk, desks.Terms.read("50", "10"), by=w.dana),
        "saved this desk a minute ago.", by="otto", kept='value="77"', has_region=False,
    ),
]  # fmt: skip
# Feeds and mappings: tests/imports/test_feed_pages.py, test_mapping_pages.py; plans of many: test_distribution_page.py.


def letter(world: World) -> Any:
    from core.models import Disposition

    found = Disposition.objects.filter(is_active=True, asks_promise=False).order_by("pk")
    return next((one.pk for one in found if "letter" in getattr(one, "channels", ["letter"])), found[0].pk)


@pytest.mark.parametrize("headers", [None, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize("act", CONFLICTS, ids=lambda act: act.name)
def test_the_second_is_told_who_did_what_and_keeps_what_was_typed(
    act: Act, headers: dict[str, str] | None, world: World, as_user: Callable[[User], Client]
) -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=True) as clock:
        sent = act.sent(world)
        clock.shift(1)
        act.before(world)
        clock.shift(80)
        answer = as_user(getattr(world, act.by)).post(act.path(world), sent, headers=headers)
    if headers is None and answer.status_code == 303:  # a list without script says it on the page that comes next
        answer = as_user(getattr(world, act.by)).get(answer.headers["Location"])
        assert "/worklist/" in act.path(world)
        return
    assert answer.status_code == 409, text(answer)
    assert act.told in text(answer)
    assert act.kept in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "path", "sent"),
    [
        ("a note", "notes/", {"body": "He called the office."}),
        ("a renewed lease", "presence/", {}),
        ("the last four digits", "social-security/", {}),
    ],
)
def test_what_only_adds_goes_through(
    name: str, path: str, sent: dict[str, str], world: World, sarahs_browser: Client
) -> None:
    moves.move(world.account.pk, "negotiate", by=world.dana)
    timeline.add_note(world.account, "Another note.", by=world.dana)
    assert sarahs_browser.post(f"{world.page}{path}", sent).status_code in {200, 303}


def test_after_the_look_it_goes_through(world: World, as_user: Callable[[User], Client]) -> None:
    """The answer carries what is seen now: sent again, it is done."""
    import re

    browser = as_user(world.otto)
    seen = timezone.now().isoformat()
    hand_over(world)
    sent = {"ids": [str(world.account.pk)], "collector": str(world.sarah.collector.pk), "seen": seen}
    lost = browser.post("/worklist/assignments/", sent, headers=HTMX)
    fresh = re.search(r'name="seen" value="([^"]+)"', lost.content.decode())
    assert (lost.status_code, fresh is not None) == (409, True)
    assert browser.post("/worklist/assignments/", sent | {"seen": fresh[1]}, headers=HTMX).status_code == 200  # type: ignore[index]


@pytest.mark.parametrize("seen", ["", "soon", "\x00", "2999-01-01T00:00:00+00:00", "2026-01-01T00:00:00"])
def test_a_moment_that_is_none_is_not_compared(seen: str, world: World, as_user: Callable[[User], Client]) -> None:
    hand_over(world)
    sent = {"ids": [str(world.account.pk)], "collector": str(world.sarah.collector.pk), "seen": seen}
    assert as_user(world.otto).post("/worklist/assignments/", sent, headers=HTMX).status_code == 200


def test_ones_own_other_window_is_told_so(world: World, sarahs_browser: Client) -> None:
    moves.move(world.account.pk, "negotiate", by=world.sarah)
    answer = sarahs_browser.post(f"{world.page}status/", {"move": "negotiate", "expected": "in_contact"})
    assert "You changed the status to Negotiating a moment ago, in another window." in text(answer)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=5), "a moment ago"),
        (timedelta(seconds=61), "a minute ago"),
        (timedelta(minutes=5), "5 minutes ago"),
        (timedelta(minutes=61), "an hour ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(hours=25), "a day ago"),
        (timedelta(days=3), "3 days ago"),
    ],
)
def test_when_it_was(passed: timedelta, words: str) -> None:
    assert meanwhile.how_long_ago(timezone.now() - passed) == words
