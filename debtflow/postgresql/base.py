"""Does a kept connection still stand? Asked at the beginning of every request; an answer without a statement."""

import select
import time

from django.db.backends.postgresql import base

# Longer unused, something between us and the server may have dropped it in silence.
TRUSTED = 30.0  # seconds


class DatabaseWrapper(base.DatabaseWrapper):
    """A server that ends a connection says so, and then there is something to read: only then, or after a while
    without use, a statement is sent to find out."""

    _last_asked = float("-inf")

    def is_usable(self) -> bool:
        """Can the connection be worked with?"""
        now = time.monotonic()
        recent, self._last_asked = now - self._last_asked < TRUSTED, now
        if recent and self.connection is not None and not self.connection.closed and not self._has_news():
            return True
        return super().is_usable()

    def _has_news(self) -> bool:
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return bool(poll.poll(0))
