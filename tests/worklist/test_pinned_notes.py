"""A note that everybody must read is pinned to the debtor, and shown wherever he is."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from core import pinned_notes, tenancy, timeline
from core.models import Account, Activity, Agency, PinnedNote, User
from tests.at_once import at_once, refusals
from tests.cast import bring_to, make_account, make_debtor
from tests.worklist.pages import HTMX, text


@pytest.fixture
def account(inside: Agency, dana: User, sarah: User) -> Account:
    return bring_to(make_account(external_ref="ACC-1"), "assigned", admin=dana, to=sarah)


@pytest.fixture
def note(account: Account, sarah: User) -> Activity:
    return timeline.add_note(account, "Only speak to his sister", by=sarah)


def pin(browser: Client, on: Account, note: Any, what: str = "pins", headers: Any = None, **other: str) -> Any:
    told = {"note": str(note)} | other
    return browser.post(f"/debtors/{on.debtor_id}/{what}/", told, headers=headers)


def pinned(account: Account) -> list[Any]:
    return list(PinnedNote.objects.filter(debtor=account.debtor).values_list("note", flat=True))


def test_it_stands_on_the_account_on_its_siblings_on_the_debtor_and_on_paper(
    sarahs_browser: Client, account: Account, note: Activity, dana: User, sarah: User
) -> None:
    sibling = bring_to(make_account(debtor=account.debtor), "assigned", admin=dana, to=sarah)
    sent = pin(sarahs_browser, account, note.pk, account=str(account.pk), list="sort=balance")
    assert sent.headers["Location"] == f"/accounts/{account.pk}/?list=sort%3Dbalance#pins"
    paths = [f"/accounts/{account.pk}/", f"/accounts/{sibling.pk}/", f"/debtors/{account.debtor_id}/"]
    for path in [*paths, f"/accounts/{account.pk}/print/"]:
        page = sarahs_browser.get(path)
        assert "Pinned Only speak to his sister Sarah Mitchell," in text(page), path
        assert "Pinned by Sarah Mitchell" in page.content.decode()
    assert "Unpin" not in text(sarahs_browser.get(f"/accounts/{account.pk}/print/"))


@pytest.mark.parametrize("stands_on", ["account", "debtor"])
def test_with_htmx_the_page_it_stood_on_comes_back(
    stands_on: str, sarahs_browser: Client, account: Account, note: Activity
) -> None:
    told = {"account": str(account.pk)} if stands_on == "account" else {}
    page = pin(sarahs_browser, account, note.pk, headers=HTMX, **told)
    html = page.content.decode()
    assert (page.status_code, "<html" in html) == (200, False)
    assert f'<div id="{stands_on}">' in html
    assert 'tabindex="-1" autofocus>Pinned</span>' in html
    last = pin(sarahs_browser, account, note.pk, "unpinnings", headers=HTMX, **told)
    assert 'tabindex="-1" autofocus>Unpinned</span>' in last.content.decode()


def test_it_is_taken_off_again_and_twice_is_once(sarahs_browser: Client, account: Account, note: Activity) -> None:
    for what, expected in (("pins", [note.pk]), ("unpinnings", [])):
        for _ in range(2):
            sent = pin(sarahs_browser, account, note.pk, what)
            assert sent.headers["Location"] == f"/debtors/{account.debtor_id}/#pins"
            assert pinned(account) == expected


def test_the_sixth_is_refused_until_one_is_unpinned(sarahs_browser: Client, account: Account, sarah: User) -> None:
    notes = [timeline.add_note(account, f"Note {n}", by=sarah) for n in range(6)]
    for note in notes[:5]:
        pin(sarahs_browser, account, note.pk)
    refused = pin(sarahs_browser, account, notes[5].pk, account=str(account.pk))
    assert refused.status_code == 422
    assert "5 notes of this debtor are pinned. Unpin one of them first." in text(refused)
    pin(sarahs_browser, account, notes[2].pk, "unpinnings")
    assert pin(sarahs_browser, account, notes[5].pk).status_code == 303
    assert len(pinned(account)) == 5


def test_what_nobody_wrote_cannot_be_pinned(sarahs_browser: Client, account: Account) -> None:
    assigned = Activity.objects.get(account=account, kind="assignment")
    for wrong in (assigned.pk, "nonsense", "", "01a20000-0000-7000-8000-000000000000"):
        page = pin(sarahs_browser, account, wrong)
        assert page.status_code == 422
        assert "note of this debtor" in text(page)
    assert pinned(account) == []
    assert "Pin this note" not in text(sarahs_browser.get(f"/accounts/{account.pk}/"))


def test_a_note_of_another_debtor_or_desk_cannot(
    sarahs_browser: Client, account: Account, dana: User, sarah: User, james: User
) -> None:
    of_another = timeline.add_note(bring_to(make_account(), "assigned", admin=dana, to=sarah), "His", by=sarah)
    hidden = bring_to(make_account(debtor=account.debtor), "assigned", admin=dana, to=james)
    of_james = timeline.add_note(hidden, "Not for Sarah", by=james)
    assert pin(sarahs_browser, account, of_another.pk).status_code == 422
    assert pin(sarahs_browser, account, of_james.pk).status_code == 422
    pinned_notes.pin(account.debtor_id, of_james.pk, by=dana)
    assert "Not for Sarah" not in text(sarahs_browser.get(f"/accounts/{account.pk}/"))


def test_a_reader_sees_them_and_changes_none(
    auditors_browser: Client, account: Account, note: Activity, sarah: User
) -> None:
    pinned_notes.pin(account.debtor_id, note.pk, by=sarah)
    page = auditors_browser.get(f"/accounts/{account.pk}/")
    assert "Only speak to his sister" in text(page)
    assert "Unpin" not in text(page)
    assert pin(auditors_browser, account, note.pk, "unpinnings").status_code == 403
    assert pinned(account) == [note.pk]


def test_the_database_refuses_what_is_no_note_of_the_debtor(account: Account, note: Activity, sarah: User) -> None:
    for debtor, wrong in ((make_debtor(), note.pk), (account.debtor, account.pk)):
        with pytest.raises(DatabaseError, match="Only a note of the debtor"), transaction.atomic():
            PinnedNote.objects.create(debtor=debtor, note=wrong, place=1, pinned_by=sarah)


@pytest.mark.django_db(transaction=True)
def test_two_who_pin_the_fifth_at_once_do_not_make_it_six(harborline: Agency, dana: User, sarah: User) -> None:
    with tenancy.acting_for(harborline):
        account = make_account()
        notes = [timeline.add_note(account, f"Note {n}", by=dana) for n in range(6)]
        for note in notes[:4]:
            pinned_notes.pin(account.debtor_id, note.pk, by=dana)

    def pinning(by: User, note: Activity) -> Any:
        def act() -> PinnedNote:
            with tenancy.working_for(harborline):
                return pinned_notes.pin(account.debtor_id, note.pk, by=by)

        return act

    outcomes = at_once(pinning(dana, notes[4]), pinning(sarah, notes[5]))

    assert refusals(outcomes) == ["5 notes of this debtor are pinned. Unpin one of them first."]
    with tenancy.acting_for(harborline):
        assert len(pinned(account)) == 5
