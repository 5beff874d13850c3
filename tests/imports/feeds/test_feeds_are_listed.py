"""The list of feeds shows how each is doing, to those who may see it."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import tenancy
from core.models import Agency, User
from imports.models import SFTPFeed
from tests.imports.conftest import csv_of, make_job, row
from tests.imports.feeds.typing_in import NEW, Browser, url


def test_the_empty_list_says_what_a_feed_is(inside: Agency, dana: User, auditor: User, as_user: Browser) -> None:
    page = as_user(dana).get("/imports/feeds/").content.decode()
    assert "A feed is a folder on a creditor" in page
    assert "Add a feed" in page
    assert "Add a feed" not in as_user(auditor).get("/imports/feeds/").content.decode()


def test_the_list_shows_trouble_and_the_last_file(feed: SFTPFeed, dana: User, as_user: Browser) -> None:
    make_job(csv_of([row(1)]), "early.csv", feed=feed)
    late = make_job(csv_of([row(1)]), "late.csv", feed=feed)
    now = timezone.now()
    SFTPFeed.objects.update(last_error="It did not answer in time.", failures=3, last_polled_at=now, retry_at=now)
    browser = as_user(dana)
    assert b"The next try is due." in browser.get("/imports/feeds/").content
    SFTPFeed.objects.update(retry_at=now + timedelta(minutes=1, seconds=30))
    page = browser.get("/imports/feeds/").content.decode().replace("\xa0", " ")
    for shown in ("It did not answer in time.", "3 failed looks in a row", "Next try a minute from now", "Failing"):
        assert shown in page
    assert f"/imports/{late.pk}/" in page
    assert "late.csv" in page
    assert "early.csv" not in page


def test_the_list_asks_a_constant_number_of_queries(
    feed: SFTPFeed, dana: User, as_user: Browser, django_assert_num_queries: Any
) -> None:
    browser = as_user(dana)
    make_job(b"x", "0.csv", feed=feed)
    browser.get("/imports/feeds/")
    with CaptureQueriesContext(connection) as with_one:
        browser.get("/imports/feeds/")
    for number in range(20):
        more = SFTPFeed.objects.create(name=f"F{number}", host="h", username="u", host_key="k")
        make_job(b"x", f"{number}.csv", feed=more)
    with django_assert_num_queries(len(with_one)):
        page = browser.get("/imports/feeds/")
    assert b"19.csv" in page.content


def test_who_may_do_what(
    feed: SFTPFeed, dana: User, sarah: User, auditor: User, stranger: User, as_user: Browser
) -> None:
    acts = [url(feed), url(feed, "pause/"), url(feed, "resumption/"), url(feed, "runs/")]
    with tenancy.acting_for(None):  # as nobody: each browser brings its own agency
        assert [as_user(sarah).get(page).status_code for page in ("/imports/feeds/", NEW, url(feed))] == [404] * 3
        assert [as_user(sarah).post(act).status_code for act in [NEW, *acts]] == [404] * 5
        assert [as_user(auditor).post(act).status_code for act in [NEW, *acts]] == [403] * 5
        assert [as_user(stranger).post(act).status_code for act in acts] == [404] * 4
        assert as_user(stranger).get(url(feed)).status_code == 404
        assert b"Northgate" not in as_user(stranger).get("/imports/feeds/").content
        reader = as_user(auditor)
        shown = reader.get(url(feed)).content.decode()
        assert "sftp.example.com" in shown
        for page in (shown, reader.get("/imports/feeds/").content.decode()):
            assert "<button" not in page.split("<main")[1].split("</main")[0]
        assert reader.get(NEW).status_code == 302
    feed.refresh_from_db()
    assert feed.is_active
