"""Every status, every move, every role: what happens is exactly SPEC §4, and a refusal says what is possible."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from core import accounts, balances, moves, tenancy
from core.account_states import MoveRefused, Status
from core.models import Account, Activity, Agency, User
from payments.models import Instalment, PaymentPlan
from tests.cast import bring_to, make_account, today

OPEN = ["new", "assigned", "in_contact", "negotiating", "payment_plan", "disputed"]
WORKING = ["assigned", "in_contact", "negotiating", "payment_plan"]

# The table of SPEC §4, written down again by hand: move -> (from, to, who). An admin may do what a collector may.
TABLE: dict[str, tuple[list[str], str, set[str]]] = {
    "assign": (["new"], "assigned", {"admin", "operator", "system"}),
    "unassign": (["assigned"], "new", {"admin", "operator"}),
    "start_contact": (["assigned"], "in_contact", {"collector", "admin", "operator", "system"}),
    "negotiate": (["in_contact"], "negotiating", {"collector", "admin", "operator"}),
    "agree_plan": (["negotiating"], "payment_plan", {"collector", "admin", "operator"}),
    "break_plan": (["payment_plan"], "negotiating", {"collector", "admin", "operator", "system"}),
    "settle": (["negotiating", "payment_plan"], "settled", {"collector", "admin", "operator"}),
    "pay_off": (OPEN, "settled", {"system"}),
    "close": (["settled"], "closed", {"collector", "admin", "operator"}),
    "withdraw": (OPEN, "closed", {"admin", "operator"}),
    "dispute": (WORKING, "disputed", {"collector", "admin", "operator", "system"}),
    "resolve_dispute": (["disputed"], "in_contact", {"admin", "operator"}),
    "uphold_dispute": (["disputed"], "closed", {"admin", "operator"}),
    "reopen": (["settled", "closed"], "in_contact", {"system"}),
}
NEEDS_NOTHING_OWED = {"settle", "pay_off"}
# Not in the status menu: done by assigning, by a payment, or by money taken back.
NOT_BY_HAND = {"assign", "pay_off", "reopen"}

People = dict[str, User | None]
# A plan of the account at hand, made where the move needs it.
AGREED = "agreed"


@pytest.fixture
def people(inside: Agency, dana: User, sarah: User, james: User, auditor: User, operator: User) -> People:
    """Everybody who might try; the account lies on the collector's desk."""
    return {
        "collector": sarah,
        "other collector": james,
        "admin": dana,
        "readonly": auditor,
        "operator": operator,
        "system": None,
    }


def facts_of(move: str, people: People) -> dict[str, Any]:
    sarah = people["collector"]
    assert sarah is not None
    facts: dict[str, dict[str, Any]] = {
        "assign": {"to": sarah.collector},
        "agree_plan": {"plan": AGREED},
        "withdraw": {"reason": "recalled"},
        "dispute": {"reason": "Paid long ago"},
    }
    return facts.get(move, {})


def account_in(status: str, people: People, *, owed: bool = True) -> Account:
    sarah = people["collector"]
    assert sarah is not None
    account = make_account(status=status, assigned_to=None if status == "new" else sarah.collector)
    if not owed:
        account = balances.post_entry(account.pk, "waiver", Decimal(-500), by=None)
    return account


def attempt(account: Account, move: str, by: User | None, facts: dict[str, Any]) -> str:
    """The new status, or the sentence of the refusal; undone afterwards."""
    with transaction.atomic():
        try:
            facts = with_plan(account, facts)
            outcome = moves.move(account.pk, move, by=by, **facts).status
        except MoveRefused as refusal:
            outcome = str(refusal)
        transaction.set_rollback(True)
    return outcome


def with_plan(account: Account, facts: dict[str, Any]) -> dict[str, Any]:
    """The facts, with a plan that stands."""
    if facts.get("plan") != AGREED:
        return facts
    plan = PaymentPlan.objects.create(
        account=account, total=50, frequency="monthly", first_due=today(), authorization="I agree."
    )
    Instalment.objects.create(plan=plan, number=1, due_date=plan.first_due, amount=50)
    return facts | {"plan": plan}


def expected(status: str, move: str, role: str) -> str:
    """The new status, or how the refusal begins."""
    label = next(t.custom["label"] for t in Account.status.field.get_all_transitions(Account) if t.name == move)
    sources, target, roles = TABLE[move]
    if status not in sources:
        return f"“{label}” is not possible: the account is {Status(status).label}."
    if role not in roles or (role == "collector" and status == "new"):
        return f"“{label}” is not yours to do."
    return target


@pytest.mark.parametrize("move", TABLE)
@pytest.mark.parametrize("status", Status.values)
def test_a_move_happens_only_from_its_statuses_and_for_its_roles(status: str, move: str, people: People) -> None:
    account = account_in(status, people, owed=move not in NEEDS_NOTHING_OWED)
    facts = facts_of(move, people)
    outcomes = {role: attempt(account, move, user, facts) for role, user in people.items()}
    rule = {role: expected(status, move, role) for role in people}
    assert {role: outcome[: len(rule[role])] for role, outcome in outcomes.items()} == rule


def test_the_table_of_the_specification_names_every_move_of_the_workflow() -> None:
    drawn = {
        t.name: {
            (str(s.source), str(s.target))
            for s in Account.status.field.get_all_transitions(Account)
            if s.name == t.name
        }
        for t in Account.status.field.get_all_transitions(Account)
    }
    assert drawn == {name: {(source, target) for source in sources} for name, (sources, target, _) in TABLE.items()}


@pytest.mark.parametrize("status", Status.values)
def test_a_refusal_says_which_moves_are_possible(status: str, people: People) -> None:
    account = account_in(status, people)
    for role, user in people.items():
        labels = [m.label for m in moves.possible(account, user)]
        ways = f"Possible from here: {', '.join(labels)}." if labels else "No change of status is possible from here."
        assert attempt(account, "teleport", user, {}) == f"There is no such change of status. {ways}", role


@pytest.mark.parametrize("owed", [True, False])
@pytest.mark.parametrize("status", Status.values)
def test_the_menu_offers_exactly_what_would_succeed(status: str, owed: bool, people: People) -> None:
    account = account_in(status, people, owed=owed)
    for role, user in people.items():
        offered = {m.name for m in moves.possible(account, user)}
        facts = {move: facts_of(move, people) for move in TABLE}
        works = {
            move for move in TABLE.keys() - NOT_BY_HAND if attempt(account, move, user, facts[move]) == TABLE[move][1]
        }
        assert offered == works, role


@pytest.mark.parametrize("move", TABLE)
def test_each_move_leaves_one_entry_in_the_timeline(move: str, people: People) -> None:
    sources, target, roles = TABLE[move]
    role = min(roles & {"admin"} or roles)
    account = account_in(sources[0], people, owed=move not in NEEDS_NOTHING_OWED)
    moves.move(account.pk, move, by=people[role], **with_plan(account, facts_of(move, people)))
    entry = Activity.objects.get(account=account, kind="status")
    assert entry.actor == people[role]
    assert {"move": move, "from": sources[0], "to": target}.items() <= entry.data.items()


def test_a_refused_move_changes_and_records_nothing(people: People) -> None:
    account = account_in("assigned", people)
    with pytest.raises(MoveRefused):
        moves.move(account.pk, "negotiate", by=people["admin"])
    account.refresh_from_db()
    assert (account.status, Activity.objects.count()) == ("assigned", 0)


def test_a_status_seen_before_somebody_else_moved_is_refused(people: People) -> None:
    account = account_in("in_contact", people)
    with pytest.raises(moves.StatusChanged) as refusal:
        moves.move(account.pk, "start_contact", by=people["collector"], expected="assigned")
    assert str(refusal.value).startswith("Somebody else changed the status to In contact a moment ago. Possible from")


def test_money_still_owed_forbids_settling_and_paying_off(people: People) -> None:
    account = account_in("negotiating", people)
    settle = attempt(account, "settle", people["collector"], {})
    pay_off = attempt(account, "pay_off", None, {})
    assert settle.startswith("“Settle” is not possible now. It can be settled only when nothing is owed any more.")
    assert pay_off.startswith("“Pay off” is not possible now. It is paid off only when nothing is owed any more.")


def test_nothing_owed_forbids_reopening(people: People) -> None:
    account = account_in("settled", people, owed=False)
    sentence = "“Reopen” is not possible now. It is reopened only when something is owed again."
    assert attempt(account, "reopen", None, {}).startswith(sentence)


def test_only_the_collector_on_whose_desk_it_lies_moves_it(people: People) -> None:
    account = account_in("assigned", people)
    james = people["other collector"]
    refusal = "“Start contact” is not yours to do. No change of status is possible from here."
    assert attempt(account, "start_contact", james, {}) == refusal


def test_missing_facts_are_refused_with_a_sentence(people: People) -> None:
    account = account_in("negotiating", people)
    sentence = "Something is missing for this change of status."
    assert [attempt(account, move, people["admin"], {}) for move in ("agree_plan", "withdraw")] == [sentence] * 2


def test_a_plan_that_does_not_stand_moves_nothing(people: People) -> None:
    account = account_in("negotiating", people)
    facts = with_plan(account, {"plan": AGREED})
    facts["plan"].status = "cancelled"
    facts["plan"].save()
    assert attempt(account, "agree_plan", people["collector"], facts) == "Agree the terms of the plan first."


def test_a_plan_that_stands_is_cancelled_before_the_account_leaves_it(people: People) -> None:
    account = account_in("payment_plan", people)
    with_plan(account, {"plan": AGREED})
    assert "Cancel the plan that stands" in attempt(account, "break_plan", people["admin"], {})


def test_a_move_writes_only_what_it_changes(inside: Agency, dana: User, sarah: User) -> None:
    account = bring_to(make_account(), "assigned", admin=dana, to=sarah)
    before = accounts.locked(account.pk)
    Account.objects.filter(pk=account.pk).update(next_action="Look at the letter", priority=3)
    before.account_type = "Utility"
    moves.make(before, "start_contact", by=sarah, saved_too=["account_type"])
    account.refresh_from_db()
    facts = (account.status, account.next_action, account.priority, account.account_type)
    assert facts == ("in_contact", "Look at the letter", 3, "Utility")


def test_an_account_of_another_agency_cannot_be_locked(harborline: Agency, northwind: Agency) -> None:
    with tenancy.acting_for(northwind):
        theirs = make_account()
    with tenancy.acting_for(harborline), pytest.raises(Account.DoesNotExist):
        accounts.locked(theirs.pk)
