"""How do an agency and its people come in? The operator's commands and the demo create them here."""

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models

from core import tenancy
from core.models import Agency, Collector, User
from core.models.people import Role


class NotCreated(ValueError):
    """Nothing was created; `str()` is the sentence for the operator."""


def agency_named(name: str) -> Agency:
    """The agency of that name, upper and lower case alike. Raises NotCreated with the names there are."""
    agency = Agency.objects.filter(name__iexact=name.strip()).first()
    if agency is None:
        names = ", ".join(Agency.objects.values_list("name", flat=True)[:20])
        raise NotCreated(f"There is no agency “{name}”. {f'There are: {names}.' if names else 'There is none yet.'}")
    return agency


def create_agency(
    name: str,
    *,
    timezone: str = "America/New_York",
    license_number: str = "",
    settings: dict[str, Any] | None = None,
) -> Agency:
    """A new, empty agency. Raises NotCreated: no name, name or license taken, unknown time zone, wrong setting."""
    agency = Agency(
        name=" ".join(name.split()), timezone=timezone, license_number=license_number or None, settings=settings or {}
    )
    _check(agency)
    try:
        with tenancy.transaction():
            agency.save(force_insert=True)
    except IntegrityError as error:
        taken = f"license number {license_number}" if "license" in _constraint(error) else f"name “{agency.name}”"
        raise NotCreated(f"There is already an agency with the {taken}.") from error
    return agency


def create_user(
    username: str,
    *,
    agency: Agency,
    role: str,
    password: str,
    name: str = "",
    email: str = "",
    max_accounts: int = 200,
) -> User:
    """A user who can sign in at once; the role collector also gets a desk (the Collector row).

    Without an e-mail address (and with a user name that is none) the user gets one that cannot be delivered: the
    column is unique. Raises NotCreated: taken, malformed, or a weak password.
    """
    if role not in Role.values:
        raise NotCreated(f"There is no role “{role}”. Choose one of {', '.join(Role.values)}.")
    first, _, last = " ".join(name.split()).partition(" ")
    user = User(username=username.strip(), email=email or _address_for(username.strip()), first_name=first)
    user.last_name, user.agency, user.role = last, agency, role
    _set_password(user, password)
    _check(user)
    try:
        with tenancy.acting_for(agency):
            user.save(force_insert=True)
            if email:  # given by who invites, so nobody else's
                EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
            if role == Role.COLLECTOR:
                Collector.objects.create(user=user, max_accounts=max_accounts)
    except IntegrityError as error:
        taken = f"e-mail address {user.email}" if "email" in _constraint(error) else f"user name {user.username}"
        raise NotCreated(f"There is already a user with the {taken}.") from error
    return user


def _address_for(username: str) -> str:
    return username if "@" in username else f"{username}@no-email.invalid"


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise NotCreated(f"Choose another password. {' '.join(error.messages)}") from error
    user.set_password(password)


def _check(record: models.Model) -> None:
    """Each field by itself; what is taken is found by inserting, so that two at once cannot both pass."""
    try:
        record.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        fields = {field.name: field for field in record._meta.fields}
        wrong = [f"{fields[name].verbose_name}: {' '.join(messages)}" for name, messages in error.message_dict.items()]
        raise NotCreated(f"{' '.join(wrong)[:1].upper()}{' '.join(wrong)[1:]}") from error


def _constraint(error: IntegrityError) -> str:
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
