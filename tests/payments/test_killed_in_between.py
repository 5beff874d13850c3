"""kill -9 between every two steps of taking a payment: the books come to the truth, and nothing is charged twice."""

import signal
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from core import tenancy
from core.models import Account, Agency, User
from debtflow.demo.local_stripe.accounts import Account as StripeAccount
from debtflow.demo.local_stripe.control import Control
from payments import reconciliation
from payments.models import SavedMethod
from tests import other_process
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
import os, signal
from importlib import import_module
from payments import charging
path, when, payment = args
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
    assert other_process.run(harborline, WORKER, *PLACES[place], str(payment.pk)) == -signal.SIGKILL
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
