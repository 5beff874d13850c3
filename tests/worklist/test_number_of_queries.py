"""A page asks the same few statements however much it shows (UX §3, SPEC §14)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import contact_points, pinned_notes, timeline
from core.models import Activity, Agency, User
from tests.cast import bring_to, make_account, make_debtor
from tests.worklist.pages import HTMX, statements


def asked(browser: Client, path: str, **headers: str) -> list[str]:
    browser.get(path, headers=headers or None)  # content types and the like are cached by the first request
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(path, headers=headers or None).status_code == 200
    return statements(queries)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("query", ["", "?q=whitfield", "?status=new&min=1&sort=balance", "?due=true", "?status=any"])
def test_the_worklist_asks_at_most_six(query: str, harborline: Agency, dana: User, sarah: User) -> None:
    from core import tenancy

    with tenancy.acting_for(harborline):
        for _ in range(8):
            bring_to(make_account(), "assigned", admin=dana, to=sarah)
    for user in (dana, sarah):
        browser = Client()
        browser.force_login(user)
        found = asked(browser, f"/worklist/{query}")
        assert len(found) <= 6, "\n".join(found)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("accounts", [1, 12])
def test_the_debtor_page_asks_at_most_ten(accounts: int, harborline: Agency, dana: User, sarah: User) -> None:
    from core import tenancy

    with tenancy.acting_for(harborline):
        debtor = make_debtor()
        contact_points.add(debtor.pk, "phone", "(512) 555-0143", source="debtor", by=sarah)
        for _ in range(accounts):
            account = bring_to(make_account(debtor=debtor), "in_contact", admin=dana, to=sarah)
            for n in range(5):
                timeline.add_note(account, f"note {n}", by=sarah)
        for note in Activity.objects.filter(account=account, kind="note"):
            pinned_notes.pin(debtor.pk, note.pk, by=dana)
    for user in (dana, sarah):
        browser = Client()
        browser.force_login(user)
        found = asked(browser, f"/debtors/{debtor.pk}/")
        assert len(found) <= 10, "\n".join(found)


@pytest.mark.django_db(transaction=True)
def test_the_account_page_asks_at_most_ten(harborline: Agency, dana: User, sarah: User) -> None:
    from core import tenancy

    with tenancy.acting_for(harborline):
        debtor = make_debtor()
        account = bring_to(make_account(debtor=debtor), "in_contact", admin=dana, to=sarah)
        for _ in range(3):
            bring_to(make_account(debtor=debtor), "assigned", admin=dana, to=sarah)
        for n in range(30):
            timeline.add_note(account, f"note {n}", by=sarah)
    for user in (dana, sarah):
        browser = Client()
        browser.force_login(user)
        found = asked(browser, f"/accounts/{account.pk}/")
        assert len(found) <= 10, "\n".join(found)
        assert len(asked(browser, f"/accounts/{account.pk}/?show=notes", **HTMX, **{"HX-Target": "history"})) <= 8
