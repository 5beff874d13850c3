"""The worker process: runs jobs, and wakes the recurring ones.

Django-Q's own guard looks for due schedules every 30 seconds; our clock looks every second, so that what is due
starts when it is due. Any number of workers may run: the scheduler locks the rows it takes.
"""

import signal
import threading
import time
from typing import Any

import structlog
from django.core.cache import cache
from django.core.management.base import BaseCommand
from django.db import connections
from django.utils import timezone

from debtflow import boot
from debtflow.health import WORKER_HEARTBEAT

HEARTBEAT_SECONDS = 10
TICK_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Clock(threading.Thread):
    """Calls the queue's scheduler every second, and tells `/ready/` that a worker lives."""

    def __init__(self) -> None:
        super().__init__(name="clock", daemon=True)
        self._stop_event = threading.Event()
        self._next_heartbeat = 0.0

    def stop(self) -> None:
        self._stop_event.set()
        self.join(5)

    def run(self) -> None:
        from django_q.brokers import get_broker
        from django_q.scheduler import scheduler

        broker = get_broker()
        while not self._stop_event.wait(TICK_SECONDS):
            if self._is_something_due():
                scheduler(broker)  # logs what fails, and goes on
            if time.monotonic() >= self._next_heartbeat:
                self._beat()
        connections.close_all()

    def _is_something_due(self) -> bool:
        """One short question a second; the scheduler itself asks three."""
        from django_q.models import Schedule

        try:
            return Schedule.objects.filter(next_run__lt=timezone.now()).exclude(repeats=0).exists()
        except Exception:  # as in `_beat`
            log.warning("clock_failed", exc_info=True)
            connections.close_all()
            return False

    def _beat(self) -> None:
        self._next_heartbeat = time.monotonic() + HEARTBEAT_SECONDS
        try:
            cache.set(WORKER_HEARTBEAT, time.time(), timeout=None)
        except Exception:  # the database is away for a moment: the queue recovers by itself, so do we
            log.warning("heartbeat_failed", exc_info=True)
            connections.close_all()


class Command(BaseCommand):
    help = "Run the job queue and its clock until interrupted; running jobs are finished."

    def handle(self, *args: Any, **options: Any) -> None:
        from django_q.cluster import Cluster

        boot.refuse_unsafe_start()
        connections.close_all()  # the queue forks: no child may share our connection
        cluster = Cluster()
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        cluster.start()
        clock = Clock()
        clock.start()
        while not stop.wait(1) and cluster.sentinel.is_alive():
            pass
        clock.stop()
        died = not cluster.stop()
        if died:
            raise SystemExit("The job queue ended by itself.")
