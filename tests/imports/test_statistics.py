"""An import stays quick where the planner knows nothing yet: in an empty installation, for an agency that is new."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from core import tenancy
from core.models import Agency
from imports import importer
from imports.sql import finding
from tests.conftest import as_owner
from tests.imports.conftest import csv_of, make_job, row

pytestmark = pytest.mark.django_db(transaction=True)
FILE = csv_of([row(n) for n in range(1200)])


def bring(agency: Agency) -> None:
    with tenancy.acting_for(agency):
        job = make_job(FILE)
    with tenancy.working_for(agency):
        importer.process(job.pk)
    with tenancy.acting_for(agency):
        job.refresh_from_db()
    assert job.created_count == 1200


def rows_known_of(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
        return int(cursor.fetchone()[0])


def test_the_planner_is_told_of_tables_that_were_empty_a_moment_ago(harborline: Agency) -> None:
    with as_owner(), connection.cursor() as cursor:
        for table in ("core_account", "core_debtor"):
            cursor.execute(f"TRUNCATE {table} CASCADE")
    assert rows_known_of("core_account") <= 0
    bring(harborline)
    assert rows_known_of("core_account") >= 1000
    assert rows_known_of("core_debtor") >= 1000


def test_an_account_of_a_new_agency_is_found_by_its_reference(harborline: Agency, northwind: Agency) -> None:
    bring(northwind)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    plans: list[str] = []

    def explained(execute: Callable[..., Any], statement: str, facts: Any, many: bool, context: Any) -> Any:
        if statement in (finding.FIND_ACCOUNTS, finding.FIND_DEBTORS):
            execute(f"EXPLAIN {statement}", facts, many, context)
            plans.append("\n".join(line for (line,) in context["cursor"].fetchall()))
        return execute(statement, facts, many, context)

    with connection.execute_wrapper(explained):
        bring(harborline)
    assert len(plans) == 4
    assert [plan for plan in plans if "((external_ref)::text = s." not in plan] == []
    assert [plan for plan in plans if "Filter: ((external_ref)" in plan] == []
