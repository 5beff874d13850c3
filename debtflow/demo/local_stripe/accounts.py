"""Whose key is this? Every secret key is a Stripe account of its own."""

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from debtflow.demo.local_stripe.errors import JSON, not_signed_in

if TYPE_CHECKING:
    from debtflow.demo.local_stripe.store import Store


@dataclass(frozen=True)
class Account:
    """All that a processor of ours needs."""

    name: str
    id: str
    secret_key: str
    publishable_key: str
    webhook_secret: str
    base_url: str


class Accounts:
    """The accounts kept in a store."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    def named(self, name: str, base_url: str) -> Account:
        """Made on first use, by whichever process comes first."""
        with self._store.transaction():
            row = self._store.row("SELECT * FROM accounts WHERE name = ?", name)
            if row is None:
                tail = secrets.token_hex(12)
                self._store.run(
                    "INSERT INTO accounts VALUES (?, ?, ?, ?, ?)",
                    *(name, f"acct_{tail[:16]}", f"sk_test_51{tail}", f"pk_test_51{tail[::-1]}"),
                    f"whsec_{secrets.token_hex(16)}",
                )
                row = self._store.row("SELECT * FROM accounts WHERE name = ?", name)
        assert row is not None  # noqa: S101
        return _account(row, base_url)

    def of_key(self, key: str) -> Account:
        """401 for a key that is nobody's; the publishable key leads to its account as well."""
        row = self._store.row("SELECT * FROM accounts WHERE secret_key = ?1 OR publishable_key = ?1", key)
        if row is None:
            raise not_signed_in(f"Invalid API Key provided: {_masked(key)}")
        return _account(row)

    def of_id(self, wanted: str) -> Account | None:
        row = self._store.row("SELECT * FROM accounts WHERE id = ?", wanted)
        return None if row is None else _account(row)

    def all(self) -> list[Account]:
        return [_account(row) for row in self._store.rows("SELECT * FROM accounts ORDER BY name")]


def _account(row: tuple[str, ...], base_url: str = "") -> Account:
    name, wanted, secret_key, publishable_key, secret = row
    return Account(name, wanted, secret_key, publishable_key, secret, base_url)


def of_header(accounts: Accounts, header: str | None) -> tuple[Account, bool]:
    """Whose `Authorization` this is, and whether by the publishable key. 401 without one or with a stranger's."""
    key = _key_in(header or "")
    if not key:
        raise not_signed_in(
            "You did not provide an API key. You need to provide your API key in the Authorization header, "
            "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        )
    return accounts.of_key(key), key.startswith("pk_")


def _key_in(header: str) -> str:
    match = re.match(r"^Bearer +(\S+)$", header)
    return match[1] if match else ""


def _masked(key: str) -> str:
    return f"{key[:8]}{'*' * 12}{key[-4:]}" if len(key) > 16 else "*" * len(key)


def columns() -> str:
    return "name TEXT PRIMARY KEY, id TEXT UNIQUE, secret_key TEXT UNIQUE, publishable_key TEXT UNIQUE, secret TEXT"


def as_object(account: Account) -> JSON:
    """What `GET /v1/account` tells."""
    return {
        "id": account.id,
        "object": "account",
        "business_profile": {"name": account.name, "support_email": None, "url": None},
        "capabilities": {"card_payments": "active", "us_bank_account_ach_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "country": "US",
        "default_currency": "usd",
        "details_submitted": True,
        "email": f"{account.name}@example.com",
        "metadata": {},
        "payouts_enabled": True,
        "settings": {"dashboard": {"display_name": account.name, "timezone": "America/New_York"}},
        "type": "standard",
    }
