"""Names with typos and accents, references, phones, e-mails: found by admins and on a collector's own desk."""

from collections.abc import Callable

import pytest
from django.test import Client

from core.models import Agency, ContactPoint, User
from tests.cast import bring_to, make_account, make_debtor
from tests.worklist.pages import refs, text, worklist


@pytest.fixture(params=["dana", "sarah"])
def client_of(
    request: pytest.FixtureRequest, as_user: Callable[[User], Client], inside: Agency, dana: User, sarah: User
) -> Client:
    """An admin, who searches by index, and a collector, who searches her own desk."""
    debtor = make_debtor(full_name="Zoë Okafor-Núñez")
    ContactPoint.objects.create(debtor=debtor, kind="phone", value="+12145550143")
    ContactPoint.objects.create(debtor=debtor, kind="email", value="zoe@example.com")
    for ref, whose in (("NGH-100", debtor), ("NGH-200", make_debtor(full_name="Walter Brandt"))):
        bring_to(make_account(external_ref=ref, debtor=whose), "assigned", admin=dana, to=sarah)
    return as_user({"dana": dana, "sarah": sarah}[request.param])


@pytest.mark.parametrize(
    "words",
    [
        # names: case, accents, typos, order, beginnings
        "okafor", "OKAFOR", "okafro", "okafr", "Zoe Okafor", "Zoë", "zoe okafro", "Okafor, Zoe", "nunez", "Núñez",
        "NÚÑEZ", "okafor-nunez", "Okafor Núñez", "  okafor  ",
        # references, in any case, begun
        "NGH-100", "NGH-10", "ngh-10", "Ngh-100", " NGH-100 ",
        # phones, in any spelling, begun
        "(214) 555-0143", "214-555-0143", "214.555.0143", "214 555 0143", "2145550143", "1-214-555-0143",
        "12145550143", "+12145550143", "+1 (214) 555-0143", "214/555-0143", "(214) 555-0143 x12",
        "214-555-0143 ext. 7", "214 555", "(214) 555-01",
        # e-mail addresses, in any case, begun
        "zoe@example.com", "ZOE@example.com", "zoe@", "zoe@exam",
    ],
)  # fmt: skip
def test_one_finds_whom_one_means(client_of: Client, words: str) -> None:
    response = client_of.get("/worklist/", {"q": words})
    assert refs(response) == ["NGH-100"]


@pytest.mark.parametrize(
    "words",
    [
        "%",
        "_",
        "\\",
        "'; DROP TABLE core_account; --",
        "xyzzy",
        "((",
        "0",
        "!&|",
        "@",
        "+",
        "+1",
        "x12",
        "214",
        "555-0143",
        "0143",
        "example.com",
        "GH-100",
        "9145550143",
        "() . /-",
    ],
)
def test_odd_words_find_nothing_and_break_nothing(client_of: Client, words: str) -> None:
    response = client_of.get("/worklist/", {"q": words})
    assert response.status_code == 200
    assert refs(response) == []


def test_the_finder_finds_closed_accounts_too(client_of: Client, dana: User, sarah: User) -> None:
    debtor = make_debtor(full_name="Gregor Samsa")
    bring_to(make_account(external_ref="OLD-1", debtor=debtor), "closed", admin=dana, to=sarah)
    assert "OLD-1" in text(client_of.get("/worklist/find/?q=samsa"))
    assert "OLD-1" not in refs(worklist(client_of, "q=samsa"))
    assert refs(worklist(client_of, "q=samsa&status=any")) == ["OLD-1"]


def test_a_collector_finds_nobody_on_another_desk(
    as_user: Callable[[User], Client], inside: Agency, dana: User, sarah: User, james: User
) -> None:
    bring_to(make_account(debtor=make_debtor(full_name="Walter Brandt")), "assigned", admin=dana, to=james)
    assert refs(worklist(as_user(sarah), "q=brandt")) == []
    assert "No account matches" in text(as_user(sarah).get("/worklist/find/?q=brandt"))


def test_a_stranger_finds_nothing(strangers_browser: Client, inside: Agency) -> None:
    make_account(debtor=make_debtor(full_name="Walter Brandt"))
    assert refs(worklist(strangers_browser, "q=brandt")) == []
    assert "No account matches" in text(strangers_browser.get("/worklist/find/?q=brandt"))
