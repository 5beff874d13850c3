"""A world in which accounts have a past."""

from pathlib import Path
from typing import Any

import pytest

from core.models import Agency, User
from tests.cast import make_creditor
from tests.reports.history import World
from tests.reports.plain import zone_of


@pytest.fixture
def world(inside: Agency, dana: User, sarah: User, james: User) -> World:
    """Harborline with two creditors and two collectors; nothing has happened yet."""
    creditors = (make_creditor("Northgate Hospital"), make_creditor("Lakeside Dental"))
    return World(dana, (sarah, james), creditors, zone_of(inside))


@pytest.fixture(autouse=True)
def _files_of_our_own(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
