"""Pages travel compressed to whoever takes them so; what is downloaded says how long it is."""

import gzip
from collections.abc import Callable
from io import BytesIO

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from core.downloads import stored_file
from core.models import User
from debtflow.middleware import Compressed

pytestmark = pytest.mark.django_db


def test_a_page_is_compressed(as_user: Callable[[User], Client], dana: User) -> None:
    browser = as_user(dana)
    plain = browser.get("/worklist/")
    assert "Content-Encoding" not in plain
    sent = browser.get("/worklist/", headers={"accept-encoding": "gzip, deflate, br"})
    assert sent["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in sent["Vary"]
    assert b"</html>" in gzip.decompress(sent.content)
    assert len(sent.content) * 3 < len(plain.content)


def test_its_length_tells_nothing_of_what_it_holds() -> None:
    """BREACH: the same page has many lengths."""
    lengths = {len(_answer(HttpResponse("the same words " * 100)).content) for _ in range(40)}
    assert len(lengths) > 10


def test_a_download_says_how_long_it_is() -> None:
    response = _answer(stored_file(BytesIO(b"reference,balance\n" * 100), "accounts.csv"))
    assert response["Content-Length"] == "1800"
    assert "Content-Encoding" not in response


def _answer(response: HttpResponse) -> HttpResponse:
    def get(request: HttpRequest) -> HttpResponse:
        return response

    answered: HttpResponse = Compressed(get)(RequestFactory().get("/", headers={"accept-encoding": "gzip"}))
    return answered
