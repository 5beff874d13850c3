"""Accounts go to a collector within his capacity, all or none, and everybody can read what happened."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import assignment, moves, tenancy
from core.assignment import Assigned, AssignmentRefused, assign, put_back
from core.models import Account, Activity, Agency, AuditLog, Collector, User
from tests.at_once import at_once, refusals
from tests.cast import bring_to, make_account, make_user


def desk_of(account: Account) -> Collector | None:
    account.refresh_from_db()
    return account.assigned_to


def limit(user: User, most: int) -> None:
    Collector.objects.filter(pk=user.collector.pk).update(max_accounts=most)


def test_a_new_account_is_assigned_and_says_so_once(inside: Agency, dana: User, sarah: User) -> None:
    account = make_account()
    done = assign([account.pk], to=sarah.collector, by=dana)
    assert done.changed == [account.pk]
    assert (desk_of(account), account.status) == (sarah.collector, "assigned")
    assert account.assigned_at is not None
    told = Activity.objects.get(account=account)
    assert (told.kind, told.actor) == ("assignment", dana)
    collector = str(sarah.collector.pk)
    assert told.data == {"from": "", "to": "Sarah Mitchell", "collector": collector, "move": "assign"}
    entry = AuditLog.objects.filter(object_pk=str(account.pk)).latest("timestamp", "id")
    assert entry.changes == {"assigned_to": ["None", "Sarah Mitchell"], "status": ["new", "assigned"]}


def test_reassigning_keeps_the_status(inside: Agency, dana: User, sarah: User, james: User) -> None:
    account = bring_to(make_account(), "negotiating", admin=dana, to=sarah)
    assign([account.pk], to=james.collector, by=dana)
    assert (desk_of(account), account.status) == (james.collector, "negotiating")
    data = Activity.objects.filter(kind="assignment").first().data
    assert (data["from"], data["to"]) == ("Sarah Mitchell", "James Carter")


def test_taking_back_makes_the_account_new_again(inside: Agency, dana: User, sarah: User) -> None:
    account = bring_to(make_account(), "assigned", admin=dana, to=sarah)
    done = assign([account.pk], to=None, by=dana)
    assert (desk_of(account), account.status) == (None, "new")
    assert done.sentence(None) == "1 taken back."


def test_one_sentence_tells_what_a_bulk_assignment_did(inside: Agency, dana: User, sarah: User, james: User) -> None:
    fresh = [make_account() for _ in range(3)]
    there = bring_to(make_account(), "assigned", admin=dana, to=sarah)
    done = bring_to(make_account(), "closed", admin=dana, to=james)
    result = assign([*(a.pk for a in fresh), there.pk, done.pk], to=sarah.collector, by=dana)
    assert result.sentence(sarah.collector) == (
        "3 assigned to Sarah Mitchell. 1 already there. 1 settled or closed, left as they are."
    )
    assert desk_of(done) == james.collector


def test_accounts_being_worked_are_not_taken_back(inside: Agency, dana: User, sarah: User) -> None:
    account = bring_to(make_account(), "in_contact", admin=dana, to=sarah)
    result = assign([account.pk], to=None, by=dana)
    assert result.sentence(None) == "0 taken back. 1 already being worked: reassign them to somebody instead."
    assert desk_of(account) == sarah.collector


def test_an_account_named_twice_is_assigned_once(inside: Agency, dana: User, sarah: User) -> None:
    account = make_account()
    assert assign([account.pk, account.pk], to=sarah.collector, by=dana).changed == [account.pk]


def test_capacity_is_kept_for_the_whole_bunch_or_none(inside: Agency, dana: User, sarah: User) -> None:
    limit(sarah, 2)
    accounts = [make_account() for _ in range(3)]
    with pytest.raises(AssignmentRefused) as refusal:
        assign([account.pk for account in accounts], to=sarah.collector, by=dana)
    assert str(refusal.value) == (
        "Sarah Mitchell has 0 of at most 2 open accounts; 3 more do not fit. Nothing was assigned."
    )
    assert [desk_of(account) for account in accounts] == [None] * 3
    assert Activity.objects.count() == 0
    assert len(assign([account.pk for account in accounts[:2]], to=sarah.collector, by=dana).changed) == 2


def test_finished_accounts_take_no_capacity(inside: Agency, dana: User, sarah: User) -> None:
    bring_to(make_account(), "closed", admin=dana, to=sarah)
    limit(sarah, 1)
    assert assignment.load(sarah.collector) == 0
    assert len(assign([make_account().pk], to=sarah.collector, by=dana).changed) == 1


@pytest.mark.parametrize("which", ["collector", "user"])
def test_nothing_goes_to_somebody_who_is_not_active(which: str, inside: Agency, dana: User, sarah: User) -> None:
    switched_off = sarah.collector if which == "collector" else sarah
    switched_off.is_active = False
    switched_off.save()
    account = make_account()
    with pytest.raises(AssignmentRefused, match=r"Sarah Mitchell is not active\. Choose another collector\."):
        assign([account.pk], to=sarah.collector, by=dana)
    assert desk_of(account) is None


def test_nothing_goes_to_a_collector_of_another_agency(inside: Agency, dana: User, northwind: Agency) -> None:
    theirs = make_user(northwind, "nora.north", "collector").collector
    account = make_account()
    with pytest.raises(AssignmentRefused, match="Choose a collector of this agency"):
        assign([account.pk], to=theirs, by=dana)
    assert desk_of(account) is None


def test_accounts_of_another_agency_are_left_alone(inside: Agency, dana: User, sarah: User, northwind: Agency) -> None:
    with tenancy.acting_for(northwind):
        theirs = make_account()
    assert assign([theirs.pk, uuid4()], to=sarah.collector, by=dana).changed == []
    with tenancy.acting_for(northwind):
        assert (desk_of(theirs), theirs.status) == (None, "new")


@pytest.mark.parametrize("who", ["sarah", "auditor"])
def test_only_an_admin_assigns(who: str, inside: Agency, sarah: User, auditor: User) -> None:
    account = make_account()
    with pytest.raises(AssignmentRefused, match="Only an agency admin assigns accounts"):
        assign([account.pk], to=sarah.collector, by={"sarah": sarah, "auditor": auditor}[who])
    assert desk_of(account) is None


def test_nothing_chosen_and_too_many_chosen_are_refused(inside: Agency, dana: User, sarah: User) -> None:
    with pytest.raises(AssignmentRefused, match="Choose at least one account"):
        assign([], to=sarah.collector, by=dana)
    with pytest.raises(AssignmentRefused, match="Choose at most 10,000 accounts at once"):
        assign([uuid4() for _ in range(10_001)], to=sarah.collector, by=dana)


@pytest.mark.parametrize("number", [1, 40])
def test_many_take_as_many_statements_as_one(number: int, inside: Agency, dana: User, sarah: User) -> None:
    accounts = [make_account() for _ in range(number)]
    with CaptureQueriesContext(connection) as queries:
        assign([account.pk for account in accounts], to=sarah.collector, by=dana)
    assert len(queries) <= 12, "\n".join(query["sql"] for query in queries)


def test_a_batch_is_audited_once(inside: Agency, dana: User, sarah: User, james: User) -> None:
    ids = [bring_to(make_account(), "assigned", admin=dana, to=james).pk, make_account().pk, make_account().pk]
    before = AuditLog.objects.count()
    assign(ids, to=sarah.collector, by=dana)
    entry = AuditLog.objects.latest("timestamp", "id")
    assert AuditLog.objects.count() == before + 1
    assert entry.changes == {
        "accounts of Sarah Mitchell": ["0 given", "3 taken"],
        "accounts of James Carter": ["1 given", "0 taken"],
        "accounts of nobody": ["2 given", "0 taken"],
    }


def test_putting_back_restores_desk_status_and_time(inside: Agency, dana: User, sarah: User, james: User) -> None:
    fresh, worked = make_account(), bring_to(make_account(), "negotiating", admin=dana, to=james)
    since = worked.assigned_at
    done = assign([fresh.pk, worked.pk], to=sarah.collector, by=dana)
    assert len(put_back(done.shifts, since=done.at, by=dana)) == 2
    assert (desk_of(fresh), fresh.status, fresh.assigned_at) == (None, "new", None)
    assert (desk_of(worked), worked.status, worked.assigned_at) == (james.collector, "negotiating", since)
    assert put_back(done.shifts, since=done.at, by=dana) == [], "once is enough"


def test_putting_back_leaves_what_somebody_changed_since(inside: Agency, dana: User, sarah: User, james: User) -> None:
    kept, moved, reassigned, there_and_back = accounts = [make_account() for _ in range(4)]
    done = assign([account.pk for account in accounts], to=sarah.collector, by=dana)
    moves.move(moved.pk, "start_contact", by=sarah)
    assign([reassigned.pk, there_and_back.pk], to=james.collector, by=dana)
    assign([there_and_back.pk], to=sarah.collector, by=dana)
    back = put_back(done.shifts, since=done.at, by=dana)
    assert [shift.before.account for shift in back] == [kept.pk]
    assert [desk_of(account) for account in accounts] == [
        None, sarah.collector, james.collector, sarah.collector,
    ]  # fmt: skip


def test_putting_back_what_was_taken_keeps_the_capacity(inside: Agency, dana: User, sarah: User) -> None:
    limit(sarah, 1)
    account = bring_to(make_account(), "assigned", admin=dana, to=sarah)
    done = assign([account.pk], to=None, by=dana)
    other = bring_to(make_account(), "assigned", admin=dana, to=sarah)
    with pytest.raises(AssignmentRefused, match=r"1 more do not fit\. Nothing was undone\."):
        put_back(done.shifts, since=done.at, by=dana)
    assert desk_of(account) is None
    assign([other.pk], to=None, by=dana)
    assert len(put_back(done.shifts, since=done.at, by=dana)) == 1
    assert (desk_of(account), account.status) == (sarah.collector, "assigned")


@pytest.mark.django_db(transaction=True)
def test_two_admins_at_once_do_not_fill_a_desk_twice(harborline: Agency, dana: User, sarah: User) -> None:
    other = make_user(harborline, "dora.second", "agency_admin")
    with tenancy.acting_for(harborline):
        limit(sarah, 3)
        ids = [make_account().pk for _ in range(4)]

    def give(pks: list[object], by: User) -> Callable[[], Assigned]:
        def act() -> Assigned:
            with tenancy.acting_for(harborline):
                return assign(pks, to=sarah.collector, by=by)

        return act

    outcomes = at_once(give(ids[:2], dana), give(ids[2:], other))
    assert refusals(outcomes) == [
        "Sarah Mitchell has 2 of at most 3 open accounts; 2 more do not fit. Nothing was assigned."
    ]
    with tenancy.acting_for(harborline):
        assert assignment.load(sarah.collector) == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_accounts_in_any_order_do_not_block_each_other(
    harborline: Agency, dana: User, sarah: User, james: User
) -> None:
    with tenancy.acting_for(harborline):
        ids = [make_account().pk for _ in range(8)]

    def give(pks: list[object], to: Collector) -> Callable[[], Assigned]:
        def act() -> Assigned:
            with tenancy.acting_for(harborline):
                return assign(pks, to=to, by=dana)

        return act

    outcomes = at_once(give(ids, sarah.collector), give(ids[::-1], james.collector), give(ids, james.collector))
    assert refusals(outcomes) == []
    with tenancy.acting_for(harborline):
        assert Account.objects.filter(pk__in=ids, status="assigned").count() == 8
        assert Activity.objects.filter(data__move="assign").count() == 8
