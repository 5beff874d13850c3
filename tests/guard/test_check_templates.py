"""`manage.py check_templates` finds what would be found only when a page is opened."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import override_settings


def _with(folder: Path) -> list[dict[str, Any]]:
    """The settings with one more folder of Jinja2 templates."""
    django, jinja = settings.TEMPLATES
    return [django, {**jinja, "DIRS": [*jinja["DIRS"], folder]}]


def test_our_templates_are_all_right(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_templates")
    assert "templates compile" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ("{% if page %}", "Unexpected end of template"),
        ("{{ page.name|shout }}", "No filter named 'shout'"),
        ('{{ picture("x") }}', "nobody gives the function picture"),
        ('{% include "no/such.html" %}', "there is no part no/such.html"),
    ],
)
def test_a_broken_jinja_template_is_named(tmp_path: Path, template: str, sentence: str) -> None:
    (tmp_path / "broken.html").write_text(template)
    with override_settings(TEMPLATES=_with(tmp_path), BASE_DIR=tmp_path), pytest.raises(CommandError) as found:
        call_command("check_templates")
    assert "broken.html" in str(found.value)
    assert sentence in str(found.value)
