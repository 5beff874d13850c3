"""A stand-in of Stripe on loopback, so that the demo takes payments the way production does."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from debtflow.demo import local_stripe
from debtflow.demo.local_stripe import server


class Command(BaseCommand):
    help = "Serve the local Stripe stand-in on loopback until interrupted."
    requires_system_checks: list[Any] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, help="the remembered one by default")
        parser.add_argument(
            "--settle-after", type=float, default=120, help="seconds until a bank debit ends, 120 by default"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        with server.running(local_stripe.root(), options["port"] or local_stripe.port(), options["settle_after"]):
            stop.wait()
