"""How people sign in: user name or e-mail, closed sign-up, only active users of active agencies."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.signals import user_logged_in
from django.db.models import UUIDField
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from core import tenancy
from core.encryption import decrypt, encrypt
from core.models import User
from core.prepared import Prepared, Slot

# The session's keys for the agency of the user who signed in, and for the one that a superuser has entered.
MEMBER_OF = "member_of_agency"
ENTERED = "entered_agency"


@receiver(user_logged_in)
def remember_agency(request: HttpRequest, user: User, **_signal: Any) -> None:
    """Every later request looks for this user within this agency only."""
    if user.agency_id:
        request.session[MEMBER_OF] = str(user.agency_id)


# Every request asks for it.
_USER = Prepared(
    lambda: User.objects.select_related("agency", "collector").filter(pk=Slot("user", UUIDField())), of_agency=False
)


class SignInBackend(AuthenticationBackend):
    """allauth's backend; refuses users of a switched-off agency, and loads the user with agency and desk at once.

    A session's user is looked for within his agency; outside one, only a superuser is found.
    """

    def user_can_authenticate(self, user: Any) -> bool:
        return super().user_can_authenticate(user) and (user.agency is None or user.agency.is_active)

    def get_user(self, user_id: Any) -> User | None:
        user = _USER.first(user=user_id)
        if user is None or (user.agency_id is not None and user.agency_id != tenancy.agency_id_or_none()):
            return None
        return user if self.user_can_authenticate(user) else None


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up: an agency's admin invites."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Any, **facts: Any) -> HttpResponse | None:
        """Users of a switched-off agency are told so; the package asks only whether the user is active."""
        if user.agency is not None and not user.agency.is_active:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **facts)


class MfaAdapter(DefaultMFAAdapter):
    """One-time-password secrets are stored encrypted."""

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)
