"""Is `check --deploy` clean under production settings? Run in a process of its own, with throw-away secrets."""

import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from debtflow import embedded_postgres


def production_environment(database_url: str) -> dict[str, str]:
    """The least that `.env.example` asks of production, and nothing of the developer's but the database."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "ALLOWED_HOSTS": "debtflow.example",
        "DATABASE_URL": database_url,  # generated columns are checked against the server's version
        "EMAIL_HOST": "mail.example",
    }


class Command(BaseCommand):
    help = "Run Django's deployment checks under production settings; any warning fails."
    requires_system_checks: list[Any] = []

    def handle(self, *args: Any, **options: Any) -> None:
        manage = str(Path(settings.BASE_DIR, "manage.py"))
        command = [sys.executable, manage, "check", "--deploy", "--fail-level", "WARNING"]
        database_url = os.environ.get("DATABASE_URL") or embedded_postgres.ensure(settings.DATA_DIR / "postgres").url(
            "app"
        )
        if subprocess.run(command, env=production_environment(database_url), check=False).returncode:
            raise CommandError("The deployment checks fail; see above.")
