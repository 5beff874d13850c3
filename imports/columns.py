"""Which column of a file is which of our fields? The saved mapping says so; what it leaves open, the names do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from imports.formats import Refused
from imports.mapping import NOTHING, REQUIRED, Spec, listed, title_key

# What creditors write for our fields, as `title_key` makes it. A name that means two things is in neither list.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "external_ref": (
        *("account", "account_number", "account_no", "account_nr", "account_id", "account_ref", "account_reference"),
        *("acct", "acct_no", "acct_num", "acct_number", "acct_id", "accountnumber", "accountno", "reference"),
        *("reference_number", "reference_no", "ref", "ref_no", "client_ref", "client_reference", "creditor_reference"),
        *("client_account", "client_account_number", "creditor_account_number", "encounter_number", "invoice_number"),
        *("forw_file", "claim_number", "loan_number", "externalref"),
    ),
    "debtor_name": (
        *("name", "full_name", "fullname", "debtor", "consumer", "consumer_name", "customer_name", "patient_name"),
        *("guarantor", "guarantor_name", "responsible_party", "borrower", "borrower_name", "debtor_full_name"),
        *("debtorname",),
    ),
    "original_amount": (
        *("amount", "balance", "amount_due", "amount_owed", "balance_due", "current_balance", "total_due"),
        *("total_balance", "outstanding_balance", "placed_amount", "placement_amount", "placement_balance"),
        *("original_balance", "amt", "amt_due", "claim_amount", "orig_claim", "charge_off_amount", "originalamount"),
    ),
    "creditor_name": ("creditor", "client", "client_name", "original_creditor", "facility", "facility_name"),
    "debtor_external_ref": (
        *("debtor_ref", "debtor_id", "debtor_number", "debtor_no", "consumer_id", "customer_id", "customer_number"),
        *("patient_id", "patient_number", "guarantor_id", "guarantor_number", "guarantor_no", "person_id", "mrn"),
    ),
    "due_date": ("due", "date_due", "payment_due_date", "delinquency_date", "date_of_delinquency", "duedate"),
    "account_type": ("type", "acct_type", "debt_type", "product", "product_type", "ctype", "accounttype"),
    "debtor_phone": (
        *("phone", "phone_number", "phone_no", "telephone", "tel", "home_phone", "phone_1", "phone1", "mobile"),
        *("cell", "cell_phone", "mobile_phone", "debtor_phone_number"),
    ),
    "debtor_email": ("email", "e_mail", "email_address", "mail", "debtor_e_mail", "debtor_email_address"),
    "address_line1": ("address", "address_1", "address1", "street", "street_address", "addr", "addr_1", "addr1"),
    "city": ("town", "debtor_city"),
    "state": ("st", "state_code", "debtor_state", "province"),
    "zip": ("zip_code", "zipcode", "postal_code", "postcode", "debtor_zip"),
    "debtor_ssn_last4": ("ssn_last4", "ssn_last_4", "last4", "last_4_ssn", "ssn4", "last4_ssn", "ssn_last_four"),
    "debtor_date_of_birth": ("date_of_birth", "dob", "d_o_b", "birth_date", "birthdate", "birthday", "debtor_dob"),
}
_FIRST = ("debtor_first_name", "first_name", "firstname", "first", "given_name", "fname", "patient_first_name")
_MIDDLE = ("debtor_middle_name", "middle_name", "middlename", "middle", "middle_initial", "mi")
_LAST = ("debtor_last_name", "last_name", "lastname", "last", "surname", "family_name", "lname", "patient_last_name")
_KNOWN = frozenset((*SYNONYMS, *_FIRST, *_MIDDLE, *_LAST, *(name for known in SYNONYMS.values() for name in known)))

type Cells = Sequence[str]


@dataclass(frozen=True)
class Columns:
    """A header that was understood."""

    titles: tuple[str, ...]
    # For each column: the field that it alone fills, else its own key.
    names: tuple[str, ...]
    joined: tuple[tuple[str, tuple[int, ...]], ...]
    constants: dict[str, str]
    # The columns that fill no field.
    particulars: tuple[int, ...]

    def values(self, cells: Cells) -> dict[str, str]:
        """Field to text of a row that has as many cells as the header."""
        row = dict(zip(self.names, cells, strict=True))
        for field, places in self.joined:
            row[field] = _join(cells, places)
        if self.constants:
            row |= self.constants
        return row

    def unknown(self, cells: Cells) -> dict[str, str]:
        """What stands in columns that we have no name for, under the creditor's names."""
        return {self.titles[i]: text for i in self.particulars if (text := cells[i].strip())}

    def reader(self, field: str) -> Callable[[Cells], str]:
        """What gives that field's text of a row; always empty when the file has no such field."""
        constant = self.constants.get(field, "")
        if constant:
            return lambda cells: constant
        for name, places in self.joined:
            if name == field:
                return lambda cells: _join(cells, places)
        if field in self.names:
            place = self.names.index(field)
            return lambda cells: cells[place].strip()
        return lambda cells: ""

    def source(self, field: str) -> str:
        """Where the field comes from, for people: the creditor's titles, or the constant."""
        if field in self.constants:
            return f"always “{self.constants[field]}”"
        for name, places in self.joined:
            if name == field:
                return " + ".join(self.titles[i] for i in places)
        return self.titles[self.names.index(field)] if field in self.names else ""


def understand(header: Sequence[str], spec: Spec = NOTHING) -> Columns:
    """Find the fields in a header: by the mapping, then by name and synonym. Raises Refused with one sentence."""
    titles = tuple(title.strip() for title in header)
    keys = _keys(titles)
    sources = _mapped(spec, keys, titles)
    taken = {place for places in sources.values() for place in places}
    for field, known in SYNONYMS.items():
        if field in spec.fields:
            continue
        found = _by_name(field, known, keys, taken)
        if len(found) > 1 and field in REQUIRED:  # whose reference, which amount: not ours to guess
            raise Refused(
                f"{listed([f'“{titles[i]}”' for i in found])} could each be the {field}."
                " Keep one, or say which in the feed's mapping."
            )
        if found:
            sources[field] = (found[0],)
    if "debtor_name" not in sources and "debtor_name" not in spec.fields:
        parts = tuple(place for part in (_FIRST, _MIDDLE, _LAST) for place in _parts(part, keys, taken))
        if len(parts) >= 2:
            sources["debtor_name"] = parts
    constants = {field: source.constant for field, source in spec.fields.items() if source.constant}
    missing = [field for field in REQUIRED if field not in sources and field not in constants]
    if missing:
        raise Refused(f"The header lacks {listed(missing)}. Required are {listed(REQUIRED)}.")
    return _columns(titles, keys, sources, constants)


def is_known(title: str, spec: Spec) -> bool:
    """Is it the name of one of our fields, a synonym, or a column of the mapping?"""
    key = title_key(title)
    mapped = (name for source in spec.fields.values() for name in source.columns)
    return key in _KNOWN or any(key == title_key(name) for name in mapped)


def _columns(
    titles: tuple[str, ...], keys: tuple[str, ...], sources: dict[str, tuple[int, ...]], constants: dict[str, str]
) -> Columns:
    # A column may fill two fields: it fills the first by itself, the other as a join of one.
    single: dict[int, str] = {}
    joined = []
    for field, places in sources.items():
        if len(places) == 1 and places[0] not in single:
            single[places[0]] = field
        else:
            joined.append((field, places))
    used = {place for places in sources.values() for place in places}
    # A column of its own name must not stand in for a field that comes from elsewhere.
    names = tuple(single.get(i, f"column:{key}") for i, key in enumerate(keys))
    return Columns(titles, names, tuple(joined), constants, tuple(i for i in range(len(keys)) if i not in used))


def _keys(titles: tuple[str, ...]) -> tuple[str, ...]:
    for number, title in enumerate(titles, 1):
        if not title_key(title):
            raise Refused(f"Column {number} has no name. Name it or remove it.")
    keys = tuple(title_key(title) for title in titles)
    twice = [i for i, key in enumerate(keys) if keys.index(key) < i]
    if twice:
        alike = dict.fromkeys(f"“{titles[j]}”" for i in twice for j in (keys.index(keys[i]), i))
        if len(alike) == len({keys[i] for i in twice}):
            raise Refused(f"The header names {listed(list(alike))} more than once. Keep one of each.")
        raise Refused(f"In the header {listed(list(alike))} are the same name. Keep one.")
    return keys


def _mapped(spec: Spec, keys: tuple[str, ...], titles: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    sources = {}
    for field, source in spec.fields.items():
        absent = [title for title in source.columns if title_key(title) not in keys]
        if absent:
            raise Refused(
                f"The mapping takes {field} from “{absent[0]}”, but the file has no such column."
                f" It has {listed(titles[:30])}."
            )
        if source.columns:
            sources[field] = tuple(keys.index(title_key(title)) for title in source.columns)
    return sources


def _by_name(field: str, known: tuple[str, ...], keys: tuple[str, ...], taken: set[int]) -> list[int]:
    if field in keys and keys.index(field) not in taken:
        return [keys.index(field)]
    return [keys.index(name) for name in known if name in keys and keys.index(name) not in taken]


def _parts(known: tuple[str, ...], keys: tuple[str, ...], taken: set[int]) -> list[int]:
    return [i for i, key in enumerate(keys) if key in known and i not in taken][:1]


def _join(cells: Cells, places: tuple[int, ...]) -> str:
    return " ".join(text for i in places if (text := cells[i].strip()))
