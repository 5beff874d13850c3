"""Which lists do people come back to? A name for a query: built in, saved by oneself, or shared by an admin.

A query is kept normalised (sorted, without page and empties, only what the worklist understands) and read again by the
same filters when it is opened; so a view never says more than the URL could.
"""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Q, QuerySet
from django.http import QueryDict

from core import meanwhile, tenancy
from core.models import User
from worklist.listing import ordering
from worklist.listing.filters import AccountFilter
from worklist.models import SavedView

# (name, query): everybody has these.
BUILT_IN = (
    ("Due today", "due=today"),
    ("Promises due", "promise=due"),
    ("Broken promises", "promise=broken"),
    ("Never contacted", "contact=never"),
    ("All open", ""),
)
MOST_OF_ONE_OWNER = 50
LONGEST_QUERY = 2000
# Those one sees as one text, to stand as a column of another statement: the list has no query to spare.
COLUMN = """(
    SELECT coalesce(json_agg(json_build_array(id, name, query, is_shared, owner_id = %(user)s OR %(is_admin)s)
        ORDER BY is_shared, lower(name), id), '[]')::text
    FROM worklist_savedview WHERE agency_id = %(agency)s AND (owner_id = %(user)s OR is_shared)
)"""


class ViewRefused(ValueError):
    """Nothing was saved; `str()` is the sentence for the user."""


@dataclass(frozen=True)
class View:
    """One entry of the navigation; `id` is None for those that are built in."""

    name: str
    query: str
    current: bool
    id: UUID | None = None
    shared: bool = False
    changeable: bool = False


@dataclass(frozen=True)
class Views:
    """What the navigation lists, and the one that is open."""

    built_in: list[View]
    saved: list[View]

    @property
    def current(self) -> View | None:
        """The view that the list shows now; a saved one before one that is built in."""
        return next((view for view in [*self.saved, *self.built_in] if view.current), None)


class ViewForm(forms.Form):
    """A name, and for admins whether the whole agency gets it."""

    name = forms.CharField(
        label="Name",
        max_length=60,
        error_messages={
            "required": "Enter a name for this view.",
            "max_length": "Shorten the name to 60 characters.",
        },
    )
    shared = forms.BooleanField(label="Share with the agency", required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.fields["name"].widget.attrs["class"] = "in"
        if not user.is_admin:
            del self.fields["shared"]


def read(column: str, now: str) -> Views:
    """The views of COLUMN's text, those marked whose query is the one that is open."""
    saved = [
        View(name, query, query == now, UUID(pk), shared, changeable)
        for pk, name, query, shared, changeable in json.loads(column)
    ]
    return Views([View(name, query, query == now) for name, query in BUILT_IN], saved)


def normalised(filters: AccountFilter) -> str:
    """What of a query the worklist understands, in one spelling; invalid filters and the page are left out."""
    data, kept = filters.data, QueryDict(mutable=True)
    for name in sorted(filters.filters):
        value = filters.value(name)
        if isinstance(value, list):
            kept.setlist(name, sorted(set(value)))
        elif value is not None:
            kept[name] = data[name].strip()
    if data.get("sort") and data["sort"] in ordering.ORDERS:
        kept["sort"] = data["sort"]
    return kept.urlencode()


def changeable_by(user: User, *, lock: bool = False) -> "QuerySet[SavedView]":
    """One's own, and for admins every shared one; with `lock` to change them."""
    own = Q(owner=user)
    views = SavedView.objects.locked() if lock else SavedView.objects.all()
    return views.filter(own | Q(is_shared=True) if user.is_admin else own)


def version(view: SavedView) -> str:
    """The mark of the view as a form shows it."""
    return meanwhile.version_of(view.name, view.query, view.is_shared)


def save(view: SavedView, *, is_new: bool) -> None:
    """Write it. Raises ViewRefused: a name its owner has already, too many views, or too long a query."""
    view.name = view.name.strip()
    if len(view.query) > LONGEST_QUERY:
        raise ViewRefused("These filters are too many to save. Remove some.")
    if is_new and SavedView.objects.filter(owner=view.owner).count() >= MOST_OF_ONE_OWNER:
        raise ViewRefused(f"You have {MOST_OF_ONE_OWNER} views. Delete one first.")
    try:
        with tenancy.transaction():
            view.validate_constraints()
            view.save()
    except (ValidationError, IntegrityError) as error:
        raise ViewRefused("There is a view of this name already. Choose another.") from error
