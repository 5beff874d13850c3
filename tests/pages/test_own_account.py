"""The pages of one's own account and the failures wear the house's look."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.test.utils import override_settings

from core.models import User

OWN = ["/auth/password/change/", "/auth/2fa/", "/auth/email/", "/auth/sessions/"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", OWN)
def test_a_page_of_ones_account_stands_in_the_shell(as_user: Callable[[User], Client], sarah: User, path: str) -> None:
    html = as_user(sarah).get(path).content.decode()
    assert 'class="app"' in html
    assert f'<a href="{path}" aria-current="page">' in html
    assert html.count("<h1") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/auth/login/", "/auth/password/reset/", "/auth/signup/"])
def test_pages_before_the_sign_in_stand_at_the_gate(client: Client, path: str) -> None:
    html = client.get(path).content.decode()
    assert 'class="gate"' in html
    assert html.count("<h1") == 1


@pytest.mark.django_db
def test_a_page_that_does_not_exist_keeps_the_shell_for_who_is_signed_in(
    as_user: Callable[[User], Client], sarah: User
) -> None:
    answer = as_user(sarah).get("/nowhere/")
    assert answer.status_code == 404
    assert 'class="app"' in answer.content.decode()
    assert "There is nothing here" in answer.content.decode()


@pytest.mark.django_db
def test_a_page_that_does_not_exist_shows_no_shell_to_a_stranger(client: Client) -> None:
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert 'class="gate"' in answer.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_explained(sarah: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(sarah)
    answer = client.post("/auth/logout/")
    assert answer.status_code == 403
    assert "This form is out of date" in answer.content.decode()


@pytest.mark.django_db
@override_settings(DEBUG=False)
def test_theme_and_density_are_rendered_by_the_server_and_only_known_ones(
    as_user: Callable[[User], Client], sarah: User
) -> None:
    client = as_user(sarah)
    client.cookies["theme"], client.cookies["density"] = "dark", '"><script>'
    html = client.get("/auth/sessions/").content.decode()
    assert 'data-theme="dark"' in html
    assert "data-density" not in html
