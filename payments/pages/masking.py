"""What of an event's payload is shown? All of it, but no details of cards and accounts, and nothing that opens a door.

Brand and last four digits stay, as everywhere (PCI DSS 3.4.1 allows them).
"""

from typing import Any

MASKED = "••••"
# Whoever has one of these can act for the debtor or for the agency.
SECRETS = {"client_secret", "secret", "url", "hosted_url", "hosted_verification_url", "ephemeral_key", "number", "cvc"}
# Below one of these everything is a detail of the card, the account or the person.
DETAILS = {"card", "us_bank_account", "bank_account", "billing_details", "customer_details", "shipping", "sepa_debit"}
PLAIN = {"brand", "display_brand", "network", "funding", "last4", "bank_name", "type", "account_type"}


def masked(payload: Any, *, within_details: bool = False) -> Any:
    """The same payload with those values replaced."""
    if isinstance(payload, dict):
        return {key: _value(key, value, within_details) for key, value in payload.items()}
    if isinstance(payload, list):
        return [masked(one, within_details=within_details) for one in payload]
    if payload is None or isinstance(payload, bool):
        return payload
    return MASKED if within_details or (isinstance(payload, str) and "_secret_" in payload) else payload


def _value(key: str, value: Any, within_details: bool) -> Any:
    if key in SECRETS and value:
        return MASKED
    if within_details and key in PLAIN and not isinstance(value, dict | list):
        return value
    return masked(value, within_details=within_details or key in DETAILS)
