"""Encrypted columns: social security digits, dates of birth, passwords and keys of others.

AES-256-GCM under rotating keys: the first of FIELD_ENCRYPTION_KEYS encrypts, all decrypt; a token names its key. To
rotate: put a new key first, run `manage.py rotate_keys`, then drop the old one. Not Fernet, because an import
encrypts and decrypts one short value a row: 200,000 cost 0.6 s instead of 3.9 s, and a token is half as long.

There is no look-up on such a column: four digits have 10,000 values, and any searchable digest of them is the digits.
"""

import binascii
import hashlib
import os
from base64 import b64decode, b64encode, urlsafe_b64decode
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

KEY_BYTES, NAME_BYTES, NONCE_BYTES = 32, 4, 12
_NONCE_ENDS = NAME_BYTES + NONCE_BYTES


class InvalidToken(ValueError):
    """No key in force fits the token, or it was changed."""


class Box:
    """The keys in force. A token is base64 of: name of the key, nonce, cipher text with its tag."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        raw = [urlsafe_b64decode(key) for key in keys]
        if not raw or any(len(key) != KEY_BYTES for key in raw):
            raise ValueError("FIELD_ENCRYPTION_KEYS must be 32 bytes each, in URL-safe base64, separated by commas.")
        names = [hashlib.sha256(b"debtflow key name" + key).digest()[:NAME_BYTES] for key in raw]
        self._ciphers = dict(zip(reversed(names), map(AESGCM, reversed(raw)), strict=True))
        self._first = names[0]

    def encrypt(self, text: str) -> str:
        """The text under the first key."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self._first].encrypt(nonce, text.encode(), self._first)
        return b64encode(self._first + nonce + sealed).decode()

    def decrypt(self, token: str) -> str:
        """The text of a token. Raises InvalidToken."""
        try:
            raw = b64decode(token)
            name = raw[:NAME_BYTES]
            return self._ciphers[name].decrypt(raw[NAME_BYTES:_NONCE_ENDS], raw[_NONCE_ENDS:], name).decode()
        except (KeyError, ValueError, binascii.Error, InvalidTag) as error:
            raise InvalidToken("No key in force can read this value.") from error

    def is_current(self, token: str) -> bool:
        """Is the token under the first key?"""
        return b64decode(token)[:NAME_BYTES] == self._first


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> Box:
    return Box(keys)


def box() -> Box:
    """The keys in force."""
    return _box(tuple(settings.FIELD_ENCRYPTION_KEYS))


def encrypt(text: str) -> str:
    """The text as a token; an empty text stays empty."""
    return box().encrypt(text) if text else text


def decrypt(token: str) -> str:
    """The text of a token; an empty one stays empty. Raises InvalidToken when no key fits or it was changed."""
    return box().decrypt(token) if token else token


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
