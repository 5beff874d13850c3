"""A feed is paused, resumed, and looked into at once."""

from django_q.models import OrmQ

from core.models import AuditLog, User
from imports.models import SFTPFeed
from tests.imports.feeds.typing_in import Browser, url


def test_a_feed_is_paused_and_resumed(feed: SFTPFeed, dana: User, as_user: Browser) -> None:
    browser = as_user(dana)
    for _ in range(2):
        page = browser.post(url(feed, "pause/"), follow=True).content.decode()
        assert "No file is fetched until it is resumed" in page
        assert "Resume" in page
    feed.refresh_from_db()
    assert not feed.is_active
    assert AuditLog.objects.filter(object_pk=str(feed.pk), changes__has_key="is_active", action=1).count() == 1
    refused = browser.post(url(feed, "runs/"), follow=True).content.decode()
    assert "Northgate is paused. Resume it first." in refused
    assert not OrmQ.objects.exists()
    browser.post(url(feed, "resumption/"))
    feed.refresh_from_db()
    assert feed.is_active


def test_import_now_looks_into_this_feed_alone(feed: SFTPFeed, dana: User, as_user: Browser) -> None:
    SFTPFeed.objects.create(name="Other", host="h", username="u", host_key="k")
    page = as_user(dana).post(url(feed, "runs/"), follow=True)
    assert b"Looking into Northgate." in page.content
    [task] = OrmQ.objects.all()
    assert str(feed.pk) in str(task.task)
