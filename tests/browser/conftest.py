"""A real Chromium against the real server; an error in the console or a breach of the content policy fails the test."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from core import assignment, tenancy
from core.models import Account, Agency, User
from tests.cast import bring_to, make_account, make_creditor, make_debtor

# A refused form is answered with 422, a lost race with 409, a declined card by Stripe with 402, on purpose; Chromium
# logs them as errors.
BY_DESIGN = ("status of 422", "status of 409", "status of 402")


@dataclass
class Stage:
    """The agency of the story with its people and a desk full of accounts."""

    url: str
    agency: Agency
    dana: User
    sarah: User
    james: User
    auditor: User
    accounts: dict[str, Account] = field(default_factory=dict)

    def within[T](self, ask: Callable[[], T]) -> T:
        """Ask the database as the agency."""
        with tenancy.acting_for(self.agency):
            return ask()

    def account(self, who: str) -> str:
        return f"{self.url}/accounts/{self.accounts[who].pk}/"


@pytest.fixture
def stage(live_server: LiveServer, harborline: Agency, dana: User, sarah: User, james: User, auditor: User) -> Stage:
    set_up = Stage(live_server.url, harborline, dana, sarah, james, auditor)
    desks = [
        ("Amelia Norwood", "assigned", sarah),
        ("Bertrand Óslo", "in_contact", sarah),
        ("Celia Hartman", "negotiating", sarah),
        ("Dmitri Falk", "disputed", sarah),
        ("Edna Quill", "assigned", james),
        ("Farid Noor", "new", james),
        ("Greta Lund", "new", james),
    ]
    with tenancy.acting_for(harborline):
        for name, status, collector in desks:
            account = make_account(debtor=make_debtor(full_name=name), creditor=make_creditor("Northgate Hospital"))
            set_up.accounts[name.split()[0]] = bring_to(account, status, admin=dana, to=collector)
        assert assignment.load(sarah.collector) == 4
    return set_up


@dataclass
class Watched:
    """Opens pages that are watched for errors."""

    browser: Browser
    url: str
    heard: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, user: User | None = None, **options: Any) -> Page:
        """A window of its own, with that user signed in."""
        context = self.browser.new_context(base_url=self.url, locale="en-US", reduced_motion="reduce", **options)
        if user is not None:
            context.add_cookies([{"name": "sessionid", "value": session_of(user), "url": self.url}])
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.heard.append(f"script: {error}"))
        return page

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(words in message.text for words in BY_DESIGN):
            self.heard.append(f"{message.text} ({message.location.get('url', '')})")


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


@pytest.fixture
def windows(stage: Stage, chromium: Browser) -> Iterator[Watched]:
    """Depends on the stage, so that its windows are closed before the tables are emptied."""
    watched = Watched(chromium, stage.url)
    yield watched
    for context in watched.contexts:
        context.close()
    assert watched.heard == [], "the console must stay silent"
