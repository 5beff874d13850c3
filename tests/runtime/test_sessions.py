"""A session is found by one statement and changed by one; one that is over or ended meanwhile is nobody's."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import User
from debtflow.sessions import SessionStore

pytestmark = pytest.mark.django_db


def made(**facts: object) -> SessionStore:
    """A session with these facts in it."""
    session = SessionStore()
    session.update(facts)
    session.save()
    return session


def test_what_is_written_is_read_by_the_next_request() -> None:
    key = made(trail=["a"]).session_key
    with CaptureQueriesContext(connection) as queries:
        session = SessionStore(key)
        assert session["trail"] == ["a"]
        session["trail"] = ["a", "b"]
        session.save()
    assert len(queries) == 2
    assert SessionStore(key)["trail"] == ["a", "b"]


def test_saving_lets_it_live_on() -> None:
    session = made(trail=["a"])
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=1))
    SessionStore(session.session_key).save()
    assert Session.objects.get().expire_date > timezone.now() + timedelta(hours=11)


@pytest.mark.parametrize("key", ["x" * 32, "abc\x00defghi", "x", ""])
def test_a_key_of_nobody_is_a_new_session(key: str) -> None:
    session = SessionStore(key)
    assert session.get("trail") is None
    assert session.session_key is None


def test_one_that_is_over_is_nobodys() -> None:
    session = made(trail=["a"])
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert SessionStore(session.session_key).get("trail") is None


def test_one_that_was_ended_meanwhile_is_not_written_again() -> None:
    session = SessionStore(made(trail=["a"]).session_key)
    assert session["trail"] == ["a"]
    Session.objects.all().delete()
    session["trail"] = ["b"]
    with pytest.raises(UpdateError):
        session.save()
    assert not Session.objects.exists()


def test_whoever_signs_in_gets_a_key_of_his_own(client: Client, sarah: User) -> None:
    client.get("/auth/login/")
    before = client.session.session_key
    client.force_login(sarah)
    assert client.session.session_key not in (None, before)
    assert client.get("/worklist/").status_code == 200
