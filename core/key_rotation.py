"""What must be encrypted anew when the keys change? Every encrypted column, and the secrets of the second factor.

To rotate: put the new key first in FIELD_ENCRYPTION_KEYS, restart, run `rotate_keys`, then drop the old key. Values
that are already under the first key are left alone, so the command may be stopped and run again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import connection, models

from core import crossings, tenancy
from core.encryption import EncryptedTextField, InvalidToken, box

BATCH = 1000
# The values of allauth's authenticators that core.signin.MfaAdapter encrypts.
MFA_SECRETS = ("secret", "seed", "migrated_codes")


@dataclass
class Rotation:
    """How many values were encrypted anew and left alone, and which no key in force can read."""

    changed: int = 0
    unchanged: int = 0
    unreadable: list[str] = field(default_factory=list)


def rotate() -> Rotation:
    """Bring every encrypted value under the first key, in batches that each commit."""
    done = Rotation()
    for model, column in encrypted_columns():
        agencies = crossings.all_agencies() if issubclass(model, tenancy.TenantModel) else [None]
        for agency in agencies:
            with tenancy.working_for(agency):
                _rotate_column(model._meta.db_table, column, done)
    with tenancy.working_for(None), tenancy.transaction():
        _rotate_authenticators(done)
    return done


def encrypted_columns() -> Iterator[tuple[type[models.Model], str]]:
    """Every table and column that holds encrypted text."""
    for model in apps.get_models():
        for column in model._meta.local_concrete_fields:
            if isinstance(column, EncryptedTextField):
                yield model, str(column.column)


def _rotate_column(table: str, column: str, done: Rotation) -> None:
    name, last = connection.ops.quote_name, None
    read = (
        f"SELECT id, {name(column)} FROM {name(table)}"  # noqa: S608  (names come from the models)
        f" WHERE {name(column)} <> '' AND (%(last)s::uuid IS NULL OR id > %(last)s::uuid) ORDER BY id LIMIT {BATCH}"
    )
    # Only a value that nobody changed meanwhile: a newer one is under the first key already.
    write = (
        f"UPDATE {name(table)} AS t SET {name(column)} = fresh.value"  # noqa: S608
        " FROM unnest(%(ids)s::uuid[], %(old)s::text[], %(new)s::text[]) AS fresh (id, old, value)"
        f" WHERE t.id = fresh.id AND t.{name(column)} = fresh.old"
    )
    while True:
        with tenancy.transaction(), connection.cursor() as cursor:
            cursor.execute(read, {"last": last})
            rows = cursor.fetchall()
            if not rows:
                return
            stale = list(_under_the_first_key(rows, f"{table}.{column}", done))
            if stale:
                ids, old, new = zip(*stale, strict=True)
                cursor.execute(write, {"ids": list(ids), "old": list(old), "new": list(new)})
        last = rows[-1][0]


def _under_the_first_key(rows: Iterable[tuple[Any, str]], where: str, done: Rotation) -> Iterator[tuple[Any, str, str]]:
    """(id, old token, new token) of what is not yet under the first key; counts as it goes."""
    for pk, token in rows:
        fresh = _fresh(token, f"{where} {pk}", done)
        if fresh != token:
            yield pk, token, fresh


def _fresh(token: str, where: str, done: Rotation) -> str:
    try:
        text = box().decrypt(token)
    except InvalidToken:
        done.unreadable.append(where)
        return token
    if box().is_current(token):
        done.unchanged += 1
        return token
    done.changed += 1
    return box().encrypt(text)


def _rotate_authenticators(done: Rotation) -> None:
    for authenticator in Authenticator.objects.select_for_update().order_by("pk").iterator():
        where = f"authenticator {authenticator.pk}"
        data = dict(authenticator.data)
        for name in MFA_SECRETS:
            value = data.get(name)
            if isinstance(value, str) and value:
                data[name] = _fresh(value, where, done)
            elif isinstance(value, list):
                data[name] = [_fresh(token, where, done) for token in value]
        if data != authenticator.data:
            authenticator.data = data
            authenticator.save(update_fields=["data"])
