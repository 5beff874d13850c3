"""What must be true before a web or worker process serves anybody."""

import gc
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from core import crossings, database_role


def refuse_unsafe_start() -> None:
    """Raises ImproperlyConfigured on a too powerful database role, or on demo users in production."""
    database_role.refuse_powerful_role()
    if not settings.DEVELOPMENT and crossings.demo_users_exist():
        raise ImproperlyConfigured(
            "The demo users exist in this database and their passwords are public. Delete them, then start again."
        )


def settle() -> None:
    """Make a process that serves pages spend its time on them.

    What is loaded by now stays: the garbage collector looks at it no more, and less often at what requests leave; a
    page makes some ten thousand objects and nearly all go by themselves. And a thread gives way when it waits for the
    database, not in the midst of a page: threads that take turns every five milliseconds make each page as slow as all
    of them together.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    sys.setswitchinterval(0.05)  # seconds
