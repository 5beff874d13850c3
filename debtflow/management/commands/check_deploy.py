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


def production_environment() -> dict[str, str]:
    """The least that `.env.example` asks of production, and nothing of the developer's."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "ALLOWED_HOSTS": "debtflow.example",
        "DATABASE_URL": "postgres://debtflow_app:unused@127.0.0.1/debtflow",
        "DATABASE_OWNER_URL": "postgres://postgres:unused@127.0.0.1/debtflow",
        "EMAIL_HOST": "mail.example",
    }


class Command(BaseCommand):
    help = "Run Django's deployment checks under production settings; any warning fails."
    requires_system_checks: list[Any] = []

    def handle(self, *args: Any, **options: Any) -> None:
        manage = str(Path(settings.BASE_DIR, "manage.py"))
        command = [sys.executable, manage, "check", "--deploy", "--fail-level", "WARNING"]
        if subprocess.run(command, env=production_environment(), check=False).returncode:
            raise CommandError("The deployment checks fail; see above.")
