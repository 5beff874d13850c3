"""The living style guide shows what there is."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from core.models import User
from debtflow import assembly

STATIC = settings.BASE_DIR / "static"
COMPONENTS = sorted(file for sheet in ("css", "reports") for file in (STATIC / sheet / "components").glob("*.css"))


@pytest.fixture
def guide(as_user: Callable[[User], Client], dana: User) -> str:
    return as_user(dana).get("/styleguide/").content.decode()


@pytest.mark.django_db
def test_every_component_of_the_stylesheet_is_shown(guide: str) -> None:
    shown = {name for names in re.findall(r'class="([^"]*)"', guide) for name in names.split()}
    missing = [file.name for file in COMPONENTS if not _classes(file.read_text()) & (shown | {"dialog", "details"})]
    assert not missing


def _classes(css: str) -> set[str]:
    elements = re.findall(r"^  (dialog|details)\b", css, re.MULTILINE)
    return set(re.findall(r"(?:^|[\s,(])\.([a-z][\w-]*)", css)) | set(elements)


@pytest.mark.django_db
def test_every_icon_that_a_page_uses_is_in_the_sprite(guide: str) -> None:
    sprite = (settings.BASE_DIR / "static" / "icons.svg").read_text()
    used = set(re.findall(r"icons\.svg#([\w-]+)", guide))
    for template in (settings.BASE_DIR / "templates").rglob("*.html"):
        used |= set(re.findall(r'{% icon "([\w-]+)"', template.read_text()))
    assert used <= set(re.findall(r'id="([\w-]+)"', sprite))


@pytest.mark.django_db
def test_strangers_see_the_sign_in_instead(client: Client) -> None:
    assert client.get("/styleguide/").status_code == 302


def test_the_layers_are_ordered_before_anything_is_put_into_them() -> None:
    css = assembly.assemble("debtflow.css")
    order = css.index("@layer reset, tokens, base, shell, parts, pages, util, print;")
    assert order < css.index("@layer parts {")
    assert css.count("{") == css.count("}")
