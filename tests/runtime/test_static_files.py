"""Production serves static files under names that carry their hash: every reference in a style sheet must exist."""

import gzip
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from debtflow import assembly


@pytest.mark.slow
def test_static_files_are_collected_as_for_production(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    storage = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": storage}}
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "staticfiles.json").exists()


@pytest.mark.parametrize(
    ("name", "most"), [("debtflow.css", 10), ("reports.css", 12), ("debtflow.js", 9), ("passkey.js", 4)]
)
def test_a_file_is_small_enough_to_come_at_once(name: str, most: int) -> None:
    """In kilobytes, compressed; the sheet of the reports is loaded by their pages, instead of the usual one."""
    assert len(gzip.compress(assembly.assemble(name).encode())) <= most * 1024
