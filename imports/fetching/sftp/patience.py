"""How long do we wait for a server? For each answer, and for a visit as a whole.

Time-outs of a socket begin anew with each byte, so a server that trickles would hold us for ever. A watch closes the
session instead: whatever waits for it wakes up with an error.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LOOKS_A_SECOND = 4


class Watch:
    """Calls `close` when an answer or the whole takes too long, and says in `verdict` which it was."""

    def __init__(self, host: str, close: Callable[[], None], seconds: float) -> None:
        self.verdict = ""
        self._host = host
        self._close = close
        self._seconds = seconds
        self._end = time.monotonic() + seconds
        self._answer_by: float | None = None
        self._over = threading.Event()
        threading.Thread(target=self._run, name=f"watch {host}", daemon=True).start()

    @contextmanager
    def answering(self, seconds: float) -> Iterator[None]:
        """The server has that many seconds for what is asked within the block; our own work outside is free."""
        self._answer_by = time.monotonic() + seconds
        try:
            yield
        finally:
            self._answer_by = None

    def stop(self) -> None:
        """The session is over; nothing is closed any more."""
        self._over.set()

    def _run(self) -> None:
        while not self._over.wait(1 / LOOKS_A_SECOND):
            now, answer_by = time.monotonic(), self._answer_by
            if now > self._end:
                self.verdict = f"{self._host} is too slow: the visit was ended after {self._seconds:,.0f} seconds."
            elif answer_by is not None and now > answer_by:
                self.verdict = f"{self._host} did not answer in time."
            if self.verdict:
                self._close()
                return
