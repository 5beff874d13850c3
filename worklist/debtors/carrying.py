"""What do the account's page and the debtor's have in common? The way that led there, and the pinned notes."""

from datetime import date
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from worklist.debtors import pins
from worklist.origin import OnWay


class Carrying(OnWay):
    """A page that knows its request, its zone and its day; `region` is the id of what replaces itself."""

    zone: ZoneInfo
    today: Any
    region: ClassVar[str]
    # What was just done to a pinned note, told where the focus is.
    pinning: str

    @property
    def may_change(self) -> bool:
        return not self.request.user.is_readonly

    @cached_property
    def pins(self) -> list[pins.Pin]:
        """The debtor's pinned notes."""
        today: date = self.today
        return pins.read(self.stored_pins, self.zone, today)

    @cached_property
    def pinned(self) -> set[UUID]:
        """Which notes those are."""
        return {pin.note for pin in self.pins}

    @property
    def stored_pins(self) -> list[dict[str, Any]]:
        """As the page's first statement has read them."""
        raise NotImplementedError
