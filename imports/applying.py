"""How does a batch become accounts? By a dozen statements for a thousand rows, inside one transaction.

COPY into a staging table, find what is there already, insert what is new, update what differs, and write down what
became of each line. Rows that differ in nothing cost their record and no other write. What the agency did
(payments, notes, holds, opt-outs, assignments, status) is never touched: no statement here names those columns.

Batches of one agency take turns, so two files that name the same debtor cannot both insert him.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from core import claims, clock
from core.encryption import decrypt
from imports.batches import COLUMNS, Batch
from imports.models import SFTPImportJob
from imports.sql import changes, debtors, finding, foreseeing, outcomes, staging


@dataclass
class Counts:
    """What became of the lines of a batch."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    accepted_amount: Decimal = Decimal(0)


# Line, has it the last word on its debtor, does it differ, and the debtor's secrets as tokens.
type Known = tuple[int, bool, bool, str | None, str | None]
# Line, reference, and errors as an ImportedRecord keeps them.
type Rejection = tuple[int, str, list[dict[str, str]]]


def make_staging() -> None:
    """The table of this session into which batches are copied."""
    with connection.cursor() as cursor:
        cursor.execute(staging.STAGING)


def apply(job: SFTPImportJob, batch: Batch, creditors: list[UUID]) -> Counts:
    """Apply one batch within the caller's transaction; `creditors` are the ids behind the batch's numbers."""
    claims.wait_turn(claims.IMPORT_BATCHES, job.agency_id)
    facts = {
        "agency": job.agency_id,
        "job": job.pk,
        "file": job.file_name,
        "moment": clock.now(),
        "creditors": [job.creditor_id, *creditors],
    }
    with connection.cursor() as cursor:
        return _Application(batch, facts, cursor).run()


def make_foreseeing() -> None:
    """The tables of this session for the dry run of one file."""
    make_staging()
    with connection.cursor() as cursor:
        cursor.execute(foreseeing.FORESEEN_POINTS)
        cursor.execute(foreseeing.FORGET_FORESEEN_POINTS)


def foresee(agency: UUID, batch: Batch, creditors: list[UUID | None], wanted: int) -> tuple[Counts, list[Rejection]]:
    """What `apply` would count, and the first `wanted` rejections; the caller's transaction can write nothing else.

    Batches of a file must come in their order. Nobody is waited for: what others change meanwhile is not foreseen.
    """
    with connection.cursor() as cursor:
        cursor.execute(foreseeing.NOTHING_IS_WRITTEN)
        return _Application(batch, {"agency": agency, "creditors": creditors, "wanted": wanted}, cursor).foresee()


class _Application:
    def __init__(self, batch: Batch, facts: dict[str, Any], cursor: Any) -> None:
        self._batch = batch
        self._facts = facts
        self._cursor = cursor

    def run(self) -> Counts:
        self._cursor.execute(staging.REFRESH_STATISTICS)
        known, others, differ = self._compare()
        fresh = self._run(debtors.INSERT_DEBTORS) if others else 0
        if fresh:
            self._run(debtors.ADD_POINTS_OF_NEW_DEBTORS)
        added = self._run(debtors.ADD_POINTS_OF_KNOWN_DEBTORS) if known else 0
        if differ or added:
            self._update()
        if differ or added or (fresh and self._batch.debtors_repeat):
            self._run(debtors.SPREAD_ZONES)
        if others:
            if known:
                self._rows(debtors.KEEP_DEBTORS)
            self._run(outcomes.INSERT_ACCOUNTS)
            self._run(outcomes.TELL_TIMELINE_OF_NEW)
        return _counts(self._rows(outcomes.RECORD_LINES))

    def foresee(self) -> tuple[Counts, list[Rejection]]:
        known, _, differ = self._compare()
        if known:
            self._run(foreseeing.FORESEE_POINTS)
        if differ:
            self._note_changes()
        counts = _counts(self._rows(foreseeing.FORESEE_OUTCOMES))
        rejected = self._rows(foreseeing.FORESEE_REJECTED) if counts.rejected and self._facts["wanted"] else []
        return counts, [(line, reference, json.loads(errors)) for line, reference, errors in rejected]

    def _compare(self) -> tuple[list[Known], int, bool]:
        """What is there already, how many rows name no account, and whether any says something new."""
        self._stage()
        known = self._rows(finding.FIND_ACCOUNTS)
        others = self._batch.records - len(known)
        if others:
            known += self._rows(finding.FIND_DEBTORS)
        return known, others, self._mark_secrets(known) or any(row[2] for row in known)

    def _run(self, statement: str) -> int:
        self._cursor.execute(statement, self._facts)
        return int(self._cursor.rowcount)

    def _rows(self, statement: str) -> list[Any]:
        self._cursor.execute(statement, self._facts)
        return list(self._cursor.fetchall())

    def _stage(self) -> None:
        self._cursor.execute(staging.COMMIT_WITHOUT_WAITING)
        self._cursor.execute(staging.CLEAR_STAGING)
        with self._cursor.copy(staging.copy_into_staging(COLUMNS)) as copy:
            copy.write(self._batch.copy)
        if self._batch.is_first:
            self._cursor.execute(staging.ANALYZE_STAGING)

    def _mark_secrets(self, known: list[Known]) -> bool:
        """Encrypted values differ each time, so they are compared here. Tells whether any is new."""
        ssn, birth = [], []
        for line, speaks, _, ssn_token, birth_token in known:
            if not speaks or (ssn_token is None and birth_token is None):
                continue
            new_ssn, new_birth = self._batch.secrets[line]
            if ssn_token is not None and decrypt(ssn_token) != new_ssn:
                ssn.append(line)
            if birth_token is not None and decrypt(birth_token) != new_birth:
                birth.append(line)
        if not ssn and not birth:
            return False
        self._facts |= {"ssn_lines": ssn, "birth_lines": birth}
        self._run(finding.MARK_SECRETS)
        return True

    def _update(self) -> None:
        """What the file says now; the old values are written down first."""
        self._rows(changes.LOCK_DEBTORS)
        self._rows(changes.LOCK_ACCOUNTS)
        self._note_changes()
        self._run(changes.POST_ADJUSTMENTS)
        self._run(changes.UPDATE_ACCOUNTS)
        self._run(changes.UPDATE_DEBTORS)
        self._run(changes.TELL_DEBTORS_HISTORY)
        self._run(changes.TELL_TIMELINE_OF_UPDATES)

    def _note_changes(self) -> None:
        self._run(changes.NOTE_ACCOUNT_CHANGES)
        self._run(changes.NOTE_DEBTOR_CHANGES)


def _counts(found: list[Any]) -> Counts:
    counts = {outcome: number for outcome, number, _ in found}
    amount = sum((amount for outcome, _, amount in found if outcome != "rejected"), Decimal(0))
    return Counts(**counts, accepted_amount=amount)
