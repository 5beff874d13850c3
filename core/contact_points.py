"""What becomes of a debtor's numbers and addresses? Added, found to be wrong, opted out, made the first, consented to.

Each verb locks the debtor, then changes the point, his time zones and his history in one transaction. Nothing is ever
deleted: a number that is wrong is marked so, and a file that brings it again changes nothing.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError

from core import clock, debtors, meanwhile, places, tenancy
from core.models import ContactPoint, Debtor, DebtorChange
from core.refusals import ChangedMeanwhile, FieldRefused

if TYPE_CHECKING:
    from core.models import User

Fact, Kind, Source, Status = DebtorChange.Fact, ContactPoint.Kind, ContactPoint.Source, ContactPoint.Status
# Who may have told a collector; files and vendors have ways of their own.
TOLD_BY = (Source.DEBTOR, Source.COLLECTOR)
LONGEST_TYPED = 320


@dataclass(frozen=True)
class Act:
    """Something that can be done to a number or address."""

    name: str
    label: str
    # What must be said with it, as the label of a field; empty when nothing.
    asks: str = ""


ACTS = {
    act.name: act
    for act in (
        Act("primary", "Make primary"),
        Act("invalid", "Mark invalid"),
        Act("valid", "Mark valid again"),
        Act("opt_out", "Opted out"),
        Act("lift", "Lift the opt-out", "Why the opt-out does not stand"),
        Act("consent", "Record consent", "How consent was given"),
        Act("revoke", "Consent revoked"),
    )
}


def possible(point: ContactPoint, by: "User") -> list[Act]:
    """What this user may do to it now."""
    if by.is_readonly:
        return []
    match point.status:
        case Status.OPTED_OUT:
            names = ["lift"] if by.is_admin else []
        case Status.INVALID:
            names = ["valid", "opt_out"]
        case _:
            consent = "revoke" if consents(point) else "consent"
            names = [*([] if point.is_primary else ["primary"]), "invalid", "opt_out", consent]
    return [ACTS[name] for name in names]


def consents(point: ContactPoint) -> bool:
    """Is there a consent that was not revoked?"""
    return point.consent_given_at is not None and point.consent_revoked_at is None


def version(point: ContactPoint) -> str:
    """Carried through the form, to tell whether somebody else changed it meanwhile."""
    return f"{point.status}|{point.is_primary}|{consents(point)}"


def add(debtor_id: UUID, kind: str, typed: str, *, source: str, by: "User") -> ContactPoint:
    """Add a number or an address, the first of its kind as the primary one.

    Raises FieldRefused when it is none, when the debtor has it already (the sentence says in which state), or when
    nobody says where it comes from.
    """
    if kind not in Kind.values:
        raise FieldRefused("kind", "Choose a phone or an e-mail.")
    if source not in TOLD_BY:
        raise FieldRefused("source", "Choose who told it.")
    value, zones = _phone(typed) if kind == Kind.PHONE else (_email(typed), places.NOWHERE)
    with tenancy.transaction():
        # Before the debtor's lock: an import that adds the same waits for us here, and holds nothing that we need.
        point = _insert(debtor_id, kind, value, zones, source)
        debtor = debtors.locked(debtor_id)
        others = ContactPoint.objects.filter(debtor=debtor, kind=kind, is_primary=True)
        if not others.exists():
            point.is_primary = True
            point.save(update_fields=["is_primary"])
        _save_zones(debtor)
        told = f"Told by the {point.get_source_display().lower()}"
        debtors.record(debtor, Fact.ADDED, "", value, by=by, point=point, reason=told)
    return point


def act(debtor_id: UUID, point_id: UUID, name: str, *, by: "User", expected: str = "", said: str = "") -> ContactPoint:
    """Do one of ACTS; `said` is what it asks for.

    Raises FieldRefused when this user cannot do it now or does not say what must be said, ChangedMeanwhile when the
    point is not as `expected` any more, ContactPoint.DoesNotExist.
    """
    said = " ".join(said.replace("\x00", "").split())
    with tenancy.transaction():
        debtor = debtors.locked(debtor_id)
        point = ContactPoint.objects.locked().get(pk=point_id, debtor=debtor)
        if expected and version(point) != expected:
            raise ChangedMeanwhile(f"{meanwhile.on_record(point, by, 'changed it')} This is how it stands now.")
        chosen = next((act for act in possible(point, by) if act.name == name), None)
        if chosen is None:
            raise FieldRefused("", _refusal(point, name))
        if chosen.asks and not said:
            raise FieldRefused("said", f"Say {chosen.asks[0].lower()}{chosen.asks[1:]}.")
        if len(said) > 200:
            raise FieldRefused("said", "Shorten this to 200 characters.")
        _do(debtor, point, name, said, by)
    return point


def learn(debtor_id: UUID, point_id: UUID, status: str, *, by: "User", reason: str) -> None:
    """What a contact taught: the number is wrong, or opted out. An opt-out is never made weaker by it."""
    with tenancy.transaction():
        debtor = debtors.locked(debtor_id)
        point = ContactPoint.objects.locked().get(pk=point_id, debtor=debtor)
        if point.status not in (status, Status.OPTED_OUT):
            _become(debtor, point, status, by, reason)


def _phone(typed: str) -> tuple[str, places.Zones]:
    found = places.phone(typed.strip()) if len(typed) <= 40 else None
    if found is None:
        raise FieldRefused("value", "Enter a phone number with its area code, such as (305) 555-0109.")
    return found


def _email(typed: str) -> str:
    value = typed.strip().lower()
    try:
        if len(value) > LONGEST_TYPED:
            raise ValidationError("")
        validate_email(value)
    except ValidationError:
        raise FieldRefused("value", "Enter an address such as name@example.com.") from None
    return value


def _insert(debtor_id: UUID, kind: str, value: str, zones: places.Zones, source: str) -> ContactPoint:
    try:
        with tenancy.transaction():
            return ContactPoint.objects.create(
                debtor_id=debtor_id, kind=kind, value=value, time_zones=list(zones), source=source, **clock.born()
            )
    except IntegrityError:
        known = ContactPoint.objects.filter(debtor=debtor_id, kind=kind, value=value).first()
        if known is None:
            raise
        raise FieldRefused("value", _known(known)) from None


def _known(point: ContactPoint) -> str:
    what = "This number" if point.kind == Kind.PHONE else "This address"
    match point.status:
        case Status.INVALID:
            return f"{what} is there already, marked invalid. Mark it valid again in its menu."
        case Status.OPTED_OUT:
            return f"{what} is there already, and the debtor opted out of it."
    return f"{what} is there already."


def _refusal(point: ContactPoint, name: str) -> str:
    if name == "lift" and point.status == Status.OPTED_OUT:
        return "Only an agency admin lifts an opt-out."
    return "This cannot be done to the number or address as it stands now."


def _do(debtor: Debtor, point: ContactPoint, name: str, said: str, by: "User") -> None:
    match name:
        case "primary":
            _make_primary(debtor, point, by)
        case "consent" | "revoke":
            _consent(debtor, point, said, by)
        case "invalid":
            _become(debtor, point, Status.INVALID, by, "")
        case "opt_out":
            _become(debtor, point, Status.OPTED_OUT, by, "")
        case _:
            _become(debtor, point, Status.ACTIVE, by, said)


def _become(debtor: Debtor, point: ContactPoint, status: str, by: "User", reason: str) -> None:
    before = point.get_status_display()
    point.status = status
    point.save(update_fields=["status"])
    _save_zones(debtor)
    debtors.record(debtor, Fact.STATUS, before, point.get_status_display(), by=by, point=point, reason=reason)


def _make_primary(debtor: Debtor, point: ContactPoint, by: "User") -> None:
    others = list(ContactPoint.objects.locked().filter(debtor=debtor, kind=point.kind, is_primary=True))
    for other in others:
        other.is_primary = False
        other.save(update_fields=["is_primary"])
    point.is_primary = True
    point.save(update_fields=["is_primary"])
    before = ", ".join(other.value for other in others)[:320]
    debtors.record(debtor, Fact.PRIMARY, before, point.value, by=by, point=point)


def _consent(debtor: Debtor, point: ContactPoint, how: str, by: "User") -> None:
    """Consent is given anew, or revoked: any reasonable way of saying so counts (47 CFR 64.1200(a)(10))."""
    if consents(point):
        point.consent_revoked_at, old, new = clock.now(), "Given", "Revoked"
    else:
        old = "Revoked" if point.consent_revoked_at else ""
        point.consent_given_at, point.consent_revoked_at, point.consent_source = clock.now(), None, how
        new = "Given"
    point.save(update_fields=["consent_given_at", "consent_revoked_at", "consent_source"])
    debtors.record(debtor, Fact.CONSENT, old, new, by=by, point=point, reason=how)


def _save_zones(debtor: Debtor) -> None:
    before = debtor.time_zones
    debtors.settle_zones(debtor)
    if debtor.time_zones != before:
        debtor.save(update_fields=["time_zones", "updated_at"])
