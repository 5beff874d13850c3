"""`/metrics` tells how all agencies do, in counts, to who has the token."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from core.models import Account, Agency, User
from payments.models import GatewayHealth, Payment, PaymentProcessor
from tests.payments.cast import worked


@pytest.fixture
def account(inside: Agency, sarah: User, dana: User) -> Account:
    return worked(sarah, dana)


def told() -> list[str]:
    answer = Client().get("/metrics")
    assert answer.status_code == 200
    return [line for line in answer.content.decode().splitlines() if not line.startswith("#")]


def test_the_numbers_are_those_of_the_rows(account: Account) -> None:
    processor = PaymentProcessor.objects.create(name="Stripe", slug="stripe", kind="stripe", api_key="sk_test_x")
    Payment.objects.create(
        account=account, processor=processor, amount=5, method="card", idempotency_key="k", waits_for="bank"
    )
    GatewayHealth.objects.create(processor=processor, state="open", opened_at=timezone.now())
    found = told()
    assert 'debtflow_payments_day{method="card",status="pending"} 1.0' in found
    assert 'debtflow_payments_undecided{status="pending",waits_for="bank"} 1.0' in found
    assert f'debtflow_breaker_open{{agency="{account.agency_id}",processor="{processor.pk}"}} 1.0' in found
    assert 'debtflow_accounts{status="in_contact"} 1.0' in found


def test_nobody_without_the_token_sees_them(db: None, settings: Settings) -> None:
    settings.METRICS_TOKEN = "a token"
    assert Client().get("/metrics").status_code == 404
    assert Client().get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 404
    assert Client().get("/metrics", headers={"Authorization": "Bearer a token"}).status_code == 200


def test_in_production_there_is_none_unless_a_token_is_set(db: None, settings: Settings) -> None:
    settings.METRICS_TOKEN, settings.DEVELOPMENT = "", False
    assert Client().get("/metrics").status_code == 404
