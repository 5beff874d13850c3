"""A Stripe stand-in for every test of payments: one server per test process, a fresh account per test."""

from tests.payments.stripe_server import stripe_account, stripe_client, stripe_control, stripe_server

__all__ = ["stripe_account", "stripe_client", "stripe_control", "stripe_server"]
