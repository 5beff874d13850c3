"""`make run`: everything that the product is, on one machine, until Ctrl-C.

This process is the owner's: it migrates, then only watches. What it starts connects as the plain role.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from core import crossings
from debtflow import embedded_postgres, lifeline
from debtflow.demo import feed, local_sftp, local_stripe, processors
from debtflow.supervisor import AlreadyRunning, Supervisor

START_SECONDS = 30
WEB = "gunicorn debtflow.wsgi:application --worker-class gthread --workers 2 --threads 2 --max-requests 20000"
WEB += " --max-requests-jitter 2000 --graceful-timeout 10 --no-control-socket --log-level warning"

READY = """
  DebtFlow is ready            http://localhost:{port}/

  Agency admin                 demo.admin / Demo@2026
  Collectors                   sarah.mitchell, james.carter, maria.gonzalez, david.thompson / Collector@2026

  Drop placement files here    sftp -P {sftp.port} {sftp.username}@{sftp.host}:/incoming
    password                   {sftp.password}
    or as a folder             {sftp.home}/incoming

  Stripe stand-in              {stripe}/ (test cards: 4242 4242 4242 4242, declined: 4000 0000 0000 0002)

  Ctrl-C stops everything; the data stays in {data}
"""


class Command(BaseCommand):
    help = "Run database, SFTP server, Stripe stand-in, web and worker with demo data until interrupted."
    requires_system_checks: list[Any] = []  # migrate does them

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--accounts", type=int, default=400, help="how many accounts the demo starts with, 400 by default"
        )
        parser.add_argument(
            "--with-parent",
            action="store_true",
            help="end when the calling process (make) ends, even when killed",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("`run` is for development and the demo: set DEBUG=1, or see the Procfile.")
        self.port = int(os.environ.get("PORT", "8000"))
        os.umask(0o077)  # uploads and SFTP folders hold debtors' data
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        try:
            supervisor = Supervisor(settings.DATA_DIR)
        except AlreadyRunning as error:
            raise CommandError(str(error)) from None
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: supervisor.ask_to_stop())
        if options["with_parent"]:
            lifeline.die_with_parent(signal.SIGTERM)
        try:
            self._run(supervisor, options["accounts"])
        finally:
            self.stdout.write("Stopping …")
            supervisor.stop()
            connections.close_all()
            _stop_database()

    def _run(self, supervisor: Supervisor, accounts: int) -> None:
        self._refuse_taken_port()
        call_command("createcachetable", verbosity=0)
        call_command("migrate", verbosity=0)  # and grants the plain role what it may do with every table
        local_sftp.settle_port()
        local_stripe.settle_port()
        self._seed(supervisor, accounts)
        if supervisor.is_stopping:
            return
        feed.point_at_local_server()
        processors.point_at_local_stripe()
        local_sftp.put_samples()
        connections.close_all()
        self._manage(supervisor, "sftp", "sftp_server")
        self._manage(supervisor, "stripe", "stripe_server")
        web = [sys.executable, "-m", *WEB.split(), "--bind", f"127.0.0.1:{self.port}"]
        supervisor.spawn("web", web, _environment(DATABASE_POOL="1"))
        self._manage(supervisor, "worker", "worker")
        if self._wait_for_web(supervisor):
            sftp = local_sftp.account(local_sftp.PLACEMENTS)
            facts = {"port": self.port, "sftp": sftp, "stripe": local_stripe.base_url(), "data": settings.DATA_DIR}
            self.stdout.write(READY.format(**facts))
        if ended := supervisor.wait():
            raise CommandError(f"The {ended} process ended by itself; its last lines above say why.")

    def _seed(self, supervisor: Supervisor, accounts: int) -> None:
        if crossings.demo_users_exist():
            return
        self.stdout.write("Making demo data …")
        command = [*_manage_py(), "seed_demo", "--accounts", str(accounts)]
        if supervisor.finish("seed", command, _environment()) and not supervisor.is_stopping:
            raise CommandError("The demo data could not be made; the lines above say why.")

    def _manage(self, supervisor: Supervisor, name: str, command: str) -> subprocess.Popen[bytes]:
        return supervisor.spawn(name, [*_manage_py(), command], _environment())

    def _refuse_taken_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError:
                raise CommandError(
                    f"Port {self.port} is taken. Choose another: make run PORT={self.port + 1}"
                ) from None

    def _wait_for_web(self, supervisor: Supervisor) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and not supervisor.is_stopping and not supervisor.ended():
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/", timeout=2):
                    return True
            except urllib.error.HTTPError:
                return True  # it answers; what it says is for the reader of its lines
            except OSError:
                time.sleep(0.1)
        return False


def _manage_py() -> list[str]:
    return [sys.executable, str(Path(settings.BASE_DIR, "manage.py"))]


def _environment(**more: str) -> dict[str, str]:
    return os.environ | {"DEBTFLOW_DB_ROLE": "app", "PYTHONUNBUFFERED": "1", **more}


def _stop_database() -> None:
    if "DATABASE_URL" not in os.environ:
        embedded_postgres.ensure(settings.DATA_DIR / "postgres").stop()
