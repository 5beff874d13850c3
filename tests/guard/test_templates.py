"""Every template keeps the rules of the house: forms work without script, nothing is inline, nothing asks queries."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.guard.markup import as_markup, faults

ROOT = Path(settings.BASE_DIR)
APPS = ("core", "debtflow", "imports", "payments", "reports", "worklist")
FOLDERS = ["templates", *(f"{app}/{kind}" for app in APPS for kind in ("templates", "jinja2"))]
TEMPLATES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.html"))
ids = [path.relative_to(ROOT).as_posix() for path in TEMPLATES]
# allauth's element gets its attributes from the caller; the style guide shows forms that go nowhere.
NO_REAL_FORMS = {"templates/allauth/elements/form.html", "templates/styleguide.html"}


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 20


@pytest.mark.parametrize("template", TEMPLATES, ids=ids)
def test_a_template_keeps_the_rules(template: Path) -> None:
    found = faults(as_markup(template.read_text()))
    if template.relative_to(ROOT).as_posix() in NO_REAL_FORMS:
        found = [fault for fault in found if "the form of line" not in fault]
    assert found == []


@pytest.mark.parametrize("template", TEMPLATES, ids=ids)
def test_a_template_asks_no_queries(template: Path) -> None:
    asked = re.findall(
        r"{[{%][^}%]*\.(?:all|filter|count|exists|objects|get_queryset)\b[^}%]*[%}]}", template.read_text()
    )
    assert asked == []


@pytest.mark.parametrize("template", [path for path in TEMPLATES if "jinja2" not in path.parts], ids=str)
def test_a_comment_ends_on_its_line(template: Path) -> None:
    """In Django's language a longer one is no comment: it stands on the page."""
    assert re.findall(r"{#(?:(?!#}).)*$", template.read_text(), re.MULTILINE) == []


@pytest.mark.parametrize(
    ("html", "sentence"),
    [
        ('<p style="color: red">', "has inline style"),
        ("<style>p{}</style>", "has inline style"),
        ("<script>alert(1)</script>", "inline script"),
        ('<button onclick="go()">', "has script in onclick"),
        ('<a href="javascript:go()">', "has script in href"),
        ('<form action="/x/"><button></button></form>', "has no method"),
        ('<form method="get"><button></button></form>', "has no action"),
        ('<form method="post" action="/x/"><button></button></form>', "has no token against forgery"),
        ('<form method="get" action="/x/"><button type="button"></button></form>', "has no button to send it"),
        ('<a hx-get="/x/">', "does nothing without script"),
        ('<div hx-get="/x/">', "does nothing without script"),
        ('<button hx-post="/x/">', "does nothing without script"),
    ],
)
def test_each_rule_can_be_broken(html: str, sentence: str) -> None:
    """The reader of the rules is itself tested: a guard that cannot fail guards nothing."""
    assert any(sentence in fault for fault in faults(html))


@pytest.mark.parametrize(
    "html",
    [
        '<form method="post" action="/x/"><input name="csrfmiddlewaretoken"><button>Go</button></form>',
        '<form method="dialog"><button>Close</button></form>',
        '<a href="/x/" hx-get="/x/">',
        '<div hx-get="/x/" hx-trigger="every 1s">',
        '<script src="/static/debtflow.js"></script>',
    ],
)
def test_what_is_right_is_left_alone(html: str) -> None:
    assert faults(html) == []
