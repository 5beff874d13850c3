"""One stylesheet and one script for the browser, many small files for us: `static/css/**` becomes `debtflow.css`,
`static/js/**` becomes `debtflow.js`. What charts and reports alone need is a second sheet, which only their pages load.

A staticfiles finder, so that `collectstatic` and the development server treat an assembled file like any other. No
build step and no tool: the files are only put behind each other, what the others stand on first.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

# Assembled file -> folder of its sources. The order of the layers, and what every script uses, comes first.
SOURCES = {"debtflow.css": "css", "reports.css": "reports", "debtflow.js": "js"}
FIRST = {"layers.css", "app.js"}
# The scripts share their names with each other and with nobody else.
AROUND = {".css": "{}", ".js": "(() => {{\n{}}})();\n"}


def assemble(name: str) -> str:
    """The text of the assembled file of that name."""
    sources = _folder(name)
    files = sorted(_files(name), key=lambda f: (f.name not in FIRST, str(f.relative_to(sources))))
    text = AROUND[Path(name).suffix].format("\n".join(file.read_text() for file in files))
    if not name.endswith(".css"):
        return text
    # The comments and the indentation of a stylesheet are a tenth of what is sent, compressed as it is.
    return re.sub(r"\n\s+", "\n", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))


def _folder(name: str) -> Path:
    return Path(settings.BASE_DIR, "static", SOURCES[name])


def _files(name: str) -> list[Path]:
    return list(_folder(name).rglob(f"*{Path(name).suffix}"))


class StylesheetFinder(BaseFinder):
    """Finds the assembled files, each written anew whenever one of its sources has changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=settings.DATA_DIR / "assembled")
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False) -> Any:
        if path not in SOURCES:
            return []
        found = str(self._written(path))
        return [found] if find_all else found

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in SOURCES:
            self._written(name)
            yield name, self.storage

    def _written(self, name: str) -> Path:
        target = Path(self.storage.path(name))
        newest = max(file.stat().st_mtime for file in _files(name))
        if not target.exists() or target.stat().st_mtime < newest:
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_suffix(f"{target.suffix}.{os.getpid()}")
            part.write_text(assemble(name))
            part.replace(target)
        return target
