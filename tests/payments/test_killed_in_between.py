"""kill -9 between every two steps of taking a payment: the books come to the truth, and nothing is charged twice."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection

from core import tenancy
from core.models import Account, Agency, User
from debtflow.demo.local_stripe.accounts import Account as StripeAccount
from debtflow.demo.local_stripe.control import Control
from payments import reconciliation
from payments.models import Payment, SavedMethod
from tests.payments.cast import books_agree, charge, connect, save_method, work_off, worked

pytestmark = pytest.mark.django_db(transaction=True)

# Where the process dies, as a function that is replaced by death, before or after it did its work.
PLACES = {
    "before the row is claimed": ("payments.charging.claim", "before"),
    "after the row is claimed": ("payments.charging.claim", "after"),
    "before Stripe is asked": ("stripe._payment_intent_service.PaymentIntentService.create", "before"),
    "after Stripe has answered": ("stripe._payment_intent_service.PaymentIntentService.create", "after"),
    "before the answer is in the books": ("payments.completing.learn", "before"),
    "after the balance entry, before the commit": ("core.balances.post_entry", "after"),
    "after the commit": ("payments.completing.learn", "after"),
}
WORKER = """
import os, signal, sys
import django
from django.conf import settings
django.setup()
from django.db.backends.signals import connection_created
from core import database_role
def become_app(connection, **_):
    connection.cursor().execute(f"SET ROLE {database_role.APP_ROLE}")
connection_created.connect(become_app)
from importlib import import_module
path, when, agency, payment = sys.argv[1:]
module, _, name = path.rpartition(".")
try:
    place = import_module(module)
except ModuleNotFoundError:
    module, _, owner = module.rpartition(".")
    place = getattr(import_module(module), owner)
original = getattr(place, name)
def dying(*args, **kwargs):
    if when == "after":
        original(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(place, name, dying)
from uuid import UUID
from core import tenancy
from payments import charging
with tenancy.working_for(UUID(agency)):
    charging.charge(payment)
"""


@pytest.fixture
def scene(
    harborline: Agency, sarah: User, dana: User, stripe_account: StripeAccount
) -> Iterator[tuple[Account, SavedMethod]]:
    with tenancy.working_for(harborline):
        with tenancy.transaction():
            processor = connect(stripe_account)
            account = worked(sarah, dana)
            saved = save_method(processor, account)
        yield account, saved


def die_at(path: str, when: str, agency: Agency, payment: Payment) -> int:
    """The worker sends the payment and is killed there; its exit status."""
    facts = connection.settings_dict
    address = f"postgres://{facts['USER']}:{facts['PASSWORD']}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"
    variables = os.environ | {"DEBUG": "1", "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "debtflow.settings"}
    command = [sys.executable, "-c", WORKER, path, when, str(agency.pk), str(payment.pk)]
    return subprocess.run(command, env=variables, check=False, timeout=60).returncode


@pytest.mark.parametrize("place", PLACES)
def test_the_books_come_to_the_truth(
    scene: tuple[Account, SavedMethod],
    harborline: Agency,
    sarah: User,
    stripe_control: Control,
    place: str,
) -> None:
    account, saved = scene
    payment = charge(account, saved, "120.00", by=sarah)
    assert die_at(*PLACES[place], harborline, payment) == -signal.SIGKILL
    with time_machine.travel(payment.created_at + timedelta(seconds=90), tick=True):
        reconciliation.run_for_agency()
    work_off()  # the job itself, which the queue still has
    with tenancy.transaction():
        payment.refresh_from_db()
        account.refresh_from_db()
        assert payment.status == "completed"
        assert account.current_balance == Decimal("380.00")
        assert books_agree() == []
    assert [one["amount"] for one in stripe_control.taken()] == [12000]
