"""Do all templates compile? An unknown tag or a missing `endif` is found before a page is opened."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateSyntaxError, engines
from django.template.backends.base import BaseEngine


class Command(BaseCommand):
    help = "Compile every template of the project, in the language of its engine."
    requires_system_checks: list[Any] = []

    def handle(self, *args: Any, **options: Any) -> None:
        templates = [(engine, name) for engine in engines.all() for name in _names(engine)]
        broken = [f"{name}: {error}" for engine, name in templates if (error := _error_of(engine, name))]
        if broken:
            raise CommandError("\n".join(broken))
        self.stdout.write(f"{len(templates)} templates compile.")


def _names(engine: BaseEngine) -> Iterator[str]:
    """Our own templates; those of installed packages are their authors' business."""
    environment = Path(settings.BASE_DIR, ".venv")
    for folder in map(Path, engine.template_dirs):
        if folder.is_relative_to(settings.BASE_DIR) and not folder.is_relative_to(environment):
            yield from (str(path.relative_to(folder)) for path in sorted(folder.rglob("*")) if path.is_file())


def _error_of(engine: BaseEngine, name: str) -> str | None:
    try:
        engine.get_template(name)
    except (TemplateSyntaxError, UnicodeDecodeError) as error:
        return str(error)
    return None
