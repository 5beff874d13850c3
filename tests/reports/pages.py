"""What a list behind a figure shows, read from its HTML."""

import re
from decimal import Decimal
from html import unescape
from typing import Any
from uuid import UUID

from django.test import Client

NASTY = ["abc", "\x00", "'", "9" * 40, "💣", "-1", "2026-02-30", "9999-12-31", "0001-01-01", "0", "<script>"]


def ids(response: Any) -> list[UUID]:
    """The rows of the page, in their order."""
    return [UUID(found) for found in re.findall(r'<tr role="row" id="r-([^"]+)"', response.content.decode())]


def totals(response: Any) -> dict[str, Decimal]:
    """What all that match come to, by key."""
    found = re.findall(r'data-total="(\w+)" value="([^"]+)"', response.content.decode())
    return {key: Decimal(value) for key, value in found}


def every_page(browser: Client, url: str) -> list[list[UUID]]:
    """The rows of every page, from the one at this address on."""
    pages = []
    path = url.partition("?")[0]
    while url:
        response = browser.get(url)
        pages.append(ids(response))
        found = re.search(r'rel="next" href="([^"]+)"', response.content.decode())
        url = path + unescape(found.group(1)) if found else ""
    return pages


def before(response: Any) -> str:
    """The query string of the page before."""
    found = re.search(r'rel="prev" href="([^"]+)"', response.content.decode())
    return unescape(found.group(1)) if found else ""
