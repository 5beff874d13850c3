"""Colours and density are kept on the device, single keys with the user: they hold on every machine."""

from collections.abc import Callable

import pytest
from django.test import Client

from core.models import Agency, User

pytestmark = pytest.mark.django_db
PAGE = "/auth/preferences/"


def test_single_keys_are_switched_off_on_every_machine(as_user: Callable[[User], Client], sarah: User) -> None:
    one, other = as_user(sarah), as_user(sarah)
    assert 'data-keys="off"' not in one.get("/worklist/").content.decode()
    sent = one.post(PAGE, {"keys": "off"})
    assert (sent.status_code, sent.headers["Location"]) == (303, PAGE)
    assert '<html lang="en-US" data-keys="off">' in other.get("/worklist/").content.decode()
    one.post(PAGE, {"keys": "on"})
    assert '<html lang="en-US">' in other.get("/worklist/").content.decode()


def test_the_switch_under_the_question_mark_answers_with_itself(as_user: Callable[[User], Client], sarah: User) -> None:
    answer = as_user(sarah).post(PAGE, {"keys": "off"}, headers={"HX-Request": "true"})
    assert answer.content.decode().count("<form") == 1
    assert 'data-keys="off"' in answer.content.decode()


def test_nobody_switches_them_for_somebody_else(as_user: Callable[[User], Client], sarah: User, james: User) -> None:
    as_user(sarah).post(PAGE, {"keys": "off"})
    james.refresh_from_db()
    sarah.refresh_from_db()
    assert (james.single_keys, sarah.single_keys) == (True, False)


def test_the_operator_within_an_agency_keeps_his_own(
    as_user: Callable[[User], Client], operator: User, harborline: Agency
) -> None:
    browser = as_user(operator)
    browser.post(f"/admin/core/agency/enter/{harborline.pk}/")
    browser.post(PAGE, {"keys": "off"})
    operator.refresh_from_db()
    assert operator.single_keys is False


def test_colours_and_density_without_script(as_user: Callable[[User], Client], sarah: User) -> None:
    browser = as_user(sarah)
    browser.post(PAGE, {"theme": "dark", "density": "compact"})
    html = browser.get(PAGE).content.decode()
    assert 'data-theme="dark" data-density="compact"' in html
    browser.post(PAGE, {"theme": ""})
    assert 'data-theme="' not in browser.get(PAGE).content.decode()


@pytest.mark.parametrize("value", ["", "maybe", "\x00", "x" * 5000, "ON"])
def test_what_is_not_known_changes_nothing(value: str, as_user: Callable[[User], Client], sarah: User) -> None:
    browser = as_user(sarah)
    assert browser.post(PAGE, {"keys": value, "density": value or "?"}).status_code == 303
    sarah.refresh_from_db()
    assert sarah.single_keys
    assert "density" not in browser.cookies


@pytest.mark.parametrize(
    ("wanted", "leads"),
    [
        ("/worklist/?q=a", "/worklist/?q=a"),
        ("https://elsewhere.example/", PAGE),
        ("//elsewhere.example/", PAGE),
        ("worklist", PAGE),
        ("", PAGE),
    ],
)
def test_it_leads_back_to_pages_of_ours_alone(
    wanted: str, leads: str, as_user: Callable[[User], Client], sarah: User
) -> None:
    assert as_user(sarah).post(PAGE, {"theme": "dark", "next": wanted}).headers["Location"] == leads
