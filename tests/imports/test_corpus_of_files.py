"""Files as creditors, spreadsheets and enemies make them: each is imported, and every line of it is told.

`files/expected.toml` says for each file what it shows, how it is read (`kind`), which lines become which accounts and
which are rejected for what, or the sentence that refuses it as a whole.
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from core.models import Account, ContactPoint
from imports import feeds, mapping
from imports.models import Format, ImportedRecord, SFTPImportJob

FILES = Path(__file__).parent / "files"
EXPECTED = tomllib.loads((FILES / "expected.toml").read_text())
# Files of this folder that are not imported.
ABOUT = {"expected.toml", ".gitattributes"}


def test_each_file_has_its_expectation() -> None:
    assert sorted(EXPECTED) == sorted(path.name for path in FILES.iterdir() if path.name not in ABOUT)
    assert all(("refused" in case) != ("kind" in case) for case in EXPECTED.values())


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_the_file_ends_as_expected(name: str, import_file, settings) -> None:
    case = EXPECTED[name]
    for limit, value in case.get("limits", {}).items():
        setattr(settings, limit, value)
    how = feeds.mapping_of_one_file(mapping.read(case.get("mapping", {})), None)
    job = import_file((FILES / name).read_bytes(), name=name, mapping=how, format=case.get("format", Format.CSV))
    assert outcome(job) == {key: case[key] for key in ("refused", "kind", "accepted", "rejected") if key in case}


def outcome(job: SFTPImportJob) -> dict[str, Any]:
    """What became of the file, as `expected.toml` tells it."""
    if job.status == SFTPImportJob.Status.FAILED:
        assert not ImportedRecord.objects.exists()
        return {"refused": job.error_details}
    records = ImportedRecord.objects.filter(job=job).order_by("line_number")
    accepted = [f"{record.line_number}: {_told(record.account)}" for record in records if record.account]
    rejected = [
        f"{record.line_number}: {', '.join(f'{e["field"]} {e["code"]}' for e in record.errors)}"
        for record in records
        if not record.account
    ]
    assert (len(accepted), len(rejected)) == (job.processed_ok, job.processed_errors)
    found = {"kind": job.dialect, "accepted": accepted, "rejected": rejected}
    return {key: value for key, value in found.items() if value}


def _told(account: Account) -> str:
    """Everything that came out of a line, in one."""
    debtor = account.debtor
    own_reference = debtor.external_ref == f"account:{account.external_ref}"
    facts = {
        "debtor": "" if own_reference else debtor.external_ref,
        "due": account.due_date,
        "type": account.account_type,
        "ssn": debtor.ssn_last4,
        "born": debtor.date_of_birth,
        "street": debtor.address_line1,
        "city": debtor.city,
        "state": debtor.state,
        "zip": debtor.zip,
        **{point.kind: point.value for point in ContactPoint.objects.filter(debtor=debtor)},
        **account.particulars,
    }
    always = [account.external_ref, debtor.full_name, str(account.original_amount), account.creditor.name]
    return " | ".join(always + [f"{name}={value}" for name, value in facts.items() if value])
