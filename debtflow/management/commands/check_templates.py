"""Do all templates compile? An unknown tag or a missing `endif` is found before a page is opened."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateSyntaxError
from django.template.loader import get_template


class Command(BaseCommand):
    help = "Compile every template of the project."
    requires_system_checks: list[Any] = []

    def handle(self, *args: Any, **options: Any) -> None:
        folders = [Path(folder) for engine in settings.TEMPLATES for folder in engine["DIRS"]]
        names = [
            path.relative_to(folder).as_posix()
            for folder in folders
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        ]
        broken = [f"{name}: {error}" for name in names if (error := _error_of(name))]
        if broken:
            raise CommandError("\n".join(broken))
        self.stdout.write(f"{len(names)} templates compile.")


def _error_of(name: str) -> str | None:
    try:
        get_template(name)
    except (TemplateSyntaxError, UnicodeDecodeError) as error:
        return str(error)
    return None
