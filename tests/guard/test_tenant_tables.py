"""Every table of ours belongs to an agency, is walled off, and is unique only within it."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.models.constraints import UniqueConstraint

from core.database_role import APP_ROLE
from core.models import Agency, AuditLog, Collector, User
from core.tenancy import SETTING, TenantModel
from tests.conftest import as_owner

OURS = {"core", "imports", "payments", "worklist", "reports", "debtflow"}
MODELS = [model for model in apps.get_models() if model._meta.app_label in OURS]
WITHOUT = {Agency}
# A superuser has no agency, and the platform's own audit entries have none.
MAY_HAVE_NONE = {User, AuditLog}
# Seen when no agency is set: signing in looks for the user.
ALSO_OUTSIDE = {User, AuditLog}
NAMES_UNIQUE_EVERYWHERE = {"user_email_unique_ignoring_case", "user_username_unique_ignoring_case"}

TENANT = [model for model in MODELS if model not in WITHOUT]
ids = [model._meta.label for model in TENANT]

KEYS_BETWEEN_TENANTS = [
    field
    for model in TENANT
    for field in model._meta.concrete_fields
    if isinstance(field, models.ForeignKey)
    and field.related_model in TENANT
    # Whoever acts may be a superuser, who belongs to no agency.
    and (field.related_model is not User or model is Collector)
]


def sql(query: str, *args: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, args)
        return cursor.fetchall()


@pytest.mark.parametrize("model", TENANT, ids=ids)
def test_a_table_of_ours_carries_its_agency(model: type[models.Model]) -> None:
    agency = model._meta.get_field("agency")
    assert agency.related_model is Agency
    assert issubclass(model, TenantModel) or model in MAY_HAVE_NONE, "derive it from core.tenancy.TenantModel"
    assert not agency.null or model in MAY_HAVE_NONE


@pytest.mark.parametrize("model", TENANT, ids=ids)
def test_a_table_of_ours_stands_behind_the_wall(model: type[models.Model], db: None) -> None:
    table = model._meta.db_table
    [(enabled, owner)] = sql(
        "SELECT relrowsecurity, relowner::regrole::text FROM pg_class WHERE oid = %s::regclass", table
    )
    assert enabled, f"add EnableAgencyWall('{table}') to a migration"
    assert owner != APP_ROLE
    policies = sql("SELECT polname, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid), polcmd,"
                   " polpermissive FROM pg_policy WHERE polrelid = %s::regclass", table)  # fmt: skip
    assert [(name, command, permissive) for name, _, _, command, permissive in policies] == [("own_agency", "*", True)]
    for expression in policies[0][1:3]:
        assert SETTING in str(expression)
        assert (" OR " in str(expression)) == (model in ALSO_OUTSIDE)


@pytest.mark.parametrize("model", TENANT, ids=ids)
def test_what_is_unique_is_unique_within_the_agency(model: type[models.Model]) -> None:
    """Otherwise one agency could not use a reference of another, and would learn that it exists."""
    wide = [
        field.name
        for field in model._meta.concrete_fields
        if field.unique and not field.primary_key and not within(field) and field.name != "username"
    ]
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and constraint.name not in NAMES_UNIQUE_EVERYWHERE:
            names = {*constraint.fields, *(n for part in constraint.expressions for n in columns(part))}
            if not any(within(model._meta.get_field(name)) for name in names):
                wide.append(constraint.name)
    assert wide == []


@pytest.mark.parametrize(
    "key", KEYS_BETWEEN_TENANTS, ids=[f"{key.model.__name__}.{key.name}" for key in KEYS_BETWEEN_TENANTS]
)
def test_a_key_cannot_lead_into_another_agency(key: models.ForeignKey[Any, Any], db: None) -> None:
    """PostgreSQL checks a foreign key past row-level security: only a key that carries the agency is safe."""
    definitions = sql(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'",
        key.model._meta.db_table,
    )
    about = [str(text) for (text,) in definitions if f"{key.column})" in str(text).split(" REFERENCES")[0]]
    to = key.related_model._meta.db_table
    assert about == [
        f"FOREIGN KEY (agency_id, {key.column}) REFERENCES {to}(agency_id, id) DEFERRABLE INITIALLY DEFERRED"
    ], "say db_constraint=False, and add KeyWithinAgency to a migration"


def columns(expression: Any) -> set[str]:
    """The columns that an expression such as Lower("name") is made of."""
    if isinstance(expression, models.F):
        return {expression.name}
    return {name for part in expression.get_source_expressions() if part for name in columns(part)}


def within(field: models.Field) -> bool:  # type: ignore[type-arg]
    """Does the column lead to the agency, by itself or through the row it points to?"""
    target = field.related_model
    return target is Agency or (isinstance(target, type) and target in TENANT)


def test_no_other_table_of_the_database_carries_an_agency_unwalled(db: None) -> None:
    open_tables = sql(
        "SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE a.attname = 'agency_id' AND NOT a.attisdropped AND c.relkind IN ('r', 'p')"
        " AND NOT c.relrowsecurity AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace"
    )
    assert open_tables == []


def test_no_partition_is_a_door_round_the_wall(db: None) -> None:
    """The policy of a parent does not bind who asks its partition by name."""
    names = sql("SELECT c.relname FROM pg_class c WHERE c.relispartition AND c.relkind = 'r'")
    rights = [
        (name, right)
        for (name,) in names
        for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
        if sql("SELECT has_table_privilege(%s, %s, %s)", APP_ROLE, name, right) == [(True,)]
    ]
    assert names
    assert rights == []


def test_no_view_looks_past_the_wall(db: None) -> None:
    views = sql(
        "SELECT relname, 'security_invoker=true' = ANY (reloptions) FROM pg_class"
        " WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace"
    )
    assert views == [("reports_fact", True)], "a view reads with its owner's eyes: make it security_invoker"


def test_the_functions_that_read_with_the_owners_eyes_are_few_and_known(db: None) -> None:
    with as_owner():
        names = sql("SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace")
    assert sorted(str(name) for (name,) in names) == [
        "core_audit_ensure_partitions",
        "core_search_accounts",
        "core_search_debtors",
        "imports_due_feeds",
        "imports_feeds_due_at",
        "imports_refresh_statistics",  # reads no row: ANALYZE is the owner's
        "imports_seconds_to_next_feed",
        "payments_metrics",  # counts alone
        "payments_webhook_secrets",
        "reports_zone_changed",  # a trigger: sums up anew the agency whose zone was changed
    ]
