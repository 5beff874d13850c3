"""Encrypted columns: social security digits, dates of birth, passwords and keys of others.

Fernet (AES-128-CBC with HMAC-SHA256) under rotating keys: the first of FIELD_ENCRYPTION_KEYS encrypts, all decrypt.
To rotate: put a new key first, run `manage.py rotate_keys`, then drop the old one. There is no look-up on such a
column: four digits have 10,000 values, and any searchable digest of them is the digits.
"""

from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def box() -> MultiFernet:
    """The keys in force."""
    return _box(tuple(settings.FIELD_ENCRYPTION_KEYS))


def encrypt(text: str) -> str:
    """The text as a Fernet token; an empty text stays empty."""
    return box().encrypt(text.encode()).decode() if text else text


def decrypt(token: str) -> str:
    """The text of a Fernet token. Raises InvalidToken when no key fits or the token was changed."""
    return box().decrypt(token.encode()).decode() if token else token


class EncryptedTextField(models.TextField):
    """Text that the database only ever sees encrypted."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value if value in (None, "") else encrypt(value)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return value if value in (None, "") else decrypt(value)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise TypeError(f"{self.name} is encrypted: it has no {lookup_name!r} look-up.")
        return super().get_lookup(lookup_name)
