"""What a page says, read from its HTML as a person would."""

import re
from html import unescape
from typing import Any

from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import today

HTMX = {"HX-Request": "true"}
TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def refs(response: Any) -> list[str]:
    """The references of the rows, in their order."""
    return re.findall(r'<tr id="a-([^"]+)"', response.content.decode())


def text(response: Any) -> str:
    """The words of the page, without its tags, on one line."""
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", unescape(plain))


def as_told(words: str) -> str:
    """A date with its year, as pages tell it: without the year when it is this one."""
    return words.replace(f", {today().year}", "")


def link(response: Any, rel: str) -> str:
    """The address behind `rel=next` or `rel=prev`, empty when there is none."""
    found = re.search(rf'href="([^"]*)" rel="{rel}"', response.content.decode())
    return unescape(found.group(1)) if found else ""


def statements(queries: CaptureQueriesContext) -> list[str]:
    """What was asked of the database, transaction control aside."""
    return [q["sql"] for q in queries if not q["sql"].lstrip('"').upper().startswith(TRANSACTION)]


def worklist(client: Client, query: str = "", **headers: str) -> Any:
    """The worklist at a query string."""
    return client.get(f"/worklist/?{query.lstrip('?')}", headers=headers or None)
