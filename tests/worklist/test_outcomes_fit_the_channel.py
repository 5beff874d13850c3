"""The composer offers the outcomes of each channel, and what does not fit the channel chosen is told at its field."""

import re
from html import unescape

import pytest
from django.test import Client

from core.models import Account, Agency, ContactAttempt, Disposition, User
from tests.cast import bring_to, make_account
from tests.worklist.pages import HTMX, text


@pytest.fixture
def account(inside: Agency, dana: User, sarah: User) -> Account:
    return bring_to(make_account(), "assigned", admin=dana, to=sarah)


def offered(page: str, channel: str, direction: str) -> list[str]:
    """The labels in the channel's group that a contact of this direction may end with."""
    group = re.search(rf'<optgroup label="[^"]*" data-channel="{channel}">(.*?)</optgroup>', page, re.DOTALL)
    assert group is not None, channel
    options = re.findall(r"<option ([^>]*)>([^<]*)</option>", group[1])
    return [unescape(label) for attributes, label in options if f"data-{direction}" in attributes]


TALK = ["Promised to pay", "Refused to pay", "Cannot pay now", "Disputes the debt"]


@pytest.mark.parametrize(
    ("channel", "direction", "labels"),
    [
        ("call", "out", ["Spoke, will call back", *TALK, "Left a voicemail", "No answer", "Busy",
                         "Reached somebody else", "Wrong number", "Not in service", "Asked not to be contacted here"]),
        ("call", "in", ["Spoke, will call back", *TALK, "Reached somebody else", "Wrong number",
                        "Asked not to be contacted here"]),
        ("email", "out", [*TALK, "Asked not to be contacted here", "Sent", "Bounced"]),
        ("email", "in", [*TALK, "Answered", "Asked not to be contacted here"]),
        ("letter", "out", [*TALK, "Sent", "Returned to sender"]),
        ("letter", "in", [*TALK, "Answered"]),
        ("in_person", "out", ["Spoke, will call back", *TALK, "Reached somebody else", "Nobody there"]),
        ("in_person", "in", ["Spoke, will call back", *TALK, "Reached somebody else"]),
    ],
)  # fmt: skip
def test_each_channel_and_direction_offers_its_own(
    channel: str, direction: str, labels: list[str], sarahs_browser: Client, account: Account
) -> None:
    page = sarahs_browser.get(f"/accounts/{account.pk}/").content.decode()
    assert sorted(offered(page, channel, direction)) == sorted(labels)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_an_outcome_of_another_channel_is_refused_at_its_field(
    headers: dict[str, str], sarahs_browser: Client, account: Account
) -> None:
    chosen = Disposition.objects.get(code="voicemail")
    facts = {"channel": "email", "direction": "out", "outcome": str(chosen.pk), "body": "Mailbox full."}
    page = sarahs_browser.post(f"/accounts/{account.pk}/contacts/", facts, headers=headers or None)
    html = page.content.decode()
    assert page.status_code == 422
    assert "An outgoing e-mail does not end with “Left a voicemail”. Choose an outcome that fits." in text(page)
    assert re.search(r'<select name="outcome"[^>]*aria-invalid="true"', html)
    assert re.search(rf'<option value="{chosen.pk}"[^>]* selected>Left a voicemail</option>', html)
    assert "Mailbox full." in html
    assert not ContactAttempt.objects.exists()


def test_what_was_chosen_is_chosen_once_in_the_group_of_its_channel(sarahs_browser: Client, account: Account) -> None:
    chosen = Disposition.objects.get(code="refused")
    facts = {"channel": "letter", "direction": "", "outcome": str(chosen.pk)}
    html = sarahs_browser.post(f"/accounts/{account.pk}/contacts/", facts).content.decode()
    assert html.count(f'value="{chosen.pk}"') == 4
    assert len(re.findall(rf'value="{chosen.pk}"[^>]* selected', html)) == 1
    assert re.search(rf'data-channel="letter">[^/]*(?:</option>[^/]*)*?value="{chosen.pk}"[^>]* selected', html)


def test_a_channel_without_outcomes_is_not_offered(sarahs_browser: Client, account: Account) -> None:
    Disposition.objects.exclude(code__in=["sent", "returned"]).update(is_active=False)
    html = sarahs_browser.get(f"/accounts/{account.pk}/?log=call").content.decode()
    assert re.findall(r'name="channel" value="(\w+)"', html) == ["email", "letter", "note"]
    assert 'value="email" checked' in html
    Disposition.objects.update(is_active=False)
    html = sarahs_browser.get(f"/accounts/{account.pk}/").content.decode()
    assert re.findall(r'name="channel" value="(\w+)"', html) == ["note"]
