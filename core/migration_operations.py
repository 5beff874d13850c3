"""What every new tenant table needs beyond its columns."""

from django.db.migrations.operations import RunSQL

from core.database_role import APP_ROLE

CURRENT_AGENCY = "nullif(current_setting('debtflow.agency_id', true), '')::uuid"


class EnableAgencyWall(RunSQL):
    """Row-level security: the application's role sees and writes only rows of the agency it was told.

    Outside an agency it sees none; with `shared_outside`, the rows are seen when no agency is set (users, who must
    be found at sign-in, and audit entries of the platform). The owner, who migrates, is not bound.
    """

    def __init__(self, table: str, *, column: str = "agency_id", shared_outside: bool = False) -> None:
        self.table, self.column, self.shared_outside = table, column, shared_outside
        rule = f"{column} = (SELECT {CURRENT_AGENCY})"
        if shared_outside:
            rule = f"({rule} OR (SELECT {CURRENT_AGENCY}) IS NULL)"
        super().__init__(
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"
            f" CREATE POLICY own_agency ON {table} TO {APP_ROLE} USING ({rule}) WITH CHECK ({rule})",
            f"DROP POLICY own_agency ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        )

    def describe(self) -> str:
        return f"Wall {self.table} off between agencies"


class KeyWithinAgency(RunSQL):
    """A foreign key that carries the agency: a row cannot point to a row of another agency.

    PostgreSQL looks for the row of a plain foreign key past row-level security, so the model's field says
    `db_constraint=False` and this constraint stands in its place.
    """

    def __init__(self, table: str, column: str, to: str) -> None:
        self.table, self.column, self.to = table, column, to
        constraint = f"{table}_{column}_within_agency"
        super().__init__(
            f"ALTER TABLE {table} ADD CONSTRAINT {constraint} FOREIGN KEY (agency_id, {column})"
            f" REFERENCES {to} (agency_id, id) DEFERRABLE INITIALLY DEFERRED",
            f"ALTER TABLE {table} DROP CONSTRAINT {constraint}",
        )

    def describe(self) -> str:
        return f"Keep {self.table}.{self.column} within its agency"


class ReferredToWithinAgency(RunSQL):
    """What `KeyWithinAgency` may point to: the key again, together with its agency."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_of_agency UNIQUE (agency_id, id)",
            f"ALTER TABLE {table} DROP CONSTRAINT {table}_of_agency",
        )

    def describe(self) -> str:
        return f"Let rows of the same agency refer to {self.table}"
