"""One stylesheet and one script for a page, many small files for us: what a page loads is put together from them.

A staticfiles finder, so that `collectstatic` and the development server treat an assembled file like any other. No
build step and no tool: the files are only put behind each other, what the others stand on first.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage

# Assembled file -> its sources in their order: folders of ours, or files of packages. Charts and reports need more of a
# sheet: their pages load one with both instead of the usual one, so that they wait for one request, not for two.
SOURCES: dict[str, tuple[str, ...]] = {
    "debtflow.css": ("css",),
    "reports.css": ("css", "reports"),
    "debtflow.js": ("js",),
    "passkey.js": ("mfa/js/webauthn-json.js", "mfa/js/webauthn.js", "account/js/onload.js"),
}
FIRST = {"layers.css", "app.js"}  # the order of the layers, and what every script uses
BETWEEN = {".css": "\n", ".js": "\n;\n"}  # a script of a package may end without a semicolon
# Our scripts share their names with each other and with nobody else.
AROUND = {"debtflow.js": "(() => {{\n{}}})();\n"}


def assemble(name: str) -> str:
    """The text of the assembled file of that name."""
    between = BETWEEN[Path(name).suffix]
    text = AROUND.get(name, "{}").format(between.join(file.read_text() for file in _files(name)))
    if not name.endswith(".css"):
        return text
    # The comments and the indentation of a stylesheet are a tenth of what is sent, compressed as it is.
    return re.sub(r"\n\s+", "\n", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))


def _files(name: str) -> list[Path]:
    return [file for source in SOURCES[name] for file in _of_source(source, Path(name).suffix)]


def _of_source(source: str, suffix: str) -> list[Path]:
    if source.endswith(suffix):
        found = finders.find(source)
        return [Path(str(found))]
    folder = Path(settings.BASE_DIR, "static", source)
    return sorted(folder.rglob(f"*{suffix}"), key=lambda f: (f.name not in FIRST, str(f.relative_to(folder))))


class AssemblyFinder(finders.BaseFinder):
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
        newest = max(file.stat().st_mtime for file in (Path(__file__), *_files(name)))
        if not target.exists() or target.stat().st_mtime < newest:
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_suffix(f"{target.suffix}.{os.getpid()}")
            part.write_text(assemble(name))
            part.replace(target)
        return target
