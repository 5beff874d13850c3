"""Who gets in: user name or e-mail, one message for every mistake, nobody signs up."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.test import Client

from core.models import Agency, User
from tests.cast import PASSWORD, make_user

LOGIN = "/auth/login/"
WRONG = "The username and/or password you specified are not correct."
WRONG_EMAIL = "The email address and/or password you specified are not correct."


@pytest.fixture(autouse=True)
def _no_earlier_attempts(db: None) -> None:
    cache.clear()


def sign_in(client: Client, login: str, password: str = PASSWORD, **extra: str) -> HttpResponse:
    return client.post(LOGIN, {"login": login, "password": password}, **extra)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    "login", ["sarah.mitchell", "SARAH.Mitchell", "sarah.mitchell@example.com", "Sarah.Mitchell@Example.com"]
)
def test_user_name_or_e_mail_in_any_case_opens_the_door(login: str, client: Client, sarah: User) -> None:
    response = sign_in(client, login)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert is_in(client)


def test_after_signing_in_the_page_asked_for_is_shown(client: Client, sarah: User) -> None:
    asked = client.get("/worklist/?status=new")
    assert asked.headers["Location"] == "/auth/login/?next=/worklist/%3Fstatus%3Dnew"
    response = client.post(
        asked.headers["Location"], {"login": "sarah.mitchell", "password": PASSWORD, "next": "/worklist/?status=new"}
    )
    assert response.headers["Location"] == "/worklist/?status=new"


def test_nobody_is_sent_to_another_site_after_signing_in(client: Client, sarah: User) -> None:
    response = client.post(LOGIN, {"login": "sarah.mitchell", "password": PASSWORD, "next": "https://evil.example/"})
    assert response.headers["Location"] == "/"


def test_a_wrong_password_and_an_unknown_name_read_alike(client: Client, sarah: User) -> None:
    for login, password, sentence in [
        ("sarah.mitchell", "wrong", WRONG),
        ("nobody.known", "wrong", WRONG),
        ("sarah.mitchell@example.com", "wrong", WRONG_EMAIL),
        ("nobody@example.com", "wrong", WRONG_EMAIL),
    ]:
        response = sign_in(client, login, password)
        assert response.status_code in (200, 422)
        assert sentence in response.content.decode(), login
        assert not is_in(client)


def test_the_users_of_a_switched_off_agency_stay_outside(client: Client, harborline: Agency, sarah: User) -> None:
    harborline.is_active = False
    harborline.save()
    response = sign_in(client, "sarah.mitchell")
    assert not is_in(client)
    assert response.headers["Location"] == "/auth/inactive/"
    assert client.get("/auth/inactive/").status_code == 200


def test_a_session_ends_when_the_agency_is_switched_off(harborline: Agency, sarah: User, client: Client) -> None:
    client.force_login(sarah)
    assert client.get("/worklist/").status_code == 200
    harborline.is_active = False
    harborline.save()
    assert client.get("/worklist/").headers["Location"] == "/auth/login/?next=/worklist/"


def test_a_session_ends_when_the_user_is_switched_off(sarah: User, client: Client) -> None:
    client.force_login(sarah)
    sarah.is_active = False
    sarah.save()
    assert client.get("/worklist/").status_code == 302


def test_nobody_signs_up(client: Client, db: None) -> None:
    page = client.get("/auth/signup/")
    assert "<form" not in page.content.decode().split("<main")[-1] or page.status_code in (302, 403, 404)
    facts = {"email": "new@example.com", "username": "new", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/auth/signup/", facts).status_code < 500
    assert not User.objects.filter(username="new").exists()


def test_guessing_is_stopped_after_five_attempts(client: Client, sarah: User) -> None:
    answers = [sign_in(client, "sarah.mitchell", f"guess {n}") for n in range(6)]
    assert "Too many failed login attempts" in answers[-1].content.decode()
    sign_in(client, "sarah.mitchell")
    assert not is_in(client), "not even with the right password for now"


def test_one_guessed_user_does_not_lock_out_another(client: Client, sarah: User, james: User) -> None:
    for n in range(6):
        sign_in(client, "sarah.mitchell", f"guess {n}")
    assert sign_in(client, "james.carter").status_code == 302


def test_a_password_can_be_reset_by_mail(client: Client, sarah: User, mailoutbox: list[EmailMessage]) -> None:
    client.post("/auth/password/reset/", {"email": sarah.email})
    assert [mail.to for mail in mailoutbox] == [[sarah.email]]
    link = next(word for word in mailoutbox[0].body.split() if "/auth/password/reset/key/" in word)
    form = client.get(link, follow=True)
    new = "a brand new good password"
    client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    assert sign_in(client, "sarah.mitchell", new).status_code == 302


def test_asking_for_a_reset_does_not_tell_who_exists(
    client: Client, sarah: User, mailoutbox: list[EmailMessage]
) -> None:
    known = client.post("/auth/password/reset/", {"email": sarah.email})
    unknown = client.post("/auth/password/reset/", {"email": "nobody@example.com"})
    assert (known.status_code, known.headers.get("Location")) == (unknown.status_code, unknown.headers.get("Location"))
    assert not EmailAddress.objects.filter(email="nobody@example.com").exists()


def test_signing_out_takes_a_click_not_a_link(sarah: User, client: Client) -> None:
    client.force_login(sarah)
    client.get("/auth/logout/")
    assert is_in(client), "an image on another site must not sign anybody out"
    client.post("/auth/logout/")
    assert not is_in(client)


def test_the_admin_is_entered_through_the_same_door(client: Client, operator: User) -> None:
    assert client.get("/admin/").headers["Location"].startswith("/admin/login/")
    assert client.get("/admin/login/?next=/admin/").headers["Location"].startswith("/auth/login/")
    sign_in(client, "olga.operator")
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("role", ["agency_admin", "collector", "readonly"])
def test_the_admin_is_for_the_platform_operator_only(role: str, client: Client, harborline: Agency) -> None:
    client.force_login(make_user(harborline, f"some.{role}", role))
    assert client.get("/admin/").status_code in (302, 403)
    assert client.get("/admin/core/account/").status_code in (302, 403)


def test_a_page_asked_for_by_htmx_when_signed_out_opens_the_sign_in_as_a_page(client: Client, db: None) -> None:
    response = client.get("/worklist/", headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert response.headers["HX-Redirect"].startswith("/auth/login/?next=")
    assert response.content == b""


PAGE = "http://testserver/worklist/?status=assigned&sort=name#a-1"


@pytest.mark.parametrize(
    ("method", "headers", "page"),
    [
        ("GET", {}, "/payments/?method=card"),
        ("GET", {"Referer": PAGE}, "/payments/?method=card"),
        ("POST", {"Referer": PAGE}, "/worklist/?status=assigned&sort=name"),
        ("POST", {}, "/"),
        ("POST", {"Referer": "http://elsewhere.example/worklist/"}, "/"),
        ("POST", {"Referer": "javascript:alert(1)"}, "/"),
        ("POST", {"Referer": "http://["}, "/"),
        ("GET", {"HX-Request": "true", "HX-Current-URL": PAGE}, "/worklist/?status=assigned&sort=name"),
        ("POST", {"HX-Request": "true", "HX-Current-URL": PAGE}, "/worklist/?status=assigned&sort=name"),
        ("GET", {"HX-Request": "true", "HX-Current-URL": "http://elsewhere.example/"}, "/"),
    ],
)
def test_whose_session_ended_comes_back_to_his_page(
    method: str, headers: dict[str, str], page: str, client: Client, sarah: User
) -> None:
    """A form cannot be sent again, and a part of a page is none: he comes to the page on which they were."""
    answer = client.generic(method, "/payments/?method=card" if method == "GET" else "/worklist/next/", headers=headers)
    way = answer.headers.get("HX-Redirect") or answer.headers["Location"]
    assert parse_qs(urlsplit(way).query) == {"next": [page]}
    signed_in = client.post(way, {"login": "sarah.mitchell", "password": PASSWORD, "next": page})
    assert (signed_in.status_code, signed_in.headers["Location"]) == (302, page)


def test_a_page_with_a_foreign_host_in_its_path_leads_home(client: Client, sarah: User) -> None:
    answer = client.post("/worklist/next/", headers={"Referer": "http://testserver//elsewhere.example/"})
    page = parse_qs(urlsplit(answer.headers["Location"]).query)["next"][0]
    signed_in = client.post(LOGIN, {"login": "sarah.mitchell", "password": PASSWORD, "next": page})
    assert (signed_in.status_code, signed_in.headers["Location"]) == (302, "/")
