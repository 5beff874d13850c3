"""A Stripe stand-in for every test of payments: one server per test process, a fresh account per test."""

import pytest

from core import contact_rules
from core.models import Account, Agency, User
from debtflow.demo.local_stripe.accounts import Account as StripeAccount
from payments.models import PaymentProcessor
from tests.payments.cast import connect, worked
from tests.payments.stripe_server import stripe_account, stripe_client, stripe_control, stripe_server

__all__ = ["stripe_account", "stripe_client", "stripe_control", "stripe_server"]


@pytest.fixture
def processor(inside: Agency, stripe_account: StripeAccount) -> PaymentProcessor:
    """Harborline takes money at the stand-in."""
    return connect(stripe_account)


@pytest.fixture
def account(inside: Agency, sarah: User, dana: User) -> Account:
    """500.00 on Sarah's desk, talked about."""
    return worked(sarah, dana)


@pytest.fixture
def no_night(monkeypatch: pytest.MonkeyPatch) -> None:
    """Debtors may be written to at every hour, because a test may run at every hour."""
    monkeypatch.setattr(contact_rules, "EARLIEST", 0)
    monkeypatch.setattr(contact_rules, "LATEST", 24)
