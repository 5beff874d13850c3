"""A connection that is kept is asked whether it stands only when that is in doubt; one that fell is made anew."""

from collections.abc import Iterator

import pytest
from django.db import connection

from debtflow.postgresql import base

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kept() -> Iterator[None]:
    """The connection at the beginning of a request, asked once before."""
    connection.health_check_done = False
    connection.ensure_connection()
    assert connection.is_usable()
    yield
    connection.close()


def test_what_was_used_a_moment_ago_is_not_asked(kept: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base.base.DatabaseWrapper, "is_usable", lambda self: pytest.fail("it was asked"))
    assert connection.is_usable()


def test_after_a_while_it_is_asked_by_a_statement(kept: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "TRUSTED", 0.0)
    asked: list[object] = []
    monkeypatch.setattr(base.base.DatabaseWrapper, "is_usable", lambda self: asked.append(self) or True)
    assert connection.is_usable()
    assert asked == [connection]


def test_one_that_the_server_ended_is_made_anew(kept: None) -> None:
    before = connection.connection.info.backend_pid  # type: ignore[union-attr]
    another = connection.copy()
    with another.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [before])
        assert cursor.fetchone() == (True,)
    another.close()
    connection.health_check_enabled, connection.health_check_done = True, False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert connection.connection.info.backend_pid != before  # type: ignore[union-attr]
