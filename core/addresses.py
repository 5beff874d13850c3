"""Where is a page? Its address by the name of its URL, worked out once for each name, not once for each link."""

from functools import lru_cache
from uuid import UUID

from django.urls import get_script_prefix, get_urlconf, reverse

NOBODY = str(UUID(int=0))


def address(name: str, pk: UUID | str | None = None) -> str:
    """The path of the page, or of the page about one thing, which its URL names by a UUID and nothing else.

    Raises NoReverseMatch for a name that is not there.
    """
    head, tail = _ends(name, pk is not None, get_urlconf(), get_script_prefix())
    return head if pk is None else f"{head}{pk}{tail}"


@lru_cache(maxsize=512)
def _ends(name: str, about: bool, urlconf: str | None, _prefix: str) -> tuple[str, str]:
    if not about:
        return reverse(name, urlconf), ""
    head, tail = reverse(name, urlconf, args=[NOBODY]).split(NOBODY)
    return head, tail
