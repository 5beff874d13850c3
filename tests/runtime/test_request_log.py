"""What a request leaves in the log: one line of who asked for what from where, and nobody who was searched for."""

import logging
from collections.abc import Callable, Iterator

import pytest
import structlog
from django.test import Client

from core.models import User

As = Callable[[User], Client]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[structlog.typing.EventDict]]:
    """The lines that production would write; a test's own settings leave them out."""
    logger = logging.getLogger("django_structlog")
    before = logger.level
    logger.setLevel(logging.INFO)
    written: list[structlog.typing.EventDict] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if isinstance(record.msg, dict):
                written.append(record.msg)

    handler = Keep()
    logger.addHandler(handler)
    yield written
    logger.removeHandler(handler)
    logger.setLevel(before)


def test_one_line_a_request(sarah: User, as_user: As, lines: list[structlog.typing.EventDict]) -> None:
    as_user(sarah).get("/worklist/", REMOTE_ADDR="192.0.2.7")
    (line,) = lines
    assert (line["event"], line["request"], line["code"]) == ("request_finished", "GET /worklist/", 200)
    assert (line["ip"], line["user_id"]) == ("192.0.2.7", str(sarah.pk))
    assert line["request_id"]


def test_who_was_searched_for_is_not_written(sarah: User, as_user: As, lines: list[structlog.typing.EventDict]) -> None:
    browser = as_user(sarah)
    browser.get("/worklist/?q=Amelia+Norwood")
    browser.get("/worklist/?q=%2B13125550142&page=nonsense")
    assert len(lines) == 2
    assert "Norwood" not in str(lines)
    assert "5550142" not in str(lines)
