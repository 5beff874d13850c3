"""A second step at sign-in, from the key on the page to the code that opens the door."""

import re
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from core.models import User
from tests.cast import PASSWORD


def code_of(secret: str, *, steps_ahead: int = 0) -> str:
    """What an authenticator app shows (RFC 6238: the count of half minutes)."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps_ahead))


def enter_password(client: Client) -> str:
    answer = client.post("/auth/login/", {"login": "sarah.mitchell", "password": PASSWORD})
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_a_user_switches_it_on_and_needs_it_from_then_on(client: Client, sarah: User) -> None:
    assert enter_password(client) == "/"
    asked = client.get("/auth/2fa/totp/activate/").headers["Location"]
    assert asked.startswith("/auth/reauthenticate/"), "an open browser is not enough"
    page = client.post(asked, {"password": PASSWORD}, follow=True).content.decode()
    secret = re.search(r"\b[A-Z2-7]{32}\b", page)
    assert secret, page
    wrong = client.post("/auth/2fa/totp/activate/", {"code": "000000"})
    assert "Incorrect code" in wrong.content.decode()
    done = client.post("/auth/2fa/totp/activate/", {"code": code_of(secret[0])}, follow=True)
    assert done.status_code == 200
    stored = Authenticator.objects.get(user=sarah, type=Authenticator.Type.TOTP)
    assert secret[0] not in str(stored.data), "kept encrypted"

    client.post("/auth/logout/")
    assert enter_password(client).startswith("/auth/2fa/authenticate/")
    assert client.get("/worklist/").status_code == 302, "the password alone opens nothing"
    assert client.post("/auth/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.get("/worklist/").status_code == 302
    client.post("/auth/2fa/authenticate/", {"code": code_of(secret[0], steps_ahead=1)})
    assert client.get("/worklist/").status_code == 200
