"""The second wall: when the Python scoping is gone round, the database still shows nothing of the other agency.

Every table with an `agency_id` is discovered in the database itself, so that a new one is tested from its first day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from uuid import UUID

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from core import database_role, tenancy
from core.models import Account, Agency, BalanceEntry, Creditor, Hold, User
from tests.cast import make_creditor, make_debtor
from tests.conftest import as_owner
from tests.furnish import TENANT_MODELS, furnish

ids = [model.__name__ for model in TENANT_MODELS]
# Seen when no agency is set at all: sign-in looks for users then, and the platform has its own audit entries.
SHARED_OUTSIDE = {"core_user", "core_auditlog"}


@pytest.fixture
def both(harborline: Agency, northwind: Agency) -> tuple[Agency, Agency]:
    """Two agencies with something in every table."""
    for agency in (harborline, northwind):
        furnish(agency)
    return harborline, northwind


@contextmanager
def only_the_database_knows(agency: Agency | None) -> Iterator[None]:
    """The Python wall is taken down; only the setting of the transaction speaks."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [tenancy.SETTING, str(agency.pk) if agency else ""])
        yield
        cursor.execute("SELECT set_config(%s, '', true)", [tenancy.SETTING])


def agencies_in(table: str) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT agency_id FROM {table}")
        return {agency for (agency,) in cursor.fetchall() if agency}


def tables_with_agency() -> list[str]:
    """Every table of the database with that column, partitions left out: only the parent is asked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
            " WHERE a.attname = 'agency_id' AND NOT a.attisdropped AND c.relkind IN ('r', 'p')"
            " AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace"
        )
        return sorted(name for (name,) in cursor.fetchall())


def test_raw_sql_sees_one_agency_of_every_table(both: tuple[Agency, Agency]) -> None:
    ours, theirs = both
    tables = tables_with_agency()
    assert {model._meta.db_table for model in TENANT_MODELS} <= set(tables)
    with as_owner():
        empty = [table for table in tables if agencies_in(table) != {ours.pk, theirs.pk}]
        assert empty == [], "the fixture must put a row of both agencies into every table"
    for agency in both:
        with only_the_database_knows(agency):
            assert {table: agencies_in(table) for table in tables} == {table: {agency.pk} for table in tables}
    with only_the_database_knows(None):
        assert [table for table in tables if agencies_in(table)] == sorted(SHARED_OUTSIDE)


@pytest.mark.parametrize("model", TENANT_MODELS, ids=ids)
def test_managers_without_scope_see_one_agency(model: type[models.Model], both: tuple[Agency, Agency]) -> None:
    ours, theirs = both
    with only_the_database_knows(ours):
        managers = [model._base_manager.all()]
        if isinstance(model._default_manager, tenancy.TenantManager):
            managers.append(model._default_manager.unscoped())
        for rows in managers:
            assert rows.exists()
            assert not rows.filter(agency_id=theirs.pk).exists()


def test_a_foreign_key_does_not_lead_to_the_other_agency(both: tuple[Agency, Agency]) -> None:
    ours, theirs = both
    with tenancy.acting_for(theirs):
        account = Account.objects.get()
    with tenancy.acting_for(ours):
        stolen = Account(pk=account.pk, debtor_id=account.debtor_id, creditor_id=account.creditor_id)
        for name in ("debtor", "creditor"):
            model = Account._meta.get_field(name).related_model
            with pytest.raises(model.DoesNotExist):
                getattr(stolen, name)
        with pytest.raises(Account.DoesNotExist):
            stolen.refresh_from_db()
        assert list(stolen.holds.all()) == []


def test_a_row_for_the_other_agency_is_refused(both: tuple[Agency, Agency]) -> None:
    ours, theirs = both
    with tenancy.acting_for(ours):
        debtor, creditor = make_debtor(), make_creditor()
        rows: list[models.Model] = [
            Creditor(agency=theirs, name="Smuggled"),
            Hold(agency=theirs, debtor=debtor, kind="cease"),
            Account(agency=theirs, debtor=debtor, creditor=creditor, external_ref="S", original_amount=Decimal(1)),
        ]
        for row in rows:
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                row.save(force_insert=True)


@pytest.mark.parametrize("column", ["debtor_id", "creditor_id", "assigned_to_id"])
def test_a_row_cannot_point_to_a_row_of_the_other_agency(column: str, both: tuple[Agency, Agency]) -> None:
    ours, theirs = both
    with tenancy.acting_for(theirs):
        foreign = Account.objects.exclude(assigned_to=None).values_list(column, flat=True).get()
    with tenancy.acting_for(ours):
        account = Account.objects.get()
    with tenancy.acting_for(ours), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match=f"{column}_within_agency"), transaction.atomic():
            Account.objects.filter(pk=account.pk).update(**{column: foreign})
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    with tenancy.acting_for(ours):
        assert getattr(Account.objects.get(), column) == getattr(account, column)


def test_rows_of_the_other_agency_cannot_be_changed_or_deleted(both: tuple[Agency, Agency]) -> None:
    ours, theirs = both
    for table in set(tables_with_agency()) - set(database_role.APPEND_ONLY):
        with only_the_database_knows(ours), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET agency_id = agency_id WHERE agency_id = %s", [theirs.pk])
            assert cursor.rowcount == 0, table
            cursor.execute(f"DELETE FROM {table} WHERE agency_id = %s", [theirs.pk])
            assert cursor.rowcount == 0, table


def test_a_row_cannot_be_given_away(both: tuple[Agency, Agency]) -> None:
    ours, theirs = both
    with tenancy.acting_for(ours):
        creditor = make_creditor()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Creditor.objects.filter(pk=creditor.pk).update(agency_id=theirs.pk)


def test_an_entry_cannot_be_posted_on_an_account_of_the_other_agency(both: tuple[Agency, Agency]) -> None:
    ours, theirs = both
    with tenancy.acting_for(theirs):
        account = Account.objects.get()
    with pytest.raises(DatabaseError, match="not of this agency"), tenancy.acting_for(ours):
        BalanceEntry.objects.create(account_id=account.pk, kind="payment", amount=Decimal(-100))
    with tenancy.acting_for(theirs):
        account.refresh_from_db()
        assert account.current_balance == Decimal(500)


def test_within_an_agency_only_its_users_are_seen(both: tuple[Agency, Agency], operator: User) -> None:
    ours, theirs = both
    assert User.objects.filter(agency=theirs).exists(), "sign-in comes before any agency"
    with tenancy.acting_for(ours):
        assert {user.agency_id for user in User.objects.all()} == {ours.pk}


def test_the_search_functions_stay_within_the_agency(both: tuple[Agency, Agency]) -> None:
    ours, _theirs = both
    with only_the_database_knows(ours), connection.cursor() as cursor:
        cursor.execute("SELECT account_id FROM core_search_accounts('Marisol', 100)")
        found = {pk for (pk,) in cursor.fetchall()}
        cursor.execute("SELECT id FROM core_account")
        assert found == {pk for (pk,) in cursor.fetchall()}
    with only_the_database_knows(None), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_search_accounts('Marisol', 100)")
        assert cursor.fetchone()[0] == 0


def test_start_up_refuses_a_role_that_the_wall_does_not_bind(db: None) -> None:
    database_role.refuse_powerful_role()
    with as_owner(), pytest.raises(ImproperlyConfigured, match="bypasses row-level security or owns the tables"):
        database_role.refuse_powerful_role()


def test_start_up_refuses_the_owner_of_the_tables_though_no_superuser(db: None) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE ROLE plain_owner NOSUPERUSER NOBYPASSRLS")
        cursor.execute("GRANT CREATE ON SCHEMA public TO plain_owner")
        cursor.execute("ALTER TABLE core_account OWNER TO plain_owner")
        cursor.execute("SET ROLE plain_owner")
        with pytest.raises(ImproperlyConfigured, match="plain_owner"):
            database_role.refuse_powerful_role()
