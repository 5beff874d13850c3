"""One stylesheet for the browser, many small files for us: `static/css/**` becomes `debtflow.css`.

A staticfiles finder, so that `collectstatic` and the development server treat the assembled file like any other. No
build step and no tool: the files are only put behind each other, the order of the layers first.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

NAME = "debtflow.css"


def assemble(sources: Path) -> str:
    """The text of every stylesheet below `sources`; `layers.css`, which orders the layers, comes first."""
    files = sorted(sources.rglob("*.css"), key=lambda f: (f.name != "layers.css", str(f.relative_to(sources))))
    return "\n".join(file.read_text() for file in files)


class StylesheetFinder(BaseFinder):
    """Finds `debtflow.css`, written anew whenever one of its sources has changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.sources = settings.BASE_DIR / "static" / "css"
        self.storage = FileSystemStorage(location=settings.DATA_DIR / "assembled")
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False) -> Any:
        if path != NAME:
            return []
        found = str(self._written())
        return [found] if find_all else found

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        self._written()
        yield NAME, self.storage

    def _written(self) -> Path:
        target = Path(self.storage.path(NAME))
        newest = max(file.stat().st_mtime for file in self.sources.rglob("*.css"))
        if not target.exists() or target.stat().st_mtime < newest:
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_suffix(".part")
            part.write_text(assemble(self.sources))
            part.replace(target)
        return target
