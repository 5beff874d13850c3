"""An admin makes and changes a feed: each field is judged in a sentence, and nobody overwrites unseen."""

import re

import pytest

from core import tenancy
from core.models import Agency, User
from imports.models import SFTPFeed
from tests.imports.feeds.typing_in import NEW, Browser, edited, errors_of, typed, url


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "Enter a name"),
        ("name", "NORTHGATE", "has a feed of this name already"),
        ("host", "", "Enter the server's host"),
        ("host", "sftp://example.com", "without sftp://"),
        ("host", "a b", "This is no host"),
        ("host", "example.com:22", "in its own field"),
        ("host", "-x.com", "This is no host"),
        ("port", "0", "between 1 and 65535"),
        ("port", "65536", "between 1 and 65535"),
        ("port", "ssh", "as a number"),
        ("username", "", "Enter the user"),
        ("remote_dir", "", "Enter the folder"),
        ("remote_dir", "in\ncoming", "line breaks"),
        ("remote_dir", "in\x00coming", "Null characters"),
        ("processed_dir", "./incoming/", "another folder"),
        ("outgoing_dir", "/incoming", "another folder"),
        ("pattern", "sub/*.csv", "no slash"),
        ("pattern", "", "such as *.csv"),
        ("format", "pdf", "Select a valid choice"),
        ("creditor", "nonsense", "Select a valid choice"),
        ("password", "", "Enter a password or a private key"),
        ("is_active", "on", "accept the server's key first"),
    ],
)
def test_each_field_is_judged_in_a_sentence(
    field: str, value: str, says: str, feed: SFTPFeed, dana: User, as_user: Browser
) -> None:
    answer = as_user(dana).post(NEW, typed(name="Southgate", password="x") | {field: value})
    errors = errors_of(answer)
    assert says in errors[field][0]
    assert list(errors) == [field]
    assert "Error:" in answer.content.decode()
    assert SFTPFeed.objects.count() == 1


@pytest.mark.parametrize("host", ["SFTP.Example.COM.", "10.1.2.3", "2001:db8::1", "server_1"])
def test_names_and_addresses_are_hosts(host: str, inside: Agency, dana: User, as_user: Browser) -> None:
    assert as_user(dana).post(NEW, typed(host=host, password="x")).status_code == 302
    assert SFTPFeed.objects.get().host == host.lower().rstrip(".")


def test_a_name_taken_at_the_same_moment_is_the_field_s_error(
    feed: SFTPFeed, dana: User, as_user: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from imports.pages.feed_forms import FeedForm

    # The look at the names came before the other admin's commit; the database has the last word.
    monkeypatch.setattr(FeedForm, "clean_name", lambda self: self.cleaned_data["name"])
    errors = errors_of(as_user(dana).post(NEW, typed(name="northgate", password="x")))
    assert errors == {"name": ["The agency has a feed of this name already."]}
    assert SFTPFeed.objects.count() == 1


def test_the_other_agency_may_use_the_same_name(feed: SFTPFeed, stranger: User, as_user: Browser) -> None:
    with tenancy.acting_for(None):
        assert as_user(stranger).post(NEW, typed(password="x")).status_code == 302


def test_the_second_of_two_admins_is_told_and_may_save_again(feed: SFTPFeed, dana: User, as_user: Browser) -> None:
    browser = as_user(dana)
    mine = edited(feed, username="mine", pattern="*.txt")
    browser.post(url(feed), edited(feed, username="theirs"))
    answer = browser.post(url(feed), mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "You saved this feed a moment ago, in another window." in page
    assert "theirs" in page
    feed.refresh_from_db()
    assert feed.username == "theirs"
    version = re.search(r'name="version" value="([^"]+)"', page)
    assert version
    assert browser.post(url(feed), mine | {"version": version.group(1).replace("&#x27;", "'")}).status_code == 302
    feed.refresh_from_db()
    assert (feed.username, feed.pattern) == ("mine", "*.txt")
