"""What every test stands on: a real PostgreSQL of its own, used as the role that the product uses."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from core import database_role
from debtflow import embedded_postgres, schedules
from tests.cast import as_user, auditor, dana, harborline, inside, james, northwind, operator, sarah, stranger
from tests.chromium import chromium

__all__ = [
    "as_user",
    "auditor",
    "chromium",
    "dana",
    "harborline",
    "inside",
    "james",
    "northwind",
    "operator",
    "sarah",
    "stranger",
]

# --- the database -------------------------------------------------------------------------------------------
# Migrations and the emptying of tables are the owner's. All else runs as the plain role, also in the threads of
# live_server, so that a test sees what row-level security lets the product see.


@pytest.fixture(scope="session")
def embedded_cluster() -> Iterator[embedded_postgres.Cluster]:
    """A server for this session alone, or for this xdist worker."""
    home = Path(tempfile.mkdtemp(prefix="debtflow-tests-"))
    home.chmod(0o711)
    yield embedded_postgres.ensure(home / "postgres", for_tests=True)
    embedded_postgres.destroy(home / "postgres")
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, embedded_cluster: embedded_postgres.Cluster
) -> None:
    url = embedded_cluster.url("owner")
    user, password = url.removeprefix("postgres://").split("@")[0].split(":")
    address = {"HOST": "127.0.0.1", "PORT": str(embedded_cluster.port), "USER": user, "PASSWORD": password}
    settings.DATABASES["default"].update(address)
    connection.settings_dict.update(address)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """After the migrations every connection becomes the application's role."""
    with django_db_blocker.unblock():
        database_role.grant()  # the cache's table is made after the migrations
        connections.close_all()
    connection_created.connect(_become_app)
    yield
    connection_created.disconnect(_become_app)
    with django_db_blocker.unblock():
        connections.close_all()
        # Those of other contexts, which the browser's event loop has made in this thread.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        connections.close_all()


def _become_app(connection: BaseDatabaseWrapper, **_: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {database_role.APP_ROLE}")


@contextmanager
def as_owner() -> Iterator[None]:
    """The owner's rights for this thread's connection: to look past the walls, never to test the product."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {database_role.APP_ROLE}")


# What migrations and their signals put there, and no test changes.
KEPT = ("django_migrations", "django_content_type", "auth_permission")
# Django's own way truncates every table and then grants and installs all anew: most of them were empty all along.
EMPTY_WHAT_IS_FILLED = """
DO $$ DECLARE place regclass; filled boolean; BEGIN
    SET LOCAL session_replication_role = replica;  -- no trigger refuses, no key is checked
    FOR place IN SELECT oid FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
        AND relnamespace = 'public'::regnamespace AND relname <> ALL (%s)
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %%s)', place) INTO filled;
        IF filled THEN EXECUTE format('DELETE FROM %%s', place); END IF;
    END LOOP;
END $$
"""


def _empty_tables(_: TransactionTestCase) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(EMPTY_WHAT_IS_FILLED, [list(KEPT)])
    schedules.sync()


@pytest.fixture(scope="session", autouse=True)
def _tables_are_emptied_by_their_owner() -> Iterator[None]:
    original = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = _empty_tables
    yield
    TransactionTestCase._fixture_teardown = original


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first: at the end one of them would keep a single core busy."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
