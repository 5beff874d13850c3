"""`make reset`: stop what runs on this copy's data, and remove that data."""

import os
import shutil
import signal
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from debtflow import embedded_postgres, supervisor

OURS = ("sftp", "stripe", "files", "run.lock", "run.pids")  # the folder may hold other things: it is named by the user
STOP_SECONDS = 30


class Command(BaseCommand):
    help = "Stop the running copy and remove its database, uploads and SFTP folders."
    requires_system_checks: list[Any] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("`reset` is for development and the demo only.")
        data = settings.DATA_DIR
        _stop_run()
        embedded_postgres.destroy(data / "postgres")
        for name in OURS:
            path = data / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        if data.is_dir() and not any(data.iterdir()):
            data.rmdir()
        self.stdout.write(f"Removed the data in {data}.")


def _stop_run() -> None:
    if pid := supervisor.pid_of_run(settings.DATA_DIR):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while supervisor.pid_of_run(settings.DATA_DIR):
        if time.monotonic() > deadline:
            raise CommandError(f"Process {pid} does not stop.")
        time.sleep(0.1)
