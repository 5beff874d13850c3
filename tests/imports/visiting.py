"""What the tests of polls share: poll, work off the queue, and look at what is there."""

from core import tenancy
from core.models import Account
from imports.fetching import polling
from imports.models import SFTPFeed, SFTPImportJob
from tests.imports.conftest import row, work_off

ROWS = [row(n) for n in range(3)]


def poll(feed: SFTPFeed) -> str:
    """Poll and work off the queue; gives the feed's trouble."""
    polling.poll_feed(feed.pk)
    work_off()
    with tenancy.transaction():
        feed.refresh_from_db()
    return feed.last_error


def change(feed: SFTPFeed, **facts: object) -> None:
    """Another admin edits the feed."""
    with tenancy.transaction():
        SFTPFeed.objects.filter(pk=feed.pk).update(**facts)


def the_jobs() -> list[SFTPImportJob]:
    """All of the agency's, the oldest first."""
    with tenancy.transaction():
        return list(SFTPImportJob.objects.order_by("created_at"))


def accounts() -> int:
    """Accounts of the agency."""
    with tenancy.transaction():
        return Account.objects.count()
