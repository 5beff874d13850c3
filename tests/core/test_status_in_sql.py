"""A status changes by a move of the workflow only, also for SQL that goes round the models."""

import itertools
import re

import pytest
from django.db import IntegrityError, connection, transaction

from core.account_states import Status
from core.models import Account, Agency, User
from tests.cast import make_account


def drawn() -> set[tuple[str, str]]:
    """The jumps of the workflow."""
    return {(str(t.source), str(t.target)) for t in Account.status.field.get_all_transitions(Account)}


def test_the_trigger_knows_exactly_the_moves_of_the_workflow(inside: Agency) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'core_refuse_status_jump'")
        source = cursor.fetchone()[0]
    assert set(re.findall(r"'(\w+)>(\w+)'", source)) == drawn()


def test_an_update_to_a_wrong_status_is_refused_by_the_database(inside: Agency, sarah: User) -> None:
    allowed, wrong = drawn(), []
    for before in Status.values:
        account = make_account(status=before)
        for after in set(Status.values) - {before}:
            try:
                with transaction.atomic():
                    Account.objects.filter(pk=account.pk).update(status=after)
                    transaction.set_rollback(True)
                happened = True
            except IntegrityError:
                happened = False
            if happened != ((before, after) in allowed):
                wrong.append((before, after))
    assert wrong == []


def test_the_refusal_of_the_database_names_both_statuses(inside: Agency) -> None:
    account = make_account()
    with pytest.raises(IntegrityError, match="cannot go from new to payment_plan"), transaction.atomic():
        Account.objects.filter(pk=account.pk).update(status="payment_plan")


def test_a_status_nobody_knows_is_refused(inside: Agency) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_account(status="lost")


def test_the_status_of_an_instance_cannot_be_written(inside: Agency) -> None:
    account = make_account()
    with pytest.raises(AttributeError):
        account.status = "closed"


def test_every_status_can_be_left(inside: Agency) -> None:
    assert {before for before, _ in drawn()} == set(Status.values)
    assert len(list(itertools.chain(drawn()))) == 26
