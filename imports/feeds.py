"""How is a feed's mapping kept? Each change is a version of its own, and jobs point to the one they were read by."""

from django.db.models import Max

from core import tenancy
from core.models import User
from imports import mapping
from imports.mapping import Spec
from imports.models import Mapping, SFTPFeed


def keep_mapping(feed: SFTPFeed, spec: Spec, by: User | None) -> Mapping | None:
    """Put the mapping in force for the feed's next files; a new version only when it says something else.

    Gives the version in force, None when there is none and the mapping is empty.
    """
    with tenancy.transaction():
        feed = SFTPFeed.objects.locked().select_related("mapping").get(pk=feed.pk)
        if spec == (feed.mapping.spec if feed.mapping else mapping.NOTHING):
            return feed.mapping
        latest = Mapping.objects.filter(feed=feed).aggregate(latest=Max("version"))["latest"] or 0
        made = Mapping.objects.create(feed=feed, version=latest + 1, content=mapping.as_json(spec), made_by=by)
        feed.mapping = made
        feed.save(update_fields=["mapping", "updated_at"])
        return made


def keep_format(feed: SFTPFeed, format: str) -> None:  # noqa: A002  (the trade's word)
    """The feed's next files are of that kind."""
    with tenancy.transaction():
        feed = SFTPFeed.objects.locked().get(pk=feed.pk)
        if feed.format != format:
            feed.format = format
            feed.save(update_fields=["format", "updated_at"])


def mapping_of_one_file(spec: Spec, by: User | None) -> Mapping | None:
    """A mapping for a file that came by no feed; None when it says nothing."""
    if spec == mapping.NOTHING:
        return None
    return Mapping.objects.create(content=mapping.as_json(spec), made_by=by)
