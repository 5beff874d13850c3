"""Numbers and addresses are added, found to be wrong, opted out, and never lost."""

from typing import Any

import pytest
from django.test import Client

from core import contact_points, tenancy
from core.models import Account, Agency, ContactPoint, Debtor, DebtorChange, Disposition, User
from tests.at_once import at_once, refusals
from tests.cast import bring_to, make_account, make_debtor
from tests.worklist.pages import HTMX, text


@pytest.fixture
def account(inside: Agency, dana: User, sarah: User) -> Account:
    return bring_to(make_account(), "assigned", admin=dana, to=sarah)


@pytest.fixture
def debtor(account: Account) -> Debtor:
    return account.debtor


@pytest.fixture
def point(debtor: Debtor) -> ContactPoint:
    return ContactPoint.objects.create(
        debtor=debtor, kind="phone", value="+18085550101", is_primary=True, time_zones=["Pacific/Honolulu"]
    )


def add(browser: Client, debtor: Debtor, value: str, kind: str = "phone", headers: Any = None, **other: str) -> Any:
    told = {"new-kind": kind, "new-value": value, "new-source": "debtor"} | other
    return browser.post(f"/debtors/{debtor.pk}/contact-points/", told, headers=headers)


def act(browser: Client, on: ContactPoint, name: str, headers: Any = None, **other: str) -> Any:
    told = {"act": name, "point": str(on.pk), "expected": contact_points.version(on)} | other
    return browser.post(f"/debtors/{on.debtor_id}/contact-points/acts/", told, headers=headers)


def fresh(point: ContactPoint) -> ContactPoint:
    return ContactPoint.objects.get(pk=point.pk)


def zones(debtor: Debtor) -> list[str]:
    return Debtor.objects.get(pk=debtor.pk).time_zones


def test_a_phone_is_stored_in_one_form_with_its_zones(sarahs_browser: Client, debtor: Debtor, sarah: User) -> None:
    sent = add(sarahs_browser, debtor, "(808) 555 0101")
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/debtors/{debtor.pk}/#contact")
    point = ContactPoint.objects.get()
    assert (point.value, point.time_zones, point.source, point.is_primary) == (
        "+18085550101", ["Pacific/Honolulu"], "debtor", True,
    )  # fmt: skip
    assert zones(debtor) == ["America/Chicago", "Pacific/Honolulu"]
    [change] = DebtorChange.objects.all()
    assert (change.field, change.new, change.actor, change.contact_point) == ("added", "+18085550101", sarah, point)
    words = text(sarahs_browser.get(f"/debtors/{debtor.pk}/"))
    assert "(808) 555-0101, added" in words
    assert "Told by the debtor" in words


def test_an_email_is_stored_in_lower_case(sarahs_browser: Client, debtor: Debtor) -> None:
    add(sarahs_browser, debtor, " Marisol@Example.COM ", "email", **{"new-source": "collector"})
    point = ContactPoint.objects.get()
    assert (point.kind, point.value, point.source, point.is_primary) == (
        "email", "marisol@example.com", "collector", True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        ("phone", "555", "Enter a phone number with its area code"),
        ("phone", "9" * 200, "Enter a phone number with its area code"),
        ("phone", "", "Enter the number or the address."),
        ("email", "marisol@", "Enter an address such as name@example.com."),
        ("fax", "8085550101", "Select a valid choice."),
    ],
)
@pytest.mark.parametrize("headers", [None, HTMX], ids=["page", "htmx"])
def test_what_is_no_number_is_kept_with_the_reason(
    headers: Any, kind: str, value: str, sentence: str, sarahs_browser: Client, debtor: Debtor
) -> None:
    page = add(sarahs_browser, debtor, value, kind, headers)
    assert page.status_code == 422
    assert sentence in text(page)
    assert f'value="{value}"' in page.content.decode() or not value
    assert not ContactPoint.objects.exists()


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("active", "This number is there already."),
        ("invalid", "This number is there already, marked invalid."),
        ("opted_out", "This number is there already, and the debtor opted out of it."),
    ],
)
def test_a_number_that_is_there_is_said_to_be(
    status: str, sentence: str, sarahs_browser: Client, debtor: Debtor, point: ContactPoint
) -> None:
    ContactPoint.objects.update(status=status)
    page = add(sarahs_browser, debtor, "808-555-0101")
    assert page.status_code == 422
    assert sentence in text(page)
    assert ContactPoint.objects.count() == 1


def test_a_wrong_number_counts_no_more_and_can_be_right_again(
    sarahs_browser: Client, debtor: Debtor, point: ContactPoint
) -> None:
    act(sarahs_browser, point, "invalid")
    assert (fresh(point).status, zones(debtor)) == ("invalid", ["America/Chicago"])
    act(sarahs_browser, fresh(point), "valid")
    assert (fresh(point).status, zones(debtor)) == ("active", ["America/Chicago", "Pacific/Honolulu"])
    told = DebtorChange.objects.order_by("created_at", "id").values_list("field", "old", "new")
    assert list(told) == [("status", "Active", "Invalid"), ("status", "Invalid", "Active")]


def test_an_opt_out_is_lifted_by_an_admin_alone_and_with_a_reason(
    sarahs_browser: Client, danas_browser: Client, point: ContactPoint, dana: User
) -> None:
    act(sarahs_browser, point, "opt_out")
    assert fresh(point).status == "opted_out"
    refused = act(sarahs_browser, fresh(point), "lift", said="He called")
    assert (refused.status_code, fresh(point).status) == (422, "opted_out")
    assert "Only an agency admin lifts an opt-out." in text(refused)
    for way_round in ("valid", "invalid"):
        assert act(sarahs_browser, fresh(point), way_round).status_code == 422
        assert act(danas_browser, fresh(point), way_round).status_code == 422

    asked = danas_browser.get(f"/debtors/{point.debtor_id}/?act=lift&point={point.pk}")
    assert "Why the opt-out does not stand" in text(asked)
    silent = act(danas_browser, fresh(point), "lift", said="  ")
    assert (silent.status_code, fresh(point).status) == (422, "opted_out")
    assert "Say why the opt-out does not stand" in text(silent)

    assert act(danas_browser, fresh(point), "lift", said="Asked for calls again by letter").status_code == 303
    assert fresh(point).status == "active"
    change = DebtorChange.objects.latest("created_at")
    assert (change.old, change.new, change.actor, change.reason) == (
        "Opted out", "Active", dana, "Asked for calls again by letter",
    )  # fmt: skip


def test_one_point_of_a_kind_is_primary(sarahs_browser: Client, debtor: Debtor, point: ContactPoint) -> None:
    add(sarahs_browser, debtor, "512-555-0143")
    second = ContactPoint.objects.get(value="+15125550143")
    assert not second.is_primary
    assert act(sarahs_browser, second, "primary", HTMX).status_code == 200
    assert (fresh(second).is_primary, fresh(point).is_primary) == (True, False)
    change = DebtorChange.objects.get(field="primary")
    assert (change.old, change.new) == ("+18085550101", "+15125550143")


def test_consent_is_given_and_revoked(sarahs_browser: Client, point: ContactPoint) -> None:
    act(sarahs_browser, point, "consent", said="On a recorded line")
    given = fresh(point)
    assert (contact_points.consents(given), given.consent_source) == (True, "On a recorded line")
    assert "consent given (On a recorded line)" in text(sarahs_browser.get(f"/debtors/{point.debtor_id}/"))
    act(sarahs_browser, given, "revoke")
    assert not contact_points.consents(fresh(point))
    assert fresh(point).consent_given_at == given.consent_given_at


def test_who_acts_on_what_has_changed_is_told(sarahs_browser: Client, point: ContactPoint) -> None:
    seen = fresh(point)
    ContactPoint.objects.update(status="invalid")
    page = act(sarahs_browser, seen, "opt_out", HTMX)
    assert page.status_code == 409
    assert "This is how it stands now." in text(page)
    assert fresh(point).status == "invalid"


@pytest.mark.parametrize(("before", "after"), [("active", "invalid"), ("opted_out", "opted_out")])
def test_what_a_call_teaches_is_in_the_history_and_never_weakens_an_opt_out(
    before: str, after: str, sarahs_browser: Client, account: Account, debtor: Debtor, point: ContactPoint
) -> None:
    ContactPoint.objects.update(status=before)
    Debtor.objects.update(time_zones=["America/Chicago", "Pacific/Honolulu"])
    wrong_number = Disposition.objects.get(code="wrong_number")
    told = {
        "channel": "call", "direction": "in", "phone": str(point.pk), "outcome": str(wrong_number.pk),
        "body": "Not him", "override": "He rang", "expected": account.status,
    }  # fmt: skip
    assert sarahs_browser.post(f"/accounts/{account.pk}/contacts/", told).status_code == 303
    assert fresh(point).status == after
    counted = ["America/Chicago"] if after == "invalid" else ["America/Chicago", "Pacific/Honolulu"]
    assert zones(debtor) == counted
    said = list(DebtorChange.objects.values_list("old", "new", "reason"))
    assert said == ([("Active", "Invalid", wrong_number.label)] if after == "invalid" else [])


@pytest.mark.parametrize("point_id", ["", "nonsense", "01a20000-0000-7000-8000-000000000000"])
def test_a_point_of_nobody_is_refused(point_id: str, sarahs_browser: Client, point: ContactPoint) -> None:
    page = act(sarahs_browser, point, "invalid", point=point_id)
    assert (page.status_code, fresh(point).status) == (422, "active")
    assert "Choose a number or address of this debtor." in text(page)


def test_a_point_of_another_debtor_is_refused(sarahs_browser: Client, point: ContactPoint, debtor: Debtor) -> None:
    other = ContactPoint.objects.create(debtor=make_debtor(), kind="phone", value="+15125550199")
    assert act(sarahs_browser, point, "invalid", point=str(other.pk), expected="").status_code == 422
    assert fresh(other).status == "active"


@pytest.mark.django_db(transaction=True)
def test_two_who_add_the_same_number_add_it_once(harborline: Agency, dana: User, sarah: User) -> None:
    with tenancy.acting_for(harborline):
        debtor = make_debtor()

    def adding(by: User) -> Any:
        def act() -> ContactPoint:
            with tenancy.working_for(harborline):
                return contact_points.add(debtor.pk, "phone", "808-555-0101", source="debtor", by=by)

        return act

    outcomes = at_once(adding(dana), adding(sarah))

    assert refusals(outcomes) == ["This number is there already."]
    with tenancy.acting_for(harborline):
        assert ContactPoint.objects.count() == DebtorChange.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_numbers_at_once_both_count_for_the_hours(harborline: Agency, dana: User, sarah: User) -> None:
    with tenancy.acting_for(harborline):
        debtor = make_debtor()

    def adding(by: User, number: str) -> Any:
        def act() -> ContactPoint:
            with tenancy.working_for(harborline):
                return contact_points.add(debtor.pk, "phone", number, source="debtor", by=by)

        return act

    outcomes = at_once(adding(dana, "808-555-0101"), adding(sarah, "206-555-0101"))

    assert refusals(outcomes) == []
    with tenancy.acting_for(harborline):
        assert zones(debtor) == ["America/Chicago", "America/Los_Angeles", "Pacific/Honolulu"]
        assert ContactPoint.objects.filter(is_primary=True).count() == 1
