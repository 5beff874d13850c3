"""The demo's feed: the local SFTP server, polled like any creditor's."""

from core import tenancy
from core.models import Agency
from debtflow.demo import local_sftp
from imports.models import SFTPFeed

NAME = "Local SFTP server"


def open_feed() -> SFTPFeed:
    """The feed of the current agency that looks into the folder which `make run` prints."""
    server = local_sftp.account(local_sftp.PLACEMENTS)
    return SFTPFeed.objects.create(
        name=NAME,
        host=server.host,
        port=server.port,
        username=server.username,
        password=server.password,
        host_key=server.host_key,
        remote_dir="/incoming",
        processed_dir="/processed",
        failed_dir="/failed",
    )


def point_at_local_server() -> None:
    """On each start: the server's port may have been taken meanwhile, its key and password made anew."""
    from debtflow.demo.seed import HARBORLINE

    agency = Agency.objects.filter(name=HARBORLINE).first()
    if agency is None:
        return
    server = local_sftp.account(local_sftp.PLACEMENTS)
    with tenancy.acting_for(agency):
        feed = SFTPFeed.objects.filter(name=NAME).first()
        if feed is None or feed.host != local_sftp.HOST:
            return
        now = (server.port, server.username, server.password, server.host_key)
        if (feed.port, feed.username, feed.password, feed.host_key) != now:
            feed.port, feed.username, feed.password, feed.host_key = now
            feed.save(update_fields=["port", "username", "password", "host_key", "updated_at"])
