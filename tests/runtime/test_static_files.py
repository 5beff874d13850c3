"""Production serves static files under names that carry their hash: every reference in a style sheet must exist."""

from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings


@pytest.mark.slow
def test_static_files_are_collected_as_for_production(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    storage = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": storage}}
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "staticfiles.json").exists()
