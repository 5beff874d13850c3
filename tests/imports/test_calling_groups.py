"""Accounts of a file carry the group of debtors who may be called at the same hours, as every account does."""

from typing import Any

from django.db import connection

from core.models import Account, CallingGroup, Hold
from tests.imports.conftest import row


def groups() -> dict[str, list[str] | None]:
    """The zones of each account's group, None for those that nobody may call."""
    zones = dict(CallingGroup.objects.values_list("number", "time_zones"))
    return {ref: zones.get(group) for ref, group in Account.objects.values_list("external_ref", "calling_group")}


def test_they_are_those_of_the_debtors(import_file: Any) -> None:
    import_file([
        row(1, debtor_external_ref="P-1", debtor_phone="", zip="43215"),
        row(2, debtor_external_ref="P-2", debtor_phone="", zip=""),
    ])  # fmt: skip
    assert groups() == {"NGH-00001": ["America/New_York"], "NGH-00002": None}
    Hold.objects.create(debtor=Account.objects.get(external_ref="NGH-00001").debtor, kind="cease")
    import_file([
        row(3, debtor_external_ref="P-1", debtor_phone="", zip="43215"),
        row(4, debtor_external_ref="P-2", debtor_phone="", zip="85004"),
    ])  # fmt: skip
    assert groups() == {
        "NGH-00001": None, "NGH-00003": None, "NGH-00002": ["America/Phoenix"], "NGH-00004": ["America/Phoenix"],
    }  # fmt: skip


def test_what_the_file_tells_is_what_the_table_would_have_found(import_file: Any) -> None:
    import_file([row(n, debtor_phone=f"214-555-01{n:02}", zip=["43215", "85004", ""][n % 3]) for n in range(9)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_account WHERE calling_group <> core_calling_group_of(debtor_id, id)")
        assert cursor.fetchone() == (0,)
    assert None not in groups().values()
