"""Name, address and language are corrected by whoever works the debtor, with what they were kept."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from core import contact_rules, debtors
from core.contact_rules import Facts as Rules
from core.debtors import Facts
from core.models import Account, Agency, AuditLog, Debtor, DebtorChange, User
from core.models.contacts import Channel, Direction
from core.refusals import ChangedMeanwhile
from tests.at_once import at_once, refusals
from tests.cast import bring_to, make_account, make_debtor
from tests.worklist.pages import HTMX, text


@pytest.fixture
def debtor(inside: Agency) -> Debtor:
    return make_debtor(full_name="Marisol Whitfeld")


@pytest.fixture(autouse=True)
def account(request: pytest.FixtureRequest) -> Account | None:
    if "transactional_db" in request.fixturenames or "inside" not in request.fixturenames:
        return None
    debtor = request.getfixturevalue("debtor")
    admin, to = request.getfixturevalue("dana"), request.getfixturevalue("sarah")
    return bring_to(make_account(debtor=debtor), "assigned", admin=admin, to=to)


def typed(debtor: Debtor, **other: str) -> dict[str, str]:
    now = Facts.of(debtor)
    return vars(now) | {"expected": now.version} | other


def post(browser: Client, debtor: Debtor, data: dict[str, str], **headers: str):  # type: ignore[no-untyped-def]
    return browser.post(f"/debtors/{debtor.pk}/facts/", data, headers=headers)


def fresh(debtor: Debtor) -> Debtor:
    return Debtor.objects.get(pk=debtor.pk)


def test_a_collector_corrects_what_she_hears(sarahs_browser: Client, debtor: Debtor, sarah: User) -> None:
    sent = post(
        sarahs_browser, debtor,
        typed(debtor, full_name=" Marisol  Whitfield ", language="es", reason="On the phone", list="sort=balance"),
    )  # fmt: skip
    assert sent.status_code == 303
    assert sent.headers["Location"] == f"/debtors/{debtor.pk}/?list=sort%3Dbalance#facts"
    after = fresh(debtor)
    assert (after.full_name, after.language, after.search_name) == ("Marisol Whitfield", "es", "marisol whitfield")
    told = DebtorChange.objects.order_by("field").values_list("field", "old", "new", "actor", "reason")
    assert list(told) == [
        ("full_name", "Marisol Whitfeld", "Marisol Whitfield", sarah.pk, "On the phone"),
        ("language", "", "es", sarah.pk, "On the phone"),
    ]
    entry = AuditLog.objects.filter(object_pk=str(debtor.pk), action=AuditLog.Action.UPDATE).latest("timestamp")
    assert entry.changes["full_name"] == ["Marisol Whitfeld", "Marisol Whitfield"]


def test_with_htmx_the_page_comes_back_and_says_so(sarahs_browser: Client, debtor: Debtor) -> None:
    page = post(sarahs_browser, debtor, typed(debtor, city="Dallas"), **HTMX)
    html = page.content.decode()
    assert (page.status_code, "<html" in html) == (200, False)
    assert 'id="debtor"' in html
    assert "Saved" in html
    assert "Dallas" in html


def test_saving_without_a_change_leaves_no_trace(sarahs_browser: Client, debtor: Debtor) -> None:
    Debtor.objects.filter(pk=debtor.pk).update(full_name="Marisol  Whitfeld")  # as a file may have it
    assert post(sarahs_browser, debtor, typed(fresh(debtor), full_name="Marisol Whitfeld")).status_code == 303
    assert not DebtorChange.objects.exists()
    assert (fresh(debtor).corrected, fresh(debtor).full_name) == ({}, "Marisol  Whitfeld")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("full_name", "  ", "Enter the debtor's name."),
        ("full_name", "x" * 256, "Shorten this to 255 characters."),
        ("state", "XX", "Enter a state's two letters, such as TX."),
        ("zip", "7870", "Enter a ZIP code of five digits"),
        ("language", "xx", "Choose a language of the list."),
        ("reason", "x" * 301, "Shorten this to 300 characters."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_refused_fact_is_kept_and_named(
    headers: dict[str, str], field: str, value: str, sentence: str, sarahs_browser: Client, debtor: Debtor
) -> None:
    page = post(sarahs_browser, debtor, typed(debtor, city="Kept Town", **{field: value}), **headers)
    html = page.content.decode()
    assert page.status_code == 422
    assert sentence in text(page)
    assert 'aria-invalid="true"' in html
    assert 'value="Kept Town"' in html
    assert fresh(debtor).city == "Austin"


def test_every_wrong_field_is_named_at_once(sarahs_browser: Client, debtor: Debtor) -> None:
    words = text(post(sarahs_browser, debtor, typed(debtor, state="XX", zip="1")))
    assert "State: Enter a state's two letters" in words
    assert "ZIP: Enter a ZIP code" in words


def test_what_a_file_brought_is_not_judged_while_it_stays(sarahs_browser: Client, debtor: Debtor) -> None:
    Debtor.objects.filter(pk=debtor.pk).update(zip="SW1A 1AA", state="")
    assert post(sarahs_browser, debtor, typed(fresh(debtor), city="London")).status_code == 303
    assert fresh(debtor).city == "London"


def test_who_saves_second_sees_what_is_saved_and_loses_nothing(
    sarahs_browser: Client, danas_browser: Client, debtor: Debtor
) -> None:
    seen = typed(debtor, city="<b>Sarah's Town</b>")
    post(danas_browser, debtor, typed(debtor, city="<i>Danas Town</i>"))

    page = post(sarahs_browser, debtor, seen, **HTMX)

    html = page.content.decode()
    assert page.status_code == 409
    assert "Dana Whitlock saved this a moment ago." in text(page)
    assert "Saved now: &lt;i&gt;Danas Town&lt;/i&gt;" in html
    assert 'value="&lt;b&gt;Sarah&#39;s Town&lt;/b&gt;"' in html
    assert f'name="expected" value="{Facts.of(fresh(debtor)).version}"' in html
    assert fresh(debtor).city == "<i>Danas Town</i>"


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_saves_and_the_other_is_told(harborline: Agency, dana: User, sarah: User) -> None:
    from core import tenancy

    with tenancy.acting_for(harborline):
        debtor = make_debtor()
        seen = Facts.of(debtor)

    def save(by: User, city: str):  # type: ignore[no-untyped-def]
        def act() -> str:
            with tenancy.working_for(harborline):
                told = Facts.read(vars(seen) | {"city": city}, seen)
                return debtors.change(debtor.pk, told, by=by, expected=seen.version).city

        return act

    outcomes = at_once(save(dana, "Dallas"), save(sarah, "Houston"))

    assert len(refusals(outcomes)) == 1
    assert isinstance(next(o for o in outcomes if isinstance(o, Exception)), ChangedMeanwhile)
    with tenancy.acting_for(harborline):
        assert fresh(debtor).city in outcomes
        assert DebtorChange.objects.count() == 1


def test_a_new_zip_decides_when_he_may_be_called(sarahs_browser: Client, debtor: Debtor) -> None:
    evening_in_texas = datetime(2026, 7, 1, 2, 30, tzinfo=UTC)  # 9:30 PM in Austin, 4:30 PM in Honolulu

    def may_call() -> bool:
        rules = Rules(tuple(fresh(debtor).time_zones))
        return contact_rules.evaluate(rules, Channel.CALL, Direction.OUT, evening_in_texas).allows

    assert not may_call()
    post(sarahs_browser, debtor, typed(debtor, address_line1="1 Ala Moana", city="Honolulu", state="HI", zip="96814"))
    assert fresh(debtor).time_zones == ["Pacific/Honolulu"]
    assert may_call()


def test_social_security_number_and_birth_date_are_not_edited_here(sarahs_browser: Client, debtor: Debtor) -> None:
    html = sarahs_browser.get(f"/debtors/{debtor.pk}/?edit=facts").content.decode()
    assert 'name="ssn_last4"' not in html
    assert 'name="date_of_birth"' not in html
    post(sarahs_browser, debtor, typed(debtor, ssn_last4="9999", date_of_birth="1990-01-01", city="Dallas"))
    assert (fresh(debtor).ssn_last4, fresh(debtor).date_of_birth) == ("1234", "")


def test_the_page_tells_what_the_file_said_of_a_corrected_fact(sarahs_browser: Client, debtor: Debtor) -> None:
    post(sarahs_browser, debtor, typed(debtor, city="Dallas", zip="75201"))
    words = text(sarahs_browser.get(f"/debtors/{debtor.pk}/"))
    assert "Corrected here. The creditor's file says: Address: 418 Alder Court, Austin, TX 78701" in words
