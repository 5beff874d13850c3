"""What may the application's database role do?

Migrations run as the owner. Web and worker connect as `debtflow_app`: no superuser, no owner, no BYPASSRLS, so
row-level security binds it; and it may add to the append-only tables but never change or empty them.
"""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

APP_ROLE = "debtflow_app"
APPEND_ONLY = ("core_balanceentry", "core_activity", "core_auditlog", "core_debtorchange")
READ_ONLY = ("django_migrations",)

CREATE_ROLE = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN
        CREATE ROLE {APP_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of the cluster was faster
END $$
"""


def grant(**_: Any) -> None:
    """After each migration: the application role may use every table, within the limits above."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('core_account') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return
        # Tables that are made later (the cache's) are his to use as well.
        cursor.execute(
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP_ROLE}"
        )
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}")
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'core_auditlog'::regclass")
        partitions = [row[0] for row in cursor.fetchall()]
        for table in APPEND_ONLY:
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP_ROLE}")
        for partition in partitions:  # the policy of the whole does not bind who asks a part by its name
            cursor.execute(f"REVOKE ALL ON {partition} FROM {APP_ROLE}")
        for table in READ_ONLY:
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {APP_ROLE}")


def refuse_powerful_role() -> None:
    """Raises ImproperlyConfigured when row-level security would not bind this connection."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.rolname, r.rolsuper, r.rolbypassrls, c.relowner = r.oid"
            " FROM pg_roles r LEFT JOIN pg_class c ON c.oid = to_regclass('core_account')"
            " WHERE r.rolname = current_user"
        )
        name, superuser, bypasses, owner = cursor.fetchone()
    if superuser or bypasses or owner:
        raise ImproperlyConfigured(
            f"The database role {name!r} is a superuser, bypasses row-level security or owns the tables."
            f" DATABASE_URL must name a plain role such as {APP_ROLE}."
        )
