"""Where does a page begin? A signed place in one order, so that a URL cannot ask the database for anything else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing

SALT = "worklist.cursor"


class BadCursor(ValueError):
    """The place is not one of ours: changed, cut off, or of another order."""


@dataclass(frozen=True)
class Cursor:
    """The row beside which the page begins.

    `start` is the number of the page's first row; `now` the moment of the first page, so that what was due then stays
    in its segment while somebody turns pages.
    """

    order: str
    segment: int
    keys: tuple[Any, ...]
    start: int
    now: datetime
    backward: bool = False

    def sign(self) -> str:
        """The place as it stands in the URL."""
        keys = [_plain(key) for key in self.keys]
        place = [self.order, self.segment, keys, self.start, self.now.isoformat(), int(self.backward)]
        return signing.dumps(place, salt=SALT)


def read(text: str, order: str) -> Cursor:
    """The place that a URL names. Raises BadCursor when it is forged, broken or belongs to another order."""
    try:
        name, segment, keys, start, now, backward = signing.loads(text, salt=SALT)
        cursor = Cursor(name, segment, tuple(map(_rich, keys)), start, datetime.fromisoformat(now), bool(backward))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BadCursor from error
    if name != order:
        raise BadCursor
    return cursor


def _plain(key: Any) -> Any:
    if isinstance(key, datetime):
        return ["t", key.isoformat()]
    return ["u", str(key)] if isinstance(key, UUID) else key


def _rich(key: Any) -> Any:
    if not isinstance(key, list):
        return key
    kind, text = key
    return datetime.fromisoformat(text) if kind == "t" else UUID(text)
