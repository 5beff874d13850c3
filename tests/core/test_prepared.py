"""A query whose text is made once answers each agency and each user for himself."""

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import UUIDField, Value
from django.test.utils import CaptureQueriesContext

from core import tenancy
from core.models import Account, Agency, User
from core.prepared import OneOf, Prepared, Slot, rows_of
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


def test_what_is_known_stands_in_the_text_so_that_an_index_of_such_rows_serves_it(inside: Agency) -> None:
    account = make_account()
    odd = "100 % o'clock, %s and $1"
    one = Prepared(
        lambda: Account.objects.filter(pk=Slot("account", UUIDField()), status="new", priority__in=[0, 1]).annotate(
            said=Value(odd)
        )
    )
    with CaptureQueriesContext(connection) as queries:
        assert one.first(account=account.pk).said == odd  # type: ignore[union-attr]
    text = queries.captured_queries[-1]["sql"]
    assert "'new'" in text
    assert "IN (0, 1)" in text
    assert "($2)" in text
    assert "$3" not in text


def test_values_are_given_for_several_at_once(harborline: Agency, northwind: Agency) -> None:
    several = Prepared(
        lambda: Account.objects.filter(OneOf("pk", Slot("ids", ArrayField(UUIDField())))).values_list("pk")
    )
    with tenancy.acting_for(northwind):
        theirs = make_account().pk
    with tenancy.acting_for(harborline):
        ours = [make_account().pk for _ in range(3)]
        assert {pk for (pk,) in several.values(ids=[*ours[:2], theirs])} == set(ours[:2])
        assert several.values(ids=[]) == []


def test_a_text_of_ones_own_is_planned_once_too(inside: Agency) -> None:
    for number in range(8):  # the plan is kept after five
        assert rows_of("SELECT %(number)s::int * 2", {"number": number}) == [(number * 2,)]
    names = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT %%::int * 2'"
    assert rows_of(names, {}) == [(1,)]
