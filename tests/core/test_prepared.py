"""A query whose text is made once answers each agency and each user for himself."""

import pytest
from django.db.models import UUIDField

from core import tenancy
from core.models import Account, Agency, User
from core.prepared import Prepared, Slot
from tests.cast import make_account

pytestmark = pytest.mark.django_db
ONE = Prepared(lambda: Account.objects.select_related("debtor").filter(pk=Slot("account", UUIDField())))


def test_the_text_is_made_once_and_the_agency_is_whoever_asks(harborline: Agency, northwind: Agency) -> None:
    with tenancy.acting_for(harborline):
        ours = make_account()
        assert ONE.first(account=ours.pk) == ours
    with tenancy.acting_for(northwind):
        theirs = make_account()
        assert ONE.first(account=ours.pk) is None
        assert [account.debtor.full_name for account in ONE.all(account=theirs.pk)] == [theirs.debtor.full_name]


def test_outside_an_agency_it_is_refused(harborline: Agency) -> None:
    with tenancy.acting_for(harborline):
        ours = make_account()
    with pytest.raises(tenancy.NoAgency):
        ONE.first(account=ours.pk)


def test_a_fact_that_is_not_told_is_an_error(inside: Agency) -> None:
    with pytest.raises(KeyError, match="account"):
        ONE.first()


def test_who_is_asked_for_before_an_agency_is_known_is_found_where_the_wall_lets_him(
    harborline: Agency, sarah: User
) -> None:
    anybody = Prepared(
        lambda: User.objects.select_related("collector").filter(pk=Slot("user", UUIDField())), of_agency=False
    )
    assert anybody.first(user=sarah.pk) == sarah
    with tenancy.acting_for(harborline):
        assert anybody.first(user=sarah.pk).desk == sarah.desk  # type: ignore[union-attr]


def test_what_is_not_of_one_agency_cannot_be_prepared(inside: Agency) -> None:
    everywhere = Prepared(lambda: Account.objects.unscoped().filter(pk=Slot("account", UUIDField())))
    with pytest.raises(ValueError, match="of one agency"):
        everywhere.first(account=None)
