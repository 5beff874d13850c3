"""Which process ends when another does? The kernel keeps the promise, even when the parent is killed (Linux only).

The signal comes when the *thread* that started the child ends, so start such children from the main thread.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def dies_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """A `preexec_fn` for a child that shall get that signal when we end."""
    if sys.platform != "linux":
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # it ended in between
            os._exit(1)

    return ask


def die_with_parent(number: signal.Signals) -> None:
    """Have that signal sent to ourselves when the process that started us ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() == 1:
            raise SystemExit("The process that started us has ended.")
