"""Tests run as the role that the product runs as; otherwise they would look through the wall between agencies."""

import pytest
from django.db import connection

from core import database_role


def current_role() -> tuple[str, bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        return cursor.fetchone()


@pytest.mark.django_db
def test_a_test_in_a_transaction_is_the_application() -> None:
    assert current_role() == (database_role.APP_ROLE, False)
    database_role.refuse_powerful_role()


@pytest.mark.django_db(transaction=True)
def test_a_test_with_real_commits_is_the_application() -> None:
    assert current_role() == (database_role.APP_ROLE, False)


@pytest.mark.django_db(transaction=True)
def test_it_still_is_after_the_tables_were_emptied() -> None:
    assert current_role() == (database_role.APP_ROLE, False)
