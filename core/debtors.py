"""What is known of a debtor, how does it change, and what keeps a file from changing it back?

Every change is one transaction under the debtor's lock, with its entry in the history (`DebtorChange`). Who needs
accounts as well locks the debtor first: his zones and holds decide what his accounts are.

A fact that the agency corrected stays (SPEC §5.5): `Debtor.corrected` names it, with what the creditor's file last said
of it, so that an import can tell news from the old story. The address counts as one fact: a street of ours with a city
of theirs would be nobody's address. When the agency enters what the file says, the file leads again.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from itertools import chain
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db.models import UUIDField

from core import clock, meanwhile, places, tenancy
from core.models import ContactPoint, Debtor, DebtorChange
from core.prepared import Prepared, Slot
from core.refusals import ChangedMeanwhile, FieldRefused

if TYPE_CHECKING:
    from core.models import User

ADDRESS = ("address_line1", "city", "state", "zip")
LONGEST = {"full_name": 255, "address_line1": 255, "city": 100}
LONGEST_REASON = 300
_STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK"
    " OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI AA AE AP"
)
STATES = frozenset(_STATES.split())
# In which somebody wants to be spoken to; what is spoken most at home in the United States.
LANGUAGES = {
    "en": "English", "es": "Spanish", "ar": "Arabic", "zh": "Chinese", "fr": "French", "de": "German",
    "ht": "Haitian Creole", "hi": "Hindi", "it": "Italian", "ja": "Japanese", "ko": "Korean", "pl": "Polish",
    "pt": "Portuguese", "ru": "Russian", "tl": "Tagalog", "ur": "Urdu", "vi": "Vietnamese",
}  # fmt: skip
_ZIP = re.compile(r"[0-9]{5}(-[0-9]{4})?")


def _tidy(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


@dataclass(frozen=True)
class Facts:
    """What a collector may correct: everything about the person but his number and date of birth."""

    full_name: str
    address_line1: str
    city: str
    state: str
    zip: str
    language: str

    @classmethod
    def of(cls, debtor: Debtor) -> Self:
        """As they are."""
        return cls(*(getattr(debtor, field.name) for field in fields(cls)))

    @classmethod
    def read(cls, typed: Mapping[str, str], before: "Facts") -> Self:
        """From what was typed, whatever it is; `problems` tells what is wrong. Odd blanks of a file are no change."""
        found = {field.name: _tidy(typed.get(field.name, "")) for field in fields(cls)}
        found["state"] = found["state"].upper()
        old = {name: getattr(before, name) for name in found}
        return cls(**{name: old[name] if text == _tidy(old[name]) else text for name, text in found.items()})

    @property
    def version(self) -> str:
        """Carried through the form, to tell whether somebody else saved meanwhile."""
        return meanwhile.version_of(*(getattr(self, field.name) for field in fields(self)))

    def differing(self, other: "Facts") -> list[str]:
        """The names of the facts in which the two differ."""
        return [field.name for field in fields(self) if getattr(self, field.name) != getattr(other, field.name)]

    def problems(self, before: "Facts") -> dict[str, str]:
        """The sentence for each fact that cannot be accepted. What stays as it was is not judged."""
        return {name: sentence for name in self.differing(before) if (sentence := self._problem(name))}

    def _problem(self, name: str) -> str:
        text: str = getattr(self, name)
        if name in LONGEST and len(text) > LONGEST[name]:
            return f"Shorten this to {LONGEST[name]} characters."
        match name:
            case "full_name" if not text:
                return "Enter the debtor's name."
            case "state" if text and text not in STATES:
                return "Enter a state's two letters, such as TX."
            case "zip" if text and not _ZIP.fullmatch(text):
                return "Enter a ZIP code of five digits, such as 78701, or of nine, such as 78701-1234."
            case "language" if text and text not in LANGUAGES:
                return "Choose a language of the list."
        return ""


def locked(debtor_id: UUID) -> Debtor:
    """The debtor, locked until the transaction ends; rows that refer to him are added meanwhile."""
    return Debtor.objects.select_for_update(no_key=True).get(pk=debtor_id)


_LOCKED_OF = Prepared(
    lambda: Debtor.objects.select_for_update(no_key=True, of=("self",)).filter(accounts=Slot("account", UUIDField()))
)


def locked_of(account_id: UUID) -> Debtor:
    """The same, found by one of his accounts. Raises Debtor.DoesNotExist when there is no such account."""
    debtor = _LOCKED_OF.first(account=account_id)
    if debtor is None:
        raise Debtor.DoesNotExist
    return debtor


def change(debtor_id: UUID, facts: Facts, *, by: "User", expected: str = "", reason: str = "") -> Debtor:
    """Correct what is known of a debtor; his time zones follow. Facts that stay as they are leave no trace.

    Raises FieldRefused for the first fact that is wrong, ChangedMeanwhile when the facts are not `expected` any more.
    """
    if len(reason) > LONGEST_REASON:
        raise FieldRefused("reason", f"Shorten this to {LONGEST_REASON} characters.")
    with tenancy.transaction():
        debtor = locked(debtor_id)
        before = Facts.of(debtor)
        if expected and before.version != expected:
            raise ChangedMeanwhile(f"{meanwhile.on_record(debtor, by)} What is saved now stands beside each field.")
        if problems := facts.problems(before):
            raise FieldRefused(*next(iter(problems.items())))
        changed = facts.differing(before)
        if not changed:
            return debtor
        debtor.corrected = _corrected(debtor.corrected, before, facts, changed)
        for name in changed:
            setattr(debtor, name, getattr(facts, name))
        settle_zones(debtor)
        debtor.save(update_fields=[*changed, "corrected", "time_zones", "updated_at"])
        for name in changed:
            record(debtor, name, getattr(before, name), getattr(facts, name), by=by, reason=reason)
    return debtor


def _corrected(known: dict[str, str], before: Facts, after: Facts, changed: Iterable[str]) -> dict[str, str]:
    """What the file last said of each fact that is ours now."""
    corrected = dict(known)
    for group in (("full_name",), ADDRESS):
        if not set(group) & set(changed):
            continue
        said = {name: known.get(name, getattr(before, name)) for name in group}
        for name in group:
            corrected.pop(name, None)
        if any(getattr(after, name) != said[name] for name in group):
            corrected |= said
    return corrected


def settle_zones(debtor: Debtor) -> None:
    """Set every zone in which a locked debtor may be: of his ZIP, and of his numbers that are not known to be wrong.

    The import unites the same (`imports.sql.debtors.SPREAD_ZONES`). A call must be convenient in all of them
    (12 CFR 1006.6(b)(1)(i), comment 6(b)(1)(i)-2). The caller saves.
    """
    numbers = ContactPoint.objects.filter(debtor=debtor, kind=ContactPoint.Kind.PHONE)
    numbers = numbers.exclude(status=ContactPoint.Status.INVALID)
    zones = chain(places.zip_code(debtor.zip), *numbers.values_list("time_zones", flat=True))
    debtor.time_zones = sorted(set(zones))


def record(
    debtor: Debtor, field: str, old: str, new: str, *, by: "User | None", point: ContactPoint | None = None,
    reason: str = "",
) -> DebtorChange:  # fmt: skip
    """Append one change to the debtor's history."""
    facts: dict[str, Any] = clock.born()
    return DebtorChange.objects.create(
        agency_id=debtor.agency_id, debtor=debtor, contact_point=point, field=field, old=old, new=new, actor=by,
        reason=reason.replace("\x00", "").strip()[:LONGEST_REASON], **facts,
    )  # fmt: skip
