"""One debtor with all his accounts: what he owes together, how he is reached, and one timeline."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from core import assignment, balances, debtors, timeline
from core.models import Account, Activity, Agency, AuditLog, ContactPoint, Debtor, Hold, User
from tests.cast import bring_to, make_account, make_debtor
from tests.worklist.pages import HTMX, text
from worklist.models import Lease


@pytest.fixture
def debtor(inside: Agency) -> Debtor:
    made = make_debtor(full_name="Marisol Whitfield")
    ContactPoint.objects.create(debtor=made, kind="phone", value="+15125550143", is_primary=True)
    return made


@pytest.fixture
def first(debtor: Debtor, dana: User, sarah: User) -> Account:
    made = make_account(external_ref="ACC-1", debtor=debtor, original_amount=Decimal("300.00"))
    return bring_to(made, "in_contact", admin=dana, to=sarah)


@pytest.fixture
def second(debtor: Debtor, dana: User, sarah: User) -> Account:
    made = make_account(external_ref="ACC-2", debtor=debtor, original_amount=Decimal("200.00"))
    return bring_to(made, "closed", admin=dana, to=sarah)


def page_of(debtor: Debtor) -> str:
    return f"/debtors/{debtor.pk}/"


def test_it_shows_all_accounts_and_what_they_come_to(
    sarahs_browser: Client, debtor: Debtor, first: Account, second: Account, sarah: User
) -> None:
    balances.post_entry(first.pk, "payment", Decimal("-120.00"), by=sarah)
    words = text(sarahs_browser.get(page_of(debtor)))
    assert "Marisol Whitfield" in words
    assert "2 accounts: 1 open, 1 closed" in words
    assert "$380.00" in words
    assert "$120.00 paid of $500.00 placed" in words
    for said in ("ACC-1", "ACC-2", "Northgate Hospital", "Sarah Mitchell", "(512) 555-0143"):
        assert said in words
    assert AuditLog.objects.filter(object_pk=str(debtor.pk), action=AuditLog.Action.ACCESS).exists()


def test_open_accounts_stand_before_closed_ones(
    danas_browser: Client, debtor: Debtor, second: Account, first: Account
) -> None:
    html = danas_browser.get(page_of(debtor)).content.decode()
    assert re.findall(r'class="name tn" href="/accounts/[^"]+">(ACC-\d)', html) == ["ACC-1", "ACC-2"]


def test_a_collector_sees_him_by_her_own_accounts_alone(
    as_user, sarahs_browser: Client, debtor: Debtor, first: Account, dana: User, james: User
) -> None:
    hidden = make_account(external_ref="ACC-9", debtor=debtor, original_amount=Decimal("77.00"))
    other = bring_to(hidden, "assigned", admin=dana, to=james)
    timeline.add_note(other, "Only for James", by=james)
    words = text(sarahs_browser.get(page_of(debtor)))
    assert "1 account: 1 open, 0 closed" in words
    assert "ACC-9" not in words
    assert "Only for James" not in words

    assignment.assign([first.pk], to=james.collector, by=dana)
    assert sarahs_browser.get(page_of(debtor)).status_code == 404
    assert sarahs_browser.post(f"{page_of(debtor)}facts/", {}).status_code == 404
    assert "ACC-9" in text(as_user(james).get(page_of(debtor)))


def test_a_stranger_does_not_find_him(strangers_browser: Client, debtor: Debtor, first: Account) -> None:
    for path in ("", "facts/", "contact-points/", "contact-points/acts/", "pins/", "unpinnings/"):
        answers = {strangers_browser.get(page_of(debtor) + path).status_code}
        answers.add(strangers_browser.post(page_of(debtor) + path).status_code)
        assert answers <= {404, 405}


def test_a_reader_sees_and_changes_nothing(auditors_browser: Client, debtor: Debtor, first: Account) -> None:
    html = auditors_browser.get(page_of(debtor)).content.decode()
    assert "ACC-1" in html
    assert "/facts/" not in html
    assert "/contact-points/" not in html
    assert "/pins/" not in html
    assert auditors_browser.post(f"{page_of(debtor)}facts/", {}).status_code == 403


def test_holds_on_the_debtor_stop_everything_and_those_of_an_account_stand_beside_it(
    sarahs_browser: Client, debtor: Debtor, first: Account
) -> None:
    Hold.objects.create(account=first, kind="attorney")
    assert "Represented by an attorney" in text(sarahs_browser.get(page_of(debtor)))
    Hold.objects.create(debtor=debtor, kind="cease")
    words = text(sarahs_browser.get(page_of(debtor)))
    assert "No contact and no collection for every account of the debtor" in words
    assert "Do not call now" in words


def test_one_timeline_names_the_account_of_each_entry(
    sarahs_browser: Client, debtor: Debtor, first: Account, second: Account, sarah: User
) -> None:
    timeline.add_note(first, "Of the first", by=sarah)
    timeline.add_note(second, "Of the second", by=sarah)
    words = text(sarahs_browser.get(f"{page_of(debtor)}?show=notes"))
    assert "Sarah Mitchell added a note ACC-1" in words
    assert "Sarah Mitchell added a note ACC-2" in words
    assert words.index("Of the second") < words.index("Of the first")


def test_the_timeline_goes_on_without_a_gap(
    sarahs_browser: Client, debtor: Debtor, first: Account, second: Account, sarah: User
) -> None:
    for n in range(60):
        timeline.add_note((first, second)[n % 2], f"Note number {n:02}", by=sarah)
    seen: list[str] = []
    path = f"{page_of(debtor)}?show=notes&list=status%3Dnew"
    while path:
        html = sarahs_browser.get(path, headers=HTMX | {"HX-Target": "older"}).content.decode()
        seen += re.findall(r"Note number (\d\d)", html)
        more = re.search(r'hx-get="([^"]+)"', html)
        path = more.group(1).replace("&amp;", "&") if more else ""
        assert not path or "list=status%3Dnew" in path
    assert seen == [f"{n:02}" for n in reversed(range(60))]
    unknown = sarahs_browser.get(f"{page_of(debtor)}?older=nonsense")
    assert unknown.status_code == 200


def test_the_account_leads_there_and_back_with_the_list_still_known(
    sarahs_browser: Client, debtor: Debtor, first: Account, second: Account
) -> None:
    carried = f"?list=sort%3Dbalance&amp;via={first.pk}"
    html = sarahs_browser.get(f"/accounts/{first.pk}/?list=sort%3Dbalance").content.decode()
    assert f'href="/debtors/{debtor.pk}/{carried}"' in html
    assert f'href="/accounts/{second.pk}/{carried}"' in html
    html = sarahs_browser.get(f"{page_of(debtor)}?list=sort%3Dbalance&via={first.pk}").content.decode()
    assert 'href="/worklist/?sort=balance#a-ACC-1"' in html
    assert f'href="/accounts/{second.pk}/{carried}"' in html


def test_looking_at_the_other_accounts_keeps_the_place_in_the_queue(
    sarahs_browser: Client, debtor: Debtor, dana: User, sarah: User
) -> None:
    mine = [
        bring_to(make_account(external_ref=f"Q-{n}", debtor=debtor), "assigned", admin=dana, to=sarah) for n in range(3)
    ]
    place = [1, 1, 50000, str(mine[1].pk)]
    Lease.objects.create(account=mine[1], holder=sarah, until="2999-01-01T00:00Z", place=place)
    session = sarahs_browser.session
    session["trail"] = [str(mine[1].pk)]
    session.save()

    html = sarahs_browser.get(f"{page_of(debtor)}?via={mine[1].pk}").content.decode()
    assert "Back to Q-1" in html
    assert f'name="after" value="{mine[1].pk}"' in html
    html = sarahs_browser.get(f"/accounts/{mine[0].pk}/?via={mine[1].pk}").content.decode()

    assert Lease.objects.get(account=mine[0], holder=sarah).place == place
    assert f'id="previous-account" href="/accounts/{mine[1].pk}/' in html


def test_another_debtors_account_brings_no_place_along(
    sarahs_browser: Client, first: Account, dana: User, sarah: User
) -> None:
    other = bring_to(make_account(), "assigned", admin=dana, to=sarah)
    Lease.objects.create(account=other, holder=sarah, until="2999-01-01T00:00Z", place=[1, 1, 50000, str(other.pk)])
    sarahs_browser.get(f"/accounts/{first.pk}/?via={other.pk}")
    assert Lease.objects.get(account=first).place == []


def test_changes_of_contact_data_are_told_with_who_and_what_it_was(
    sarahs_browser: Client, debtor: Debtor, first: Account, sarah: User
) -> None:
    before = debtors.Facts.of(debtor)
    for n in range(25):
        now = debtors.Facts.of(Debtor.objects.get(pk=debtor.pk))
        told = debtors.Facts.read(vars(now) | {"city": f"Town {n}"}, now)
        debtors.change(debtor.pk, told, by=sarah, reason="By phone")
    words = text(sarahs_browser.get(page_of(debtor)))
    assert "City Town 23 Town 24 Sarah Mitchell By phone" in words
    assert f"City {before.city} Town 0" not in words
    assert "Show all changes" in words
    assert f"City {before.city} Town 0" in text(sarahs_browser.get(f"{page_of(debtor)}?changes=all"))


def test_only_kinds_that_exist_are_shown(sarahs_browser: Client, debtor: Debtor, first: Account) -> None:
    assert Activity.objects.filter(account=first).exists()
    assert "moved" in text(sarahs_browser.get(f"{page_of(debtor)}?show=nonsense"))
    assert "Nothing of this kind" in text(sarahs_browser.get(f"{page_of(debtor)}?show=money"))
