"""In Python: a tenant table is asked only for the current agency, and never without one."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import connection

from core import jobs, tenancy
from core.models import Account, Agency, Creditor
from core.tenancy import NoAgency, TenantManager, TenantModel
from debtflow import jobs as runner
from tests.at_once import at_once, refusals
from tests.cast import make_account, make_creditor

TENANT_MODELS = [model for model in apps.get_models() if issubclass(model, TenantModel)]
ids = [model.__name__ for model in TENANT_MODELS]


def told() -> str:
    """The agency that the database was told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [tenancy.SETTING])
        return cursor.fetchone()[0] or ""


def fail_within(agency: Agency, act: Callable[[], object]) -> None:
    """A block for the agency that ends in an error after the act."""
    with tenancy.acting_for(agency):
        act()
        raise RuntimeError("half way")


@pytest.mark.parametrize("model", TENANT_MODELS, ids=ids)
def test_a_tenant_table_cannot_be_asked_outside_an_agency(model: type[TenantModel], db: None) -> None:
    for rows in (model.objects.all(), model.objects.order_by("pk"), model.objects.locked()):
        for ask in (rows.first, rows.count, lambda rows=rows: list(rows)):
            with pytest.raises(NoAgency, match="No agency is set"):
                ask()
    assert list(model.objects.unscoped()[:1]) == []


@pytest.mark.parametrize("model", TENANT_MODELS, ids=ids)
def test_every_tenant_table_has_the_manager_that_asks(model: type[TenantModel]) -> None:
    assert isinstance(model._default_manager, TenantManager)


@pytest.mark.parametrize("model", TENANT_MODELS, ids=ids)
def test_rows_are_limited_to_the_current_agency_in_the_sql(model: type[TenantModel], inside: Agency) -> None:
    assert f'"agency_id" = ({inside.pk})' in str(model.objects.all().query)


def test_a_queryset_belongs_to_the_agency_it_runs_in(harborline: Agency, northwind: Agency) -> None:
    creditors = Creditor.objects.order_by("name")  # made where there is no agency, as a form's choices are
    with tenancy.acting_for(harborline):
        make_creditor("Ours")
        assert [creditor.name for creditor in creditors.all()] == ["Ours"]
    with tenancy.acting_for(northwind):
        assert list(creditors.all()) == []


def test_a_row_takes_the_current_agency(inside: Agency) -> None:
    assert make_creditor("Lakeside Dental").agency == inside


def test_a_row_cannot_be_made_outside_an_agency(db: None) -> None:
    with pytest.raises(NoAgency):
        Creditor(name="Nobody's")


def test_related_rows_are_limited_too(harborline: Agency, northwind: Agency) -> None:
    with tenancy.acting_for(harborline):
        creditor = make_account().creditor
        assert creditor.accounts.count() == 1
    with pytest.raises(NoAgency):
        creditor.accounts.count()
    with tenancy.acting_for(northwind):
        assert creditor.accounts.count() == 0


def test_another_agency_inside_a_block_is_put_back_at_its_end(harborline: Agency, northwind: Agency) -> None:
    with tenancy.acting_for(harborline):
        with tenancy.acting_for(northwind):
            assert (tenancy.current_agency_id(), told()) == (northwind.pk, str(northwind.pk))
            make_creditor("Theirs")
        assert (tenancy.current_agency_id(), told()) == (harborline.pk, str(harborline.pk))
        make_creditor("Ours")
        with tenancy.acting_for(None):
            assert (tenancy.agency_id_or_none(), told()) == (None, "")
        assert told() == str(harborline.pk)
        assert [creditor.name for creditor in Creditor.objects.all()] == ["Ours"]


def test_an_error_inside_a_block_puts_the_outer_agency_back(harborline: Agency, northwind: Agency) -> None:
    with tenancy.acting_for(harborline):
        with pytest.raises(RuntimeError, match="half way"):
            fail_within(northwind, lambda: make_creditor("Never made"))
        assert (tenancy.current_agency_id(), told()) == (harborline.pk, str(harborline.pk))
        make_creditor("Ours")
        assert Creditor.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_setting_ends_with_its_transaction(harborline: Agency) -> None:
    with tenancy.acting_for(harborline):
        make_creditor()
        assert told() == str(harborline.pk)
    assert told() == ""
    assert not Creditor.objects.unscoped().exists(), "the same connection sees nothing any more"
    with pytest.raises(RuntimeError, match="half way"):
        fail_within(harborline, make_creditor)
    assert told() == ""


@pytest.mark.django_db(transaction=True)
def test_a_transaction_within_a_job_tells_the_database_each_time(harborline: Agency) -> None:
    with tenancy.working_for(harborline):
        assert told() == ""
        for name in ("First", "Second"):
            with tenancy.transaction():
                assert told() == str(harborline.pk)
                make_creditor(name)
            assert told() == ""
        with tenancy.transaction():
            assert Creditor.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_threads_do_not_share_their_agency(harborline: Agency, northwind: Agency) -> None:
    def work(agency: Agency) -> list[str]:
        seen = []
        for n in range(5):
            with tenancy.acting_for(agency):
                make_creditor(f"{agency.name} {n}")
                seen = [creditor.agency.name for creditor in Creditor.objects.all()]
        return seen

    outcomes = at_once(lambda: work(harborline), lambda: work(northwind))
    assert refusals(outcomes) == []
    assert outcomes == [["Harborline Recovery"] * 5, ["Northwind Collections"] * 5]


def seen_by_a_job() -> None:
    """What a job does: it works for the agency that enqueued it."""
    with tenancy.transaction():
        make_creditor("Made by a job")


@pytest.mark.django_db(transaction=True)
def test_a_job_carries_the_agency_that_enqueued_it(harborline: Agency, northwind: Agency) -> None:
    from django_q.models import OrmQ

    with tenancy.acting_for(northwind):
        jobs.enqueue(f"{__name__}.seen_by_a_job")
    task = OrmQ.objects.get().task
    assert task["func"] == jobs.RUNNER
    with tenancy.acting_for(harborline):  # whatever the worker did before
        runner.run(f"{__name__}.seen_by_a_job", *task["args"][1:])
        assert Creditor.objects.count() == 0
    with tenancy.acting_for(northwind):
        assert Creditor.objects.get().name == "Made by a job"


@pytest.mark.django_db(transaction=True)
def test_a_job_is_forgotten_when_its_transaction_is(harborline: Agency) -> None:
    from django_q.models import OrmQ

    with pytest.raises(RuntimeError, match="half way"):
        fail_within(harborline, lambda: jobs.enqueue(f"{__name__}.seen_by_a_job"))
    assert OrmQ.objects.count() == 0


def test_an_account_of_another_agency_is_not_found(harborline: Agency, northwind: Agency) -> None:
    with tenancy.acting_for(harborline):
        account = make_account()
    with tenancy.acting_for(northwind), pytest.raises(Account.DoesNotExist):
        Account.objects.get(pk=account.pk)
