"""Do all templates compile? An unknown tag or a missing `endif` is found before a page is opened."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateDoesNotExist, TemplateSyntaxError, engines
from django.template.backends.base import BaseEngine
from django.template.backends.jinja2 import Jinja2
from jinja2 import meta, nodes


class Command(BaseCommand):
    help = "Compile every template of the project, in the language of its engine."
    requires_system_checks: list[Any] = []

    def handle(self, *args: Any, **options: Any) -> None:
        templates = [(engine, name) for engine in engines.all() for name in _names(engine)]
        broken = [f"{name}: {error}" for engine, name in templates for error in _errors(engine, name)]
        if broken:
            raise CommandError("\n".join(broken))
        self.stdout.write(f"{len(templates)} templates compile.")


def _names(engine: BaseEngine) -> Iterator[str]:
    """Our own templates; those of installed packages are their authors' business."""
    environment = Path(settings.BASE_DIR, ".venv")
    for folder in map(Path, dict.fromkeys(engine.template_dirs)):
        if folder.is_relative_to(settings.BASE_DIR) and not folder.is_relative_to(environment):
            yield from (str(path.relative_to(folder)) for path in sorted(folder.rglob("*")) if path.is_file())


def _errors(engine: BaseEngine, name: str) -> list[str]:
    try:
        engine.get_template(name)
        return _unknown(engine, name) if isinstance(engine, Jinja2) else []
    except (TemplateSyntaxError, UnicodeDecodeError) as error:
        return [str(error)]


def _unknown(engine: Jinja2, name: str) -> list[str]:
    """What Jinja2 would say only when it comes to that line: a function that nobody gives, a part that is not there."""
    env: Any = engine.env
    tree = env.parse(env.loader.get_source(env, name)[0])
    made_here = {macro.name for macro in tree.find_all(nodes.Macro)}
    called = {call.node.name for call in tree.find_all(nodes.Call) if isinstance(call.node, nodes.Name)}
    nowhere = sorted(called - made_here - set(env.globals))
    parts = [part for part in meta.find_referenced_templates(tree) if part and not _is_there(engine, part)]
    return [f"nobody gives the function {one}" for one in nowhere] + [f"there is no part {part}" for part in parts]


def _is_there(engine: BaseEngine, name: str) -> bool:
    try:
        engine.get_template(name)
    except TemplateDoesNotExist:
        return False
    return True
